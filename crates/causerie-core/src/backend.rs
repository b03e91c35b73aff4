//! The back ends: each turns wishes into requests and responses into domain values, and alone
//! knows its field names.

pub mod contract;

use crate::{CheckedDraft, Comment, CommentId, CommentPage, Error, Request, Response};

/// A comment server that the blogger configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Causerie's own contract, see `docs/contract.md`.
    Contract(contract::Endpoint),
}

impl Backend {
    /// Asks for the page of `thread`'s comments that starts at `cursor` (`None`: the first), of
    /// at most `limit` comments.
    pub fn list_comments(&self, thread: &str, cursor: Option<&str>, limit: u32) -> Request {
        match self {
            Self::Contract(endpoint) => endpoint.list_comments(thread, cursor, limit),
        }
    }

    /// Reads the answer to [`Backend::list_comments`].
    ///
    /// # Errors
    /// When the server refused, or answered something else than a page of comments.
    pub fn parse_comments(&self, response: &Response) -> Result<CommentPage, Error> {
        match self {
            Self::Contract(_) => contract::parse_comments(response),
        }
    }

    /// Sends `draft` as an answer to `parent`. `key` is made once for this comment and repeated
    /// with every new try, so that the server stores it once.
    pub fn submit(
        &self,
        thread: &str,
        parent: Option<&CommentId>,
        draft: &CheckedDraft,
        key: &str,
    ) -> Request {
        match self {
            Self::Contract(endpoint) => endpoint.submit(thread, parent, draft, key),
        }
    }

    /// Reads the answer to [`Backend::submit`]: the comment as stored, published or held.
    ///
    /// # Errors
    /// When the server refused, with reasons per field where it gave them, or answered something
    /// else than a comment.
    pub fn parse_submitted(&self, response: &Response) -> Result<Comment, Error> {
        match self {
            Self::Contract(_) => contract::parse_submitted(response),
        }
    }
}
