//! The one way in which foreign HTML gets into a view.

use crate::browser::Element;
pub(crate) use crate::browser::html::Source;

/// A directive, `use:rich_text=(html, source)`: fills the element with sanitized HTML.
pub(crate) fn rich_text(element: Element, (html, source): (String, Source)) {
    crate::browser::html::fill(&element, &html, source);
}
