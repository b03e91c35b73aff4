//! The views. They read state and call its methods; none of them touches network or storage.

mod actions;
mod avatar;
mod comment;
mod composer;
mod edit;
mod field;
pub(crate) mod front;
pub(crate) mod notice;
mod outcome;
pub(crate) mod post;
mod rich_text;
pub(crate) mod skeleton;
pub mod thread;
mod time;
mod unsent;
