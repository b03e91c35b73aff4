//! What stands where something will come: of about its size, so that nothing jumps.

use crate::browser::view::{View, el};

/// A page that is on its way. `index.html` shows the same before any script runs.
pub(crate) fn view() -> View {
    let line = |class| el("span").class(class);
    el("div")
        .class("skeleton")
        .attr("aria-hidden", "true")
        .children(["title", "line", "line", "line", "line"].map(line))
        .into()
}
