use crate::backend::contract;
use crate::{CommentPage, Feed, Json};

/// What `causerie snapshot` has written into a page beside the HTML: `docs/snapshot.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The conversation's key, as it was configured.
    pub thread: String,
    /// The post, in a feed of its own, where the page shows one.
    pub feed: Option<Feed>,
    /// The conversation, as far as the page has it.
    pub page: CommentPage,
    /// Whether that is all of it.
    pub is_complete: bool,
}

impl Snapshot {
    /// Reads the data. `None` for what is something else, or from another version.
    pub fn parse(data: &str) -> Option<Self> {
        let data = Json::parse(data).ok().filter(is_known)?;
        let page = contract::read_page(data.get("page")).ok()?;
        Some(Self {
            thread: data.get("thread").text()?,
            feed: Feed::of_one(data.get("post"), data.get("blog").str()),
            is_complete: data.get("complete").is_true(),
            page: CommentPage {
                thread: data.get("page").get("thread").text(),
                revision: data.get("revision").text(),
                ..page
            },
        })
    }
}

fn is_known(data: &Json) -> bool {
    data.get("version").count() == Some(1)
}
