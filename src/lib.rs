//! Causerie's client: a blog post and its conversation in the reader's browser.
//!
//! [`mount`] shows it in any element and gives a handle that takes it down again; the boot script
//! `public/causerie.js` calls it for the page's own element and for embeds.
//! `ARCHITECTURE.md` says what lives where, and why.

mod app;
pub mod browser;
pub mod messages;
pub mod state;
pub mod ui;

use browser::HtmlElement;
use browser::host::Host;
use browser::view::View;
use causerie_core::Settings;
use leptos::prelude::*;
use state::kept::{begin_to_hand_down, hand_down};

/// What [`mount`] gives: dropping it takes the view down and ends all that it began, but for
/// comments that are on their way.
pub struct Mounted {
    view: View,
    _owner: Owner,
}

/// Shows what `settings` describe in `element`, in place of what is in it, for the host that
/// `host` makes.
pub fn mount(element: &HtmlElement, settings: &Settings, host: impl FnOnce() -> Host) -> Mounted {
    // Effects run on the browser's own task queue. An error says that they do already.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let view = owner.with(|| {
        let host = host();
        begin_to_hand_down();
        hand_down(host);
        app::view(host, settings)
    });
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
