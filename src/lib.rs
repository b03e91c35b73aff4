//! Causerie's client: a blog post and its conversation in the reader's browser.
//!
//! [`start`] takes over the standalone page. [`mount`] shows the same in any element and gives a
//! handle that takes it down again. `ARCHITECTURE.md` says what lives where, and why.

mod app;
pub mod browser;
pub mod messages;
pub mod state;
pub mod ui;

use browser::HtmlElement;
use browser::view::View;
use causerie_core::Settings;
use leptos::prelude::*;

/// Shows the blog in the page's `#causerie` element, for as long as the page lives. The element's
/// `data-` attributes are the settings.
pub fn start() {
    if let Some(element) = browser::page::root() {
        let settings = browser::page::settings(&element);
        std::mem::forget(mount(&element, &settings));
    }
}

/// What [`mount`] gives: dropping it takes the view down and ends all that it began, but for
/// comments that are on their way.
pub struct Mounted {
    view: View,
    _owner: Owner,
}

/// Shows the blog that `settings` describe in `element`, in place of what is in it.
pub fn mount(element: &HtmlElement, settings: &Settings) -> Mounted {
    // Effects run on the browser's own task queue. An error says that they do already.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let view = owner.with(|| app::view(element, settings));
    element.set_text_content(None);
    view.show_in(element);
    Mounted {
        view,
        _owner: owner,
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.view.remove();
    }
}
