//! The endpoint against its contract: in process through [`causerie_server::app`], and as the
//! binary that bloggers run.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on had better stop"
)]

mod caching;
mod events;
mod import;
mod moderation;
mod posting;
mod problems;
mod process;
mod reading;
mod sanitizing;
mod service;
mod settings;
mod snapshot;
mod stub;
