//! The command `causerie snapshot`: writes posts and their comments as plain HTML into a page, so
//! that the conversation is there for the first paint, without scripts, and for search engines.
//!
//! A page is read ([`page`]), the settings on its elements become a `Config` of the core
//! ([`chosen`]), what they name is fetched ([`fetch`]), drawn as the client draws it ([`view`]) with
//! its data beside it ([`data`], [`json_ld`]), and the page is written, if anything has changed.
//! `docs/snapshot.md` describes the command, and what the client finds in the page.

mod chosen;
mod clean;
mod data;
mod fetch;
mod file;
mod json_ld;
mod markup;
mod messages;
mod page;
mod view;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

use causerie_core::{CommentId, Config, Layout, Post, Row};
use url::Url;

use self::fetch::Conversation;
use self::messages::Messages;

/// What is to be written where.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The page that is read.
    pub page: PathBuf,
    /// The file that is written; `None` for the page itself.
    pub output: Option<PathBuf>,
    /// The page's public address, which relative addresses in it are resolved against; `None` for
    /// the one that the page declares as canonical.
    pub base: Option<Url>,
    /// The most comments of a thread that are written.
    pub rows: usize,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The file was written, with this many comments in it.
    Written {
        /// Those of all threads of the page.
        comments: usize,
    },
    /// The file says it all already, and was not touched.
    Unchanged,
}

/// Why nothing was written: what was expected, what was found and what is to be done, in one line.
#[derive(Debug, PartialEq, Eq)]
pub struct SnapshotError(String);

impl SnapshotError {
    fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SnapshotError {}

impl Snapshot {
    /// Fetches what the elements of the page ask for and writes it into them.
    ///
    /// # Errors
    /// When the page cannot be read or written, has no element of ours or one whose settings make
    /// no sense, or anything cannot be fetched. Nothing is written then.
    pub fn take(&self) -> Result<Outcome, SnapshotError> {
        let before = file::read(&self.page)?;
        let target = self.output.as_ref().unwrap_or(&self.page);
        let written = file::read_if_there(target)?;
        let rewritten = self.rewrite(&before, written.as_deref());
        let (after, comments) = rewritten.map_err(|SnapshotError(why)| {
            let page = self.page.display();
            SnapshotError(format!("{page}: {why}"))
        })?;
        if written.as_deref() == Some(&after) {
            return Ok(Outcome::Unchanged);
        }
        file::write(target, &after)?;
        Ok(Outcome::Written { comments })
    }

    /// The page with what it asks for in it, and how many comments that are. `written` is what an
    /// earlier run made of it.
    fn rewrite(
        &self,
        before: &str,
        written: Option<&str>,
    ) -> Result<(String, usize), SnapshotError> {
        let page = page::read(before)?;
        let written = written.and_then(|html| page::read(html).ok());
        let earlier = written.map(|page| page.earlier).unwrap_or_default();
        let web = fetch::Web::new(page.base(self.base.as_ref()));
        let mut comments = 0;
        let mut pieces = Vec::new();
        let mut paints_at = None;
        for element in &page.elements {
            let taken = Taken::take(&web, &page, element, self)?;
            comments += taken.rows.len();
            let is_first = pieces.is_empty() && page.has_script_in_head;
            let end = is_first.then(|| taken.paints_at(element)).flatten();
            let piece = taken.piece(&page, element, &earlier, end.as_deref())?;
            pieces.push((element.start, piece));
            paints_at = paints_at.or(end);
        }
        let after = page::write(before, &pieces, paints_at.as_deref())?;
        Ok((after, comments))
    }
}

/// What one element shows.
struct Taken {
    messages: Messages,
    config: Config,
    /// The key as it is configured.
    key: String,
    /// The blog's name, where it is known.
    blog: String,
    post: Option<Post>,
    conversation: Conversation,
    /// What is drawn, in order.
    rows: Vec<Row>,
    is_flat: bool,
    /// In the flat list, the number of each comment by its place in the forest.
    numbers: HashMap<usize, usize>,
    /// Whether all comments are among the rows.
    is_complete: bool,
    /// The address of the page, empty where nobody says.
    address: String,
}

impl Taken {
    fn take(
        web: &fetch::Web,
        page: &page::Page,
        element: &page::Element,
        snapshot: &Snapshot,
    ) -> Result<Self, SnapshotError> {
        let address = page.address(snapshot.base.as_ref());
        let config = chosen::read(web, page, element, &address)?;
        let found = fetch::fetch(web, &config)?;
        let is_flat = config.layout == Layout::Flat;
        let forest = &found.conversation.forest;
        let mut rows = match is_flat {
            true => forest.chronicle(),
            false => forest.rows(config.order, |_| false),
        };
        let is_complete = rows.len() <= snapshot.rows;
        let numbered = rows.iter().enumerate().filter(|_| is_flat);
        let numbers = numbered.map(|(at, row)| (row.at, at + 1)).collect();
        rows.truncate(snapshot.rows);
        Ok(Self {
            messages: Messages::of(element.language.as_deref()),
            key: found.key,
            blog: found.blog,
            post: found.post,
            conversation: found.conversation,
            rows,
            is_flat,
            numbers,
            is_complete,
            address,
            config,
        })
    }

    /// The number of a comment in the order of time, from 1; `None` where threads are shown.
    fn number_of(&self, id: &CommentId) -> Option<usize> {
        let at = self.conversation.forest.position(id)?;
        self.numbers.get(&at).copied()
    }

    /// The id of what has to be there before a browser paints anything, so that its first paint has
    /// the conversation: else it paints what is above, and waits for the style sheet in the shadow tree
    /// before it goes on. `None` where there is nothing to wait for.
    fn paints_at(&self, element: &page::Element) -> Option<String> {
        let first = &self.rows.first()?.id;
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        match element.is_page {
            true => Some(view::comment::element_id(first)).filter(|id| id.chars().all(is_plain)),
            // The page does not know the ids in a shadow tree.
            false => Some("causerie-snapshot".to_owned()),
        }
    }

    /// What is written into the element. What is in an embed ends with an element with the id `end`.
    fn piece(
        &self,
        page: &page::Page,
        element: &page::Element,
        earlier: &[serde_json::Value],
        end: Option<&str>,
    ) -> Result<String, SnapshotError> {
        let shown = match element.is_page {
            true => view::standalone(self),
            false => view::embed(self, &page.client()?, element.attribute("theme"), end),
        };
        let (data, json_ld) = (data::block(self, earlier), json_ld::block(self));
        Ok(match page.has_encoding {
            true => shown.into_html() + &data.into_html() + &json_ld.into_html(),
            false => shown.into_ascii() + &data.into_ascii() + &json_ld.into_ascii(),
        })
    }
}
