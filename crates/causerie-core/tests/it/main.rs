//! What the crate does as its users see it, one module a concern.

mod contract;
mod feed;
mod forest;
