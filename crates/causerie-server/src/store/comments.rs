//! Comments: pages of them, new ones, and what a moderator does to them.

use causerie_core::contract::{WireAuthor, WireComment};
use causerie_core::{Accepts, Timestamp};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::changes::{self, Revision};
use super::posts;

/// A comment before it has a place in the order.
#[derive(Clone, Debug)]
pub struct CommentRow {
    /// Unique in the whole database.
    pub id: String,
    /// The post's key.
    pub thread: String,
    /// What it answers.
    pub parent: Option<String>,
    /// Plain text.
    pub name: String,
    /// Empty where there is none. Never sent to anybody.
    pub email: String,
    /// Empty where there is none.
    pub url: String,
    /// Whether the post's author wrote it.
    pub post_author: bool,
    /// Markdown.
    pub content: String,
    /// `content` as sanitized HTML.
    pub html: String,
    /// When it was written.
    pub published: Timestamp,
    /// When it was edited last.
    pub updated: Option<Timestamp>,
    /// Who may see it.
    pub status: Status,
}

impl CommentRow {
    /// The comment as the contract sends it.
    pub fn to_wire(&self) -> WireComment {
        WireComment {
            id: self.id.clone(),
            parent: self.parent.clone(),
            author: WireAuthor {
                name: self.name.clone(),
                url: Some(self.url.clone()).filter(|url| !url.is_empty()),
                post_author: self.post_author,
            },
            content_html: self.html.clone(),
            published: Some(self.published.to_string()),
            updated: self.updated.map(|updated| updated.to_string()),
            status: self.status.as_wire().to_owned(),
        }
    }
}

/// Who may see a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everybody.
    Published,
    /// Nobody yet, but it is announced.
    Held,
    /// Nobody; kept, and neither shown nor counted.
    Rejected,
}

impl Status {
    /// The word in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Held => "held",
            Self::Rejected => "rejected",
        }
    }

    /// Reads that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Published, Self::Held, Self::Rejected]
            .into_iter()
            .find(|status| status.as_str() == word)
    }

    /// The contract's word for a comment that was just sent: who has sent it may learn of a rejection
    /// later, not a machine at once.
    pub fn as_wire(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Held | Self::Rejected => "held",
        }
    }
}

/// One page of a thread's published comments.
#[derive(Debug)]
pub struct Page {
    /// What the post takes.
    pub accepts: Accepts,
    /// Published and held.
    pub total: usize,
    /// Oldest first.
    pub comments: Vec<WireComment>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// The newest change of the thread that this includes.
    pub revision: Revision,
}

/// A place between two comments of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    published_ms: i64,
    seq: i64,
}

impl Cursor {
    /// Before the first comment.
    pub const START: Self = Self {
        published_ms: i64::MIN,
        seq: i64::MIN,
    };

    /// Changes where a cursor's bytes change their meaning.
    const VERSION: u8 = 1;

    /// Reads what [`Cursor::encode`] wrote.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (&version, bytes) = bytes.split_first()?;
        let (published, seq) = bytes.split_first_chunk()?;
        let seq = <[u8; 8]>::try_from(seq).ok()?;
        (version == Self::VERSION).then(|| Self {
            published_ms: i64::from_be_bytes(*published),
            seq: i64::from_be_bytes(seq),
        })
    }

    /// The cursor as letters that need no escaping in a URL.
    pub fn encode(self) -> String {
        let mut bytes = vec![Self::VERSION];
        bytes.extend(self.published_ms.to_be_bytes());
        bytes.extend(self.seq.to_be_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }
}

/// The page of at most `limit` comments after `cursor`; `None` where there is no such post.
///
/// # Errors
/// When SQLite fails.
pub fn page(
    connection: &Connection,
    thread: &str,
    cursor: Cursor,
    limit: usize,
) -> rusqlite::Result<Option<Page>> {
    let Some(accepts) = posts::accepts(connection, thread)? else {
        return Ok(None);
    };
    let total = announced(connection, thread)?;
    let mut statement = connection.prepare_cached(
        "SELECT * FROM comments
         WHERE thread = ?1 AND status = 'published' AND (published, seq) > (?2, ?3)
         ORDER BY published, seq LIMIT ?4",
    )?;
    // One more than asked for tells whether there is a next page.
    let rows = params![thread, cursor.published_ms, cursor.seq, limit + 1];
    let mut found = statement
        .query_map(rows, |row| Ok((read(row)?, row.get("seq")?)))?
        .collect::<rusqlite::Result<Vec<(CommentRow, i64)>>>()?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(comment, seq)| Cursor {
        published_ms: comment.published.ms(),
        seq: *seq,
    });
    Ok(Some(Page {
        accepts,
        total,
        comments: found.iter().map(|(comment, _)| comment.to_wire()).collect(),
        next,
        revision: changes::revision(connection, thread)?,
    }))
}

