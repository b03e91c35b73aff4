//! Posts, and what is known of the blog.

use causerie_core::Accepts;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde_json::{Map, Value};

/// A post as stored.
#[derive(Clone, Debug)]
pub struct StoredPost {
    /// The key of its conversation.
    pub thread: String,
    /// The JSON Feed item without the extension.
    pub item: Map<String, Value>,
    /// What it takes.
    pub accepts: Accepts,
    /// Comments announced: published and held.
    pub comment_count: usize,
}

const COLUMNS: &str = "thread, item, accepts, (SELECT count(*) FROM comments \
     WHERE comments.thread = posts.thread AND status IN ('published', 'held')) AS comment_count";

/// All posts, newest first.
///
/// # Errors
/// When SQLite fails.
pub fn list(connection: &Connection) -> rusqlite::Result<Vec<StoredPost>> {
    let sql = format!("SELECT {COLUMNS} FROM posts ORDER BY published DESC, thread");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map([], read)?.collect()
}

/// The post of `thread`.
///
/// # Errors
/// When SQLite fails.
pub fn find(connection: &Connection, thread: &str) -> rusqlite::Result<Option<StoredPost>> {
    let sql = format!("SELECT {COLUMNS} FROM posts WHERE thread = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row([thread], read).optional()
}

/// What the post of `thread` takes; `None` where there is no such post.
///
/// # Errors
/// When SQLite fails.
pub fn accepts(connection: &Connection, thread: &str) -> rusqlite::Result<Option<Accepts>> {
    let mut statement = connection.prepare_cached("SELECT accepts FROM posts WHERE thread = ?1")?;
    let word = statement.query_row([thread], |row| row.get::<_, String>(0));
    Ok(word
        .optional()?
        .map(|word| accepts_from_word(&word).unwrap_or(Accepts::Closed)))
}

/// Sets what the post of `thread` takes; `false` where there is no such post.
///
/// # Errors
/// When SQLite fails.
pub fn set_accepts(
    connection: &Connection,
    thread: &str,
    accepts: Accepts,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE posts SET accepts = ?2 WHERE thread = ?1";
    Ok(connection.execute(sql, params![thread, accepts.as_str()])? == 1)
}

/// Stores a post in place of what was there. `accepts` of `None` keeps what was set before, so
/// that importing a feed again does not open what was closed by hand.
///
/// # Errors
/// When SQLite fails.
pub fn upsert(
    connection: &Connection,
    thread: &str,
    item: &Map<String, Value>,
    accepts: Option<Accepts>,
    published_ms: i64,
) -> rusqlite::Result<()> {
    let item = serde_json::to_string(item).unwrap_or_default();
    let sql = "INSERT INTO posts (thread, item, accepts, published)
         VALUES (:thread, :item, coalesce(:accepts, 'open'), :published)
         ON CONFLICT (thread) DO UPDATE SET item = :item, published = :published,
             accepts = coalesce(:accepts, accepts)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":thread": thread,
        ":item": item,
        ":accepts": accepts.map(Accepts::as_str),
        ":published": published_ms,
    })?;
    Ok(())
}

/// Whether there is no post at all.
///
/// # Errors
/// When SQLite fails.
pub fn none_yet(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM posts)", [], |row| {
        row.get(0)
    })
}

/// The members of the feed that describe the blog: `title`, `description`, `language`, `authors`.
///
/// # Errors
/// When SQLite fails.
pub fn blog(connection: &Connection) -> rusqlite::Result<Map<String, Value>> {
    let mut statement = connection.prepare_cached("SELECT name, value FROM blog")?;
    let members = statement.query_map([], |row| {
        let (name, value): (String, String) = (row.get(0)?, row.get(1)?);
        Ok((name, serde_json::from_str(&value).unwrap_or_default()))
    })?;
    members.collect()
}

/// Sets one of the members that [`blog`] gives.
///
/// # Errors
/// When SQLite fails.
pub fn set_blog(connection: &Connection, name: &str, value: &Value) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO blog (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = ?2",
        params![name, value.to_string()],
    )?;
    Ok(())
}

/// Reads a word of the contract: `open`, `moderated` or `closed`.
pub fn accepts_from_word(word: &str) -> Option<Accepts> {
    [Accepts::Open, Accepts::Moderated, Accepts::Closed]
        .into_iter()
        .find(|accepts| accepts.as_str() == word)
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredPost> {
    let (item, accepts): (String, String) = (row.get("item")?, row.get("accepts")?);
    Ok(StoredPost {
        thread: row.get("thread")?,
        item: serde_json::from_str(&item).unwrap_or_default(),
        // Only this file writes the column; a word from elsewhere had better take nothing.
        accepts: accepts_from_word(&accepts).unwrap_or(Accepts::Closed),
        comment_count: row.get("comment_count")?,
    })
}
