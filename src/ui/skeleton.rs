//! What stands where something will come: of about its size, so that nothing jumps.

use leptos::prelude::*;

use super::once::{Once, once};

/// A page that is on its way. `index.html` shows the same before any script runs.
pub(crate) fn view() -> Once {
    once(view! {
        <div class="skeleton" aria-hidden="true">
            <span class="title"></span>
            <span class="line"></span>
            <span class="line"></span>
            <span class="line"></span>
            <span class="line"></span>
        </div>
    })
}
