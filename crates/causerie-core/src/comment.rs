use std::fmt;
use std::sync::Arc;

use crate::{Draft, Limits, Timestamp, text};

/// One comment, whichever back end it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its id at the back end.
    pub id: CommentId,
    /// What it answers; `None` for one that opens a thread.
    pub parent: Option<CommentId>,
    /// Who wrote it.
    pub author: Author,
    /// The text as HTML. **Untrusted**: to be sanitized before it is shown.
    pub html: String,
    /// When it was written; `None` where the back end does not say or says nonsense.
    pub published: Option<Timestamp>,
    /// When it was last changed, where it was.
    pub updated: Option<Timestamp>,
    /// Whether everybody sees it.
    pub moderation: Moderation,
    /// What readers think of it, where the back end counts that.
    pub votes: Option<Votes>,
}

impl Comment {
    /// A comment as its author left it, for as long as the back end does not show its own: held,
    /// with the text as plain paragraphs.
    pub fn unseen(id: &str, parent: Option<&CommentId>, draft: &Draft, now: Timestamp) -> Self {
        Self {
            id: CommentId::new(id),
            parent: parent.cloned(),
            author: Author {
                name: draft.name.clone(),
                url: Some(draft.url.clone()).filter(|url| !url.is_empty()),
                wrote_post: false,
            },
            html: text::paragraphs(&draft.text),
            published: Some(now),
            updated: None,
            moderation: Moderation::Held,
            votes: None,
        }
    }

    /// Whether this is what became of `other`: the same place, name, letters and digits. What it
    /// cannot know: whether somebody said the same thing twice.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.parent == other.parent && self.says_the_same_as(other)
    }

    /// Whether this is what `other` says, wherever it is said, as text or as HTML.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        // A long thread is looked through: the names are compared first.
        self.author.name == other.author.name && {
            let text = text::plain(&other.html);
            text::says(&self.html, &text) || text::says(&self.html, &text::plain(&text))
        }
    }

    /// A small comment for examples and tests: `id`, the `parent` it answers, and the second of
    /// 1970 it was written in.
    pub fn sample(id: &str, parent: Option<&str>, second: i64) -> Self {
        Self {
            id: CommentId::new(id),
            parent: parent.map(CommentId::new),
            author: Author {
                name: "Ada".into(),
                url: None,
                wrote_post: false,
            },
            html: format!("<p>{id}</p>"),
            published: Some(Timestamp::from_ms(second * 1_000)),
            updated: None,
            moderation: Moderation::Published,
            votes: None,
        }
    }
}

/// A comment's id: whatever the back end uses, kept as text. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommentId(Arc<str>);

impl CommentId {
    /// The id with this text.
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who wrote a comment, as shown beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Plain text; empty where nobody gave a name.
    pub name: String,
    /// Their site: an absolute http or https address.
    pub url: Option<String>,
    /// Whether this is the author of the post.
    pub wrote_post: bool,
}

/// How far a comment has come with the moderators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moderation {
    /// Everybody sees it.
    Published,
    /// It waits for a moderator; only its author sees it.
    Held,
    /// A moderator did not take it; only its author sees it, once.
    Rejected,
    /// It is still on its author's device.
    Unsent,
    /// It was taken away, and stands there for what answers it.
    Deleted,
}

impl Moderation {
    /// Whether everybody sees it, or that it was there.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Published | Self::Deleted)
    }
}

/// What readers think of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Votes {
    /// How many like it.
    pub up: usize,
    /// How many do not.
    pub down: usize,
}

/// What a post takes from its readers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accepts {
    /// Comments, published at once.
    #[default]
    Open,
    /// Comments, each held for a moderator first.
    Moderated,
    /// No comments any more.
    Closed,
}

/// One piece of a thread, as a back end delivers it. What a piece does not tell is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommentPage {
    /// In any order.
    pub comments: Vec<Comment>,
    /// How many comments the back end announces for the whole thread, held ones included. It may
    /// differ from what all pages together deliver.
    pub announced: Option<usize>,
    /// What the post takes.
    pub accepts: Option<Accepts>,
    /// What the back end lets through.
    pub limits: Option<Limits>,
    /// What the back end itself calls the thread, where that is not what it was asked for.
    pub thread: Option<String>,
    /// Where further pieces begin. They may be asked for side by side.
    pub next: Vec<String>,
    /// The newest change that is in it, as the back end calls it: what came later is asked for by it.
    pub revision: Option<String>,
}

/// What a back end tells of a conversation that is on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// A comment as it is now: a new one, or one that has changed.
    pub comment: Option<Comment>,
    /// One that is gone, or no longer for everybody. It may never have been here.
    pub removed: Option<CommentId>,
    /// How many comments the back end announces now.
    pub announced: Option<usize>,
}
