//! A blog's posts and their conversations as plain values.
//!
//! Settings become a [`Config`], a [`Backend`] turns wishes into HTTP [`Request`]s and
//! [`Response`]s into [`Post`]s and [`Comment`]s, and a [`Forest`] makes threads of them. Nothing
//! here performs I/O, reads a clock or knows a browser: times and ids are arguments, so every
//! rule can be tested natively.
//!
//! ```
//! use causerie_core::{Comment, Forest, Order};
//!
//! let mut forest = Forest::default();
//! forest.merge([Comment::sample("b", Some("a"), 2), Comment::sample("a", None, 1)]);
//! let rows = forest.rows(Order::Oldest, |_| false);
//! assert_eq!(rows[0].id.as_str(), "a");
//! assert_eq!((rows[1].id.as_str(), rows[1].depth), ("b", 1));
//! ```

mod address;
mod backend;
mod comment;
mod config;
mod draft;
mod error;
mod forest;
mod http;
mod index;
mod json;
pub mod outbox;
pub mod policy;
mod post;
mod snapshot;
mod text;
mod time;

pub use address::page_key;
pub use backend::{Act, Backend, Capabilities, Done, Submission, contract};
pub use comment::{Accepts, Author, Comment, CommentId, CommentPage, Moderation, News, Votes};
pub use config::{Config, Layout, Settings, SettingsProblem, Shows};
pub use draft::{CheckedDraft, Draft, Fault, Field, FieldProblem, Limits};
pub use error::{Error, Refusal, Verdict};
pub use forest::{Anomaly, Change, Forest, Order, Row};
pub use http::{Method, Request, Response};
pub use json::Json;
pub use outbox::{Again, Entry, Letter, State, Step};
pub use post::{Feed, Post, PostAuthor, thread_of};
pub use snapshot::Snapshot;
pub use text::filled;
pub use time::Timestamp;
