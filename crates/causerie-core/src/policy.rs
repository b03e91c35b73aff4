//! What foreign HTML may hold: the lists that the client and the endpoint sanitize by.
//!
//! Nothing that runs, loads from elsewhere without being asked, styles, or takes a name of the page.

/// Elements that a text may hold, whoever wrote it.
pub const TEXT_ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "dl",
    "dt",
    "em",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
    "var",
];

/// Elements that the blogger's own posts may hold besides.
pub const POST_ELEMENTS: &[&str] = &[
    "caption",
    "details",
    "div",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "span",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
];

/// Attributes that those elements may have.
pub const TEXT_ATTRIBUTES: &[&str] = &[
    "alt", "cite", "datetime", "dir", "href", "lang", "src", "title",
];

/// Attributes that those of posts may have besides.
pub const POST_ATTRIBUTES: &[&str] = &["colspan", "height", "rowspan", "scope", "width"];
