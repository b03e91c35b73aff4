//! The one way in which foreign HTML gets into a view.

pub(crate) use crate::browser::html::Source;
use crate::browser::html::fill;
use crate::browser::view::{View, el};

/// Sanitized HTML, in the direction that its first letters ask for.
pub(crate) fn view(html: &str, source: Source) -> View {
    el("div")
        .class("prose")
        .attr("dir", "auto")
        .with(|element| fill(element, html, source))
        .into()
}