/// How many comments of `thread` are announced: published and held.
///
/// # Errors
/// When SQLite fails.
pub fn announced(connection: &Connection, thread: &str) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM comments
             WHERE thread = ?1 AND status IN ('published', 'held')",
        )?
        .query_row([thread], |row| row.get(0))
}

/// What became of a comment that was sent in.
#[derive(Debug)]
pub enum Added {
    /// It is stored; or the same was stored before, and this is how it stands now.
    Stored(WireComment),
    /// It was stored before and a moderator deleted it since.
    Gone(WireComment),
    /// The key came with another comment before.
    KeyReused,
    /// The post takes no comments any more.
    Closed,
    /// There is no such post.
    NoThread,
    /// What it answers is not there, or not published.
    NoParent,
}

/// Stores `comment` under the idempotency `key`, unless the same `request` (a hash) was stored
/// under it before. Its status follows from what the post takes. To be called in a transaction.
///
/// # Errors
/// When SQLite fails.
pub fn add(
    connection: &Connection,
    mut comment: CommentRow,
    key: &str,
    request: &[u8],
) -> rusqlite::Result<Added> {
    let Some(accepts) = posts::accepts(connection, &comment.thread)? else {
        return Ok(Added::NoThread);
    };
    // Before all other refusals: whoever asks again after a lost answer gets that answer, even
    // where the post was closed or the parent deleted in the meantime.
    if let Some((earlier, id)) = find_key(connection, key)? {
        if earlier != request {
            return Ok(Added::KeyReused);
        }
        return Ok(match find(connection, &id)? {
            Some(stored) => Added::Stored(stored.to_wire()),
            None => {
                comment.id = id;
                comment.status = Status::Held;
                Added::Gone(comment.to_wire())
            }
        });
    }
    comment.status = match accepts {
        Accepts::Open => Status::Published,
        Accepts::Moderated => Status::Held,
        Accepts::Closed => return Ok(Added::Closed),
    };
    if let Some(parent) = &comment.parent {
        let parent = find(connection, parent)?;
        let answerable = |parent: &CommentRow| {
            parent.thread == comment.thread && parent.status == Status::Published
        };
        if !parent.as_ref().is_some_and(answerable) {
            return Ok(Added::NoParent);
        }
    }
    insert(connection, &comment)?;
    connection
        .prepare_cached(
            "INSERT INTO idempotency_keys (key, request, comment, made) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![key, request, comment.id, comment.published.ms()])?;
    Ok(Added::Stored(comment.to_wire()))
}

/// Forgets the idempotency keys made before `moment`; gives their number.
///
/// # Errors
/// When SQLite fails.
pub fn drop_keys_before(connection: &Connection, moment: Timestamp) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM idempotency_keys WHERE made < ?1";
    connection.execute(sql, [moment.ms()])
}

/// A comment that no comment had before: 80 random bits.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes)?;
    Ok(id_from_bytes(&bytes))
}

/// `bytes` as the letters and digits that ids are made of.
pub fn id_from_bytes(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes).to_ascii_lowercase()
}

/// The comments that a moderator asks for, oldest first, of any status unless `only` says.
///
/// # Errors
/// When SQLite fails.
pub fn list(
    connection: &Connection,
    thread: Option<&str>,
    only: Option<Status>,
) -> rusqlite::Result<Vec<CommentRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM comments
         WHERE (?1 IS NULL OR thread = ?1) AND (?2 IS NULL OR status = ?2)
         ORDER BY published, seq",
    )?;
    let rows = statement.query_map(params![thread, only.map(Status::as_str)], read)?;
    rows.collect()
}

/// The comment of that id, whatever its status.
///
/// # Errors
/// When SQLite fails.
pub fn find(connection: &Connection, id: &str) -> rusqlite::Result<Option<CommentRow>> {
    let mut statement = connection.prepare_cached("SELECT * FROM comments WHERE id = ?1")?;
    statement.query_row([id], read).optional()
}

