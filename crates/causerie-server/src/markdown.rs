//! A comment's Markdown becomes the few elements that a conversation needs.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};

/// Renders CommonMark (with `~~struck~~` words and bare links) as sanitized HTML.
///
/// Raw HTML is shown as the text it is. Headings become strong paragraphs, images become links,
/// and a line break is kept, as writers of comments expect. Text that nests deeper than anybody
/// would is shown as it was typed. What comes out holds nothing but
/// `p br em strong del code pre blockquote ul ol li a hr`, and links to http, https and mailto.
///
/// ```
/// let html = causerie_server::markdown::to_html("Good *evening*.<br>");
/// assert_eq!(html, "<p>Good <em>evening</em>.&lt;br&gt;</p>");
/// ```
pub fn to_html(markdown: &str) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &OPTIONS);
    if root.descendants().any(is_too_deep) {
        return format!("<p>{}</p>", escape(markdown));
    }
    for node in root.descendants().collect::<Vec<_>>() {
        simplify(&arena, node);
    }
    let mut html = String::with_capacity(markdown.len() * 2);
    // Writing into a `String` cannot fail.
    let _ = format_html(root, &OPTIONS, &mut html);
    SANITIZER.clean(&html).to_string().trim_end().to_owned()
}

/// The deepest node of a comment's syntax tree. Ten quotations within each other, each with a list
/// in it, stay below.
const DEPTH_MAX: usize = 50;

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.render.escape = true;
    options.render.hardbreaks = true;
    options
});

/// The second line of defense: the renderer above already writes nothing else.
static SANITIZER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "p",
        "br",
        "em",
        "strong",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
        "hr",
    ];
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow ugc noopener"));
    builder
});

/// Thousands of `>` would become thousands of nested elements, and five times the size.
fn is_too_deep<'a>(node: &'a AstNode<'a>) -> bool {
    node.ancestors().take(DEPTH_MAX + 1).count() > DEPTH_MAX
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn simplify<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>) {
    let mut data = node.data.borrow_mut();
    match &data.value {
        NodeValue::Heading(_) => {
            data.value = NodeValue::Paragraph;
            drop(data);
            let strong = arena.alloc(NodeValue::Strong.into());
            for child in node.children().collect::<Vec<_>>() {
                strong.append(child);
            }
            node.append(strong);
        }
        NodeValue::Image(link) => {
            let link = link.clone();
            // An image without words would become a link without words.
            let label = link.url.clone();
            data.value = NodeValue::Link(link);
            drop(data);
            if node.first_child().is_none() {
                node.append(arena.alloc(NodeValue::Text(label.into()).into()));
            }
        }
        _ => {}
    }
}
