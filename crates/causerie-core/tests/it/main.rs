//! What the crate does as its users see it, one module a concern.

mod backends;
mod contract;
mod feed;
mod forest;
mod isso;
mod outbox;
mod recorded;
mod wordpress;
