//! What `--demo` puts into an empty database: a blog with every kind of conversation.

mod crowd;

use crate::import::Import;
use crate::store::{Store, StoreError, comments, posts};

/// The blog and its conversations, but for the long one.
const FEED: &str = include_str!("../demo/feed.json");

/// How many comments the long conversation has.
const CROWD: usize = 10_000;

/// Fills a database that has no posts; `false` where there were some.
///
/// # Errors
/// When SQLite fails.
pub fn seed(store: &Store) -> Result<bool, StoreError> {
    if !store.read_blocking(posts::none_yet)? {
        return Ok(false);
    }
    let import = Import::parse(FEED).map_err(|problems| StoreError::new(problems.join("\n")))?;
    let crowd = crowd::comments(CROWD);
    store.write_blocking(|connection| {
        // Ids cannot collide in a database that has none.
        let _ = import.store(connection)?;
        for comment in &crowd {
            comments::insert(connection, comment)?;
        }
        Ok(true)
    })
}