/// How far the comment of that id is; [`Status::Rejected`] where `thread` has none of it any more, or
/// never had; `None` where there is no such post.
///
/// # Errors
/// When SQLite fails.
pub fn standing(
    connection: &Connection,
    thread: &str,
    id: &str,
) -> rusqlite::Result<Option<Status>> {
    if posts::accepts(connection, thread)?.is_none() {
        return Ok(None);
    }
    let found = find(connection, id)?.filter(|comment| comment.thread == thread);
    Ok(Some(
        found.map_or(Status::Rejected, |comment| comment.status),
    ))
}

/// Gives a comment another status; `false` where there is no such comment.
///
/// # Errors
/// When SQLite fails.
pub fn set_status(connection: &Connection, id: &str, status: Status) -> rusqlite::Result<bool> {
    let sql = "UPDATE comments SET status = ?2 WHERE id = ?1";
    Ok(connection.execute(sql, params![id, status.as_str()])? == 1)
}

/// Gives a comment another text, written at `moment`; `false` where there is no such comment.
///
/// # Errors
/// When SQLite fails.
pub fn edit(
    connection: &Connection,
    id: &str,
    content: &str,
    html: &str,
    moment: Timestamp,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE comments SET content = ?2, html = ?3, updated = ?4 WHERE id = ?1";
    Ok(connection.execute(sql, params![id, content, html, moment.ms()])? == 1)
}

/// Deletes a comment for good; what answered it stays. `false` where there is no such comment.
///
/// # Errors
/// When SQLite fails.
pub fn delete(connection: &Connection, id: &str) -> rusqlite::Result<bool> {
    Ok(connection.execute("DELETE FROM comments WHERE id = ?1", [id])? == 1)
}

/// Stores a comment that was not there before.
///
/// # Errors
/// When SQLite fails, as it does for an id that is there.
pub fn insert(connection: &Connection, comment: &CommentRow) -> rusqlite::Result<()> {
    execute(connection, INSERT, comment)
}

/// Stores a comment in place of the one with its id, whose status stays: what a moderator decided
/// is not undone by importing again.
///
/// # Errors
/// When SQLite fails.
pub fn upsert(connection: &Connection, comment: &CommentRow) -> rusqlite::Result<()> {
    const ON_CONFLICT: &str = "ON CONFLICT (id) DO UPDATE SET parent = :parent, name = :name,
         email = :email, url = :url, post_author = :post_author, content = :content,
         html = :html, published = :published, updated = :updated";
    execute(connection, &format!("{INSERT} {ON_CONFLICT}"), comment)
}

const INSERT: &str = "INSERT INTO comments (id, thread, parent, name, email, url, post_author,
     content, html, published, updated, status)
     VALUES (:id, :thread, :parent, :name, :email, :url, :post_author,
     :content, :html, :published, :updated, :status)";

fn execute(connection: &Connection, sql: &str, comment: &CommentRow) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute(named_params! {
        ":id": comment.id,
        ":thread": comment.thread,
        ":parent": comment.parent,
        ":name": comment.name,
        ":email": comment.email,
        ":url": comment.url,
        ":post_author": comment.post_author,
        ":content": comment.content,
        ":html": comment.html,
        ":published": comment.published.ms(),
        ":updated": comment.updated.map(Timestamp::ms),
        ":status": comment.status.as_str(),
    })?;
    Ok(())
}

fn find_key(connection: &Connection, key: &str) -> rusqlite::Result<Option<(Vec<u8>, String)>> {
    let sql = "SELECT request, comment FROM idempotency_keys WHERE key = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([key], |row| Ok((row.get(0)?, row.get(1)?)));
    found.optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<CommentRow> {
    let status: String = row.get("status")?;
    Ok(CommentRow {
        id: row.get("id")?,
        thread: row.get("thread")?,
        parent: row.get("parent")?,
        name: row.get("name")?,
        email: row.get("email")?,
        url: row.get("url")?,
        post_author: row.get("post_author")?,
        content: row.get("content")?,
        html: row.get("html")?,
        published: Timestamp::from_ms(row.get("published")?),
        updated: row
            .get::<_, Option<i64>>("updated")?
            .map(Timestamp::from_ms),
        status: Status::from_word(&status).unwrap_or(Status::Held),
    })
}
