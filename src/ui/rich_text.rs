//! The one way in which foreign HTML gets into a view.

use crate::browser::html;
pub(crate) use crate::browser::html::Source;
use crate::browser::view::{Build, el};
use crate::messages::{messages, msg};

/// Sanitized HTML, in the direction that its first letters ask for.
pub(crate) fn view(html: &str, source: Source) -> Build {
    let messages = messages();
    let offer = |host: &str| messages.with(msg::SHOW_IMAGE, &[("host", host)]);
    el("div")
        .class("prose")
        .attr("dir", "auto")
        .with(|element| html::fill(element, html, source, offer))
}
