//! What changed in a thread after a moment that a client names.

use causerie_core::Timestamp;
use causerie_core::contract::{WireChange, WireEvent};
use rusqlite::{Connection, params};

use super::comments::{self, Status};

/// A moment in the life of the blog's comments, named by the newest change it includes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Revision {
    /// The database that counted.
    log: String,
    number: i64,
}

impl Revision {
    /// Reads what [`Revision::encode`] wrote.
    pub fn decode(text: &str) -> Option<Self> {
        let (log, number) = text.split_once('-')?;
        // More than digits would be read too.
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| number.parse().ok()).flatten()?;
        Some(Self {
            log: log.to_owned(),
            number,
        })
    }

    /// The revision as letters that need no escaping in a URL.
    pub fn encode(&self) -> String {
        format!("{}-{}", self.log, self.number)
    }

    fn at(&self, number: i64) -> Self {
        Self {
            log: self.log.clone(),
            number,
        }
    }
}

/// The newest change of `thread`. Where that is no longer kept, the newest change of all that was
/// dropped, so that nobody is told to begin anew who has just done so.
///
/// # Errors
/// When SQLite fails.
pub fn revision(connection: &Connection, thread: &str) -> rusqlite::Result<Revision> {
    let dropped = dropped(connection)?;
    let newest: Option<i64> = connection
        .prepare_cached("SELECT max(number) FROM changes WHERE thread = ?1")?
        .query_row([thread], |row| row.get(0))?;
    Ok(dropped.at(newest.unwrap_or(dropped.number)))
}

/// What a client that knows a revision does not know yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// That revision is unknown here, or older than what is kept: the thread is to be read anew,
    /// and to be followed from this revision on.
    Lost(Revision),
    /// How each comment that changed is now, in the order of their last changes.
    Events {
        /// Each with the revision that includes it.
        events: Vec<(Revision, WireEvent)>,
        /// Whether there are more, after the last of these.
        has_more: bool,
    },
}

/// What happened in `thread` after the revision `after`: at most `limit` events.
///
/// # Errors
/// When SQLite fails.
pub fn since(
    connection: &Connection,
    thread: &str,
    after: &Revision,
    limit: usize,
) -> rusqlite::Result<News> {
    if !is_known(connection, after)? {
        return Ok(News::Lost(revision(connection, thread)?));
    }
    let mut statement = connection.prepare_cached(
        "SELECT comment, max(number) AS last FROM changes WHERE thread = ?1 AND number > ?2
         GROUP BY comment ORDER BY last LIMIT ?3",
    )?;
    // One more than asked for tells whether there are more.
    let mut changes = statement
        .query_map(params![thread, after.number, limit + 1], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<Vec<(String, i64)>>>()?;
    let has_more = changes.len() > limit;
    changes.truncate(limit);
    if changes.is_empty() {
        return Ok(News::Events {
            events: Vec::new(),
            has_more,
        });
    }
    let total = comments::announced(connection, thread)?;
    let event = |(id, number): (String, i64)| {
        // An id that was given free may have come back in another thread.
        let comment = comments::find(connection, &id)?
            .filter(|comment| comment.thread == thread && comment.status == Status::Published);
        let change = match comment {
            Some(comment) => WireChange::Comment(comment.to_wire()),
            None => WireChange::Removed(id),
        };
        Ok((after.at(number), WireEvent { change, total }))
    };
    let events = changes.into_iter().map(event);
    Ok(News::Events {
        events: events.collect::<rusqlite::Result<_>>()?,
        has_more,
    })
}

/// Whether `revision` is one of this database, and all that came after it is kept.
///
/// # Errors
/// When SQLite fails.
pub fn is_known(connection: &Connection, revision: &Revision) -> rusqlite::Result<bool> {
    let dropped = dropped(connection)?;
    let kept = dropped.number..=newest(connection)?.max(dropped.number);
    Ok(revision.log == dropped.log && kept.contains(&revision.number))
}

/// The number of the newest change of all threads; 0 where none is kept.
///
/// # Errors
/// When SQLite fails.
pub fn newest(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT coalesce(max(number), 0) FROM changes")?
        .query_row([], |row| row.get(0))
}

/// Forgets the changes made before `moment`, and those that came before one of them; gives their
/// number. To be called in a transaction.
///
/// # Errors
/// When SQLite fails.
pub fn drop_before(connection: &Connection, moment: Timestamp) -> rusqlite::Result<usize> {
    // By number, because the clock may have been set back in between.
    let sql = "SELECT max(number) FROM changes WHERE made < ?1";
    let last: Option<i64> = connection.query_row(sql, [moment.ms()], |row| row.get(0))?;
    let Some(last) = last else {
        return Ok(0);
    };
    connection.execute("UPDATE change_log SET dropped = ?1", [last])?;
    connection.execute("DELETE FROM changes WHERE number <= ?1", [last])
}

/// The highest number that was dropped, as a revision.
fn dropped(connection: &Connection) -> rusqlite::Result<Revision> {
    connection
        .prepare_cached("SELECT name, dropped FROM change_log")?
        .query_row([], |row| {
            Ok(Revision {
                log: row.get(0)?,
                number: row.get(1)?,
            })
        })
}
