//! What the client's views make for the same state: the same elements, classes, parts, ids, roles
//! and attributes, so that nothing moves when the client takes over. What needs scripts keeps its
//! room and is not seen ([`reserved`]).

pub(super) mod comment;
mod post;
mod reserved;
mod thread;

use super::Taken;
use super::markup::{Build, Markup, el};

/// Inside an embed: a shadow tree that the parser makes, with the client's style sheet, which is in
/// the folder `client`. `theme` is what the element asks for. After it comes an empty element with the
/// id `end`.
pub(super) fn embed(taken: &Taken, client: &str, theme: Option<&str>, end: Option<&str>) -> Markup {
    let style = el("link")
        .attr("rel", "stylesheet")
        .attr("href", &format!("{client}causerie.css"));
    let theme = theme.filter(|theme| ["light", "dark"].contains(theme));
    let inside = el("div")
        .class("embed")
        .maybe_attr("data-theme", theme)
        .child(standalone(taken));
    let tree = el("template")
        .attr("shadowrootmode", "open")
        .child(style)
        .child(inside);
    let end = end.map(|id| {
        el("span")
            .attr("id", id)
            .flag("data-causerie-snapshot", true)
    });
    Markup::from(tree).followed_by(end)
}

/// Inside the standalone page.
pub(super) fn standalone(taken: &Taken) -> Markup {
    let content = match &taken.post {
        Some(post) => el("div").child(post::view(taken, post)).into(),
        None => Markup::from(thread::view(taken)),
    };
    let page = el("div")
        .class("page")
        .attr("lang", &taken.messages.language())
        .child(content);
    el("div").class("causerie").child(page).into()
}

/// Foreign HTML that was sanitized.
fn rich_text(clean: Markup) -> Build {
    el("div").class("prose").attr("dir", "auto").child(clean)
}
