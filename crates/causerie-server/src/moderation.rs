//! What a blogger does with posts and comments on the command line, also while the server runs.

use std::fmt;
use std::io::{self, Write};

use causerie_core::Accepts;
use rusqlite::Connection;

use crate::markdown;
use crate::store::comments::{self, CommentRow, Status};
use crate::store::{Store, StoreError, now, posts};

/// Why a command did not do what it was told.
#[derive(Debug)]
pub enum ModerationError {
    /// The database failed.
    Store(StoreError),
    /// The output is closed.
    Output(io::Error),
    /// What was named is not there; one line for each.
    Missing(String),
}

impl fmt::Display for ModerationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Output(error) => write!(f, "cannot write the output: {error}"),
            Self::Missing(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for ModerationError {}

impl From<StoreError> for ModerationError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for ModerationError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Writes a line for each comment: id, status, time, thread, name, and how it begins.
///
/// # Errors
/// When the database or the output fails.
pub fn list_comments(
    store: &Store,
    thread: Option<&str>,
    only: Option<Status>,
    out: &mut impl Write,
) -> Result<(), ModerationError> {
    for comment in store.read_blocking(|connection| comments::list(connection, thread, only))? {
        let beginning: String = comment.content.chars().take(60).collect();
        writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}\t{}",
            comment.id,
            comment.status.as_str(),
            comment.published,
            comment.thread,
            comment.name,
            beginning.replace(['\n', '\t'], " "),
        )?;
    }
    Ok(())
}

/// Writes a line for each post: thread, what it takes, announced comments, title.
///
/// # Errors
/// When the database or the output fails.
pub fn list_posts(store: &Store, out: &mut impl Write) -> Result<(), ModerationError> {
    for post in store.read_blocking(posts::list)? {
        let title = post.item.get("title").and_then(|title| title.as_str());
        writeln!(
            out,
            "{}\t{}\t{}\t{}",
            post.thread,
            post.accepts.as_str(),
            post.comment_count,
            title.unwrap_or_default(),
        )?;
    }
    Ok(())
}

/// Gives each of the comments `status`.
///
/// # Errors
/// When the database fails, or one of them is not there; the others are changed nevertheless.
pub fn set_status(store: &Store, ids: &[String], status: Status) -> Result<(), ModerationError> {
    each(store, ids, |connection, id| {
        comments::set_status(connection, id, status)
    })
}

/// Deletes each of the comments. What answered them stays.
///
/// # Errors
/// When the database fails, or one of them is not there; the others are deleted nevertheless.
pub fn delete(store: &Store, ids: &[String]) -> Result<(), ModerationError> {
    each(store, ids, comments::delete)
}

/// Gives the comment `id` another text, in Markdown, and marks it as edited now.
///
/// # Errors
/// When the database fails or the comment is not there.
pub fn edit(store: &Store, id: &str, text: &str) -> Result<(), ModerationError> {
    let html = markdown::to_html(text);
    each(store, &[id.to_owned()], |connection, id| {
        comments::edit(connection, id, text, &html, now())
    })
}

/// Answers the comment `id` as the post's author; gives the id of the answer.
///
/// # Errors
/// When the database fails, the comment is not there, or nobody is named as the post's author.
pub fn reply(store: &Store, id: &str, text: &str) -> Result<String, ModerationError> {
    let new_id = comments::new_id()
        .map_err(|error| ModerationError::Missing(format!("no random bytes: {error}")))?;
    let answer = store.write_blocking(|connection| {
        let Some(parent) = comments::find(connection, id)? else {
            return Ok(Err(format!("there is no comment {id}")));
        };
        let Some(name) = author(connection, &parent.thread)? else {
            return Ok(Err(format!(
                "the post {} names no author: add `authors` to its item and import it again",
                parent.thread
            )));
        };
        let comment = CommentRow {
            id: new_id,
            thread: parent.thread,
            parent: Some(parent.id),
            name,
            email: String::new(),
            url: String::new(),
            post_author: true,
            content: text.to_owned(),
            html: markdown::to_html(text),
            published: now(),
            updated: None,
            status: Status::Published,
        };
        comments::insert(connection, &comment)?;
        Ok(Ok(comment.id))
    })?;
    answer.map_err(ModerationError::Missing)
}

/// Sets what a post takes.
///
/// # Errors
/// When the database fails or there is no such post.
pub fn set_accepts(store: &Store, thread: &str, accepts: Accepts) -> Result<(), ModerationError> {
    let set = |connection: &_| posts::set_accepts(connection, thread, accepts);
    if store.write_blocking(|connection| set(connection))? {
        Ok(())
    } else {
        Err(ModerationError::Missing(format!(
            "there is no post {thread}: `causerie posts list` names them"
        )))
    }
}

fn each(
    store: &Store,
    ids: &[String],
    act: impl Fn(&Connection, &str) -> rusqlite::Result<bool>,
) -> Result<(), ModerationError> {
    let missing = store.write_blocking(|connection| {
        let mut missing = Vec::new();
        for id in ids {
            if !act(connection, id)? {
                missing.push(format!("there is no comment {id}"));
            }
        }
        Ok(missing)
    })?;
    if missing.is_empty() {
        Ok(())
    } else {
        Err(ModerationError::Missing(missing.join("\n")))
    }
}

/// The first author of the post, else of the blog.
fn author(connection: &Connection, thread: &str) -> rusqlite::Result<Option<String>> {
    let post = posts::find(connection, thread)?;
    let blog = posts::blog(connection)?;
    let first = |object: &serde_json::Map<String, serde_json::Value>| {
        let name = object.get("authors")?.get(0)?.get("name")?.as_str()?;
        Some(name.to_owned()).filter(|name| !name.is_empty())
    };
    Ok(post
        .and_then(|post| first(&post.item))
        .or_else(|| first(&blog)))
}
