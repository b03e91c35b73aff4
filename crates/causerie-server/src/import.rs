//! Reads posts and their comments from a JSON Feed.
//!
//! The format is [JSON Feed 1.1](https://www.jsonfeed.org/version/1.1/). An item's `_causerie` may
//! hold `thread` (else the item's id counts, an address as `causerie_core::page_key` makes it), `accepts`, and `comments`: each with `id`, `parent`,
//! `author` (`name`, `url`, `email`, `post_author`), `content` in Markdown, `published` in RFC 3339
//! and `status`, which is `published` (as where it is absent) or `held`.

use causerie_core::{Accepts, Timestamp, thread_of};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::markdown;
use crate::store::comments::{self, CommentRow, Status};
use crate::store::posts;

/// A feed whose every post and comment can be stored.
#[derive(Debug)]
pub struct Import {
    blog: Map<String, Value>,
    posts: Vec<ImportedPost>,
}

#[derive(Debug)]
struct ImportedPost {
    thread: String,
    item: Map<String, Value>,
    accepts: Option<Accepts>,
    published: Timestamp,
    comments: Vec<CommentRow>,
}

/// How much was stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Posts, new and replaced.
    pub posts: usize,
    /// Comments, new and replaced.
    pub comments: usize,
}

impl Import {
    /// Reads the text of a feed.
    ///
    /// # Errors
    /// One line for each problem: where it is, what was expected and found.
    pub fn parse(feed: &str) -> Result<Self, Vec<String>> {
        let mut feed: Map<String, Value> =
            serde_json::from_str(feed).map_err(|error| vec![format!("expected JSON: {error}")])?;
        let Some(Value::Array(items)) = feed.remove("items") else {
            return Err(vec!["expected a JSON Feed, found no `items`".to_owned()]);
        };
        let mut problems = Vec::new();
        let mut read = Vec::new();
        for (at, item) in items.into_iter().enumerate() {
            match serde_json::from_value::<Map<String, Value>>(item) {
                Ok(item) => read.extend(read_post(item, &format!("items[{at}]"), &mut problems)),
                Err(error) => problems.push(format!("items[{at}]: {error}")),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        feed.retain(|name, _| {
            ["title", "description", "language", "authors"].contains(&name.as_str())
        });
        Ok(Self {
            blog: feed,
            posts: read,
        })
    }

    /// Stores posts and comments in place of those with their keys and ids. To be called in a
    /// transaction.
    ///
    /// # Errors
    /// When SQLite fails. The inner error holds a line for each id that is another post's
    /// comment's already; nothing is stored then.
    pub fn store(&self, connection: &Connection) -> rusqlite::Result<Result<Summary, Vec<String>>> {
        let mut problems = Vec::new();
        for comment in self.posts.iter().flat_map(|post| &post.comments) {
            let there = comments::find(connection, &comment.id)?;
            if let Some(there) = there.filter(|there| there.thread != comment.thread) {
                let (id, thread) = (&comment.id, &there.thread);
                problems.push(format!(
                    "comment {id}: expected a new id, found it at the post {thread}"
                ));
            }
        }
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        for (name, value) in &self.blog {
            posts::set_blog(connection, name, value)?;
        }
        let mut summary = Summary::default();
        for post in &self.posts {
            let published = post.published.ms();
            posts::upsert(
                connection,
                &post.thread,
                &post.item,
                post.accepts,
                published,
            )?;
            summary.posts += 1;
            for comment in &post.comments {
                comments::upsert(connection, comment)?;
                summary.comments += 1;
            }
        }
        Ok(Ok(summary))
    }
}

#[derive(Default, Deserialize)]
struct Extension {
    thread: Option<String>,
    accepts: Option<String>,
    #[serde(default)]
    comments: Vec<ImportedComment>,
}

#[derive(Deserialize)]
struct ImportedComment {
    id: String,
    parent: Option<String>,
    author: ImportedAuthor,
    content: String,
    published: String,
    status: Option<String>,
}

#[derive(Deserialize)]
struct ImportedAuthor {
    name: String,
    url: Option<String>,
    email: Option<String>,
    #[serde(default)]
    post_author: bool,
}

fn read_post(
    mut item: Map<String, Value>,
    place: &str,
    problems: &mut Vec<String>,
) -> Option<ImportedPost> {
    let before = problems.len();
    let extension = item
        .remove("_causerie")
        .map(serde_json::from_value::<Extension>);
    let extension = extension
        .unwrap_or(Ok(Extension::default()))
        .unwrap_or_else(|error| {
            problems.push(format!("{place}._causerie: {error}"));
            Extension::default()
        });
    // The format wants text and asks readers to take numbers too.
    let id = match item.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => String::new(),
    };
    let thread = extension.thread.unwrap_or_else(|| thread_of(&id));
    if !(1..=200).contains(&thread.chars().count()) {
        problems.push(format!(
            "{place}: expected an id or _causerie.thread of 1 to 200 characters, found {thread:?}"
        ));
    }
    item.insert(
        "id".to_owned(),
        if id.is_empty() { thread.clone() } else { id }.into(),
    );
    let accepts = extension.accepts.and_then(|word| {
        let accepts = posts::accepts_from_word(&word);
        if accepts.is_none() {
            problems.push(format!(
                "{place}._causerie.accepts: expected open, moderated or closed, found {word:?}"
            ));
        }
        accepts
    });
    let published = match item.get("date_published").and_then(Value::as_str) {
        Some(text) => read_time(text, &format!("{place}.date_published"), problems),
        None => Timestamp::from_ms(0),
    };
    let comments = extension.comments.into_iter().map(|comment| {
        let place = format!("{place}._causerie.comments, id {:?}", comment.id);
        read_comment(comment, &thread, &place, problems)
    });
    let comments = comments.collect();
    (problems.len() == before).then_some(ImportedPost {
        thread,
        item,
        accepts,
        published,
        comments,
    })
}

fn read_comment(
    comment: ImportedComment,
    thread: &str,
    place: &str,
    problems: &mut Vec<String>,
) -> CommentRow {
    let plain = |letter: char| !letter.is_whitespace() && !letter.is_control();
    if comment.id.is_empty() || !comment.id.chars().all(plain) {
        problems.push(format!("{place}: expected an id without spaces"));
    }
    let status = comment.status.as_deref().unwrap_or("published");
    if !matches!(status, "published" | "held") {
        problems.push(format!(
            "{place}.status: expected published or held, found {status:?}"
        ));
    }
    CommentRow {
        id: comment.id,
        thread: thread.to_owned(),
        parent: comment.parent,
        name: comment.author.name,
        email: comment.author.email.unwrap_or_default(),
        url: comment.author.url.unwrap_or_default(),
        post_author: comment.author.post_author,
        html: markdown::to_html(&comment.content),
        content: comment.content,
        published: read_time(&comment.published, &format!("{place}.published"), problems),
        updated: None,
        status: Status::from_word(status).unwrap_or(Status::Held),
    }
}

fn read_time(text: &str, place: &str, problems: &mut Vec<String>) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|| {
        problems.push(format!(
            "{place}: expected an RFC 3339 time, found {text:?}"
        ));
        Timestamp::from_ms(0)
    })
}
