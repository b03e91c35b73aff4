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
use causerie_core::Settings;
use leptos::mount::{UnmountHandle, mount_to};
use ui::once::Once;

/// What [`mount`] gives: as long as it lives, so does the view.
pub type Mounted = UnmountHandle<Once>;

/// Shows the blog in the page's `#causerie` element, for as long as the page lives. The element's
/// `data-` attributes are the settings.
pub fn start() {
    if let Some(element) = browser::page::root() {
        let settings = browser::page::settings(&element);
        mount(element, settings).forget();
    }
}

/// Shows the blog that `settings` describe in `element`, in place of what is in it.
pub fn mount(element: HtmlElement, settings: Settings) -> Mounted {
    element.set_text_content(None);
    mount_to(element.clone(), move || app::view(element, &settings))
}
