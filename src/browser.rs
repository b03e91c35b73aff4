//! The browser: the only modules that name web-sys and js-sys.

pub mod clock;
pub mod device;
pub mod dom;
pub mod embed;
pub mod fetch;
pub mod host;
pub mod html;
pub mod intl;
pub mod list;
pub mod page;
pub mod random;
pub mod storage;
pub mod task;
pub mod view;

pub use web_sys::{Element, Event, HtmlElement};
