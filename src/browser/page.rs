//! The page that the client runs in: its address, its title and its history.

use leptos::prelude::{on_cleanup, window_event_listener_untyped};
use wasm_bindgen::JsValue;
use web_sys::{Document, Element, Url, Window};

/// The language that the page declares for `element`.
pub fn declared_language(element: &Element) -> Option<String> {
    let declaring = element.closest("[lang]").ok()??;
    declaring
        .get_attribute("lang")
        .filter(|tag| !tag.is_empty())
}

/// Sets the language of the whole page, BCP 47.
pub fn set_language(tag: &str) {
    if let Some(element) = document().and_then(|document| document.document_element()) {
        // Fails for no valid attribute name, and this one is.
        let _ = element.set_attribute("lang", tag);
    }
}

/// Sets the language of the whole page where it declares none.
pub fn set_language_if_none(tag: &str) {
    let declared =
        document().and_then(|document| document.document_element()?.get_attribute("lang"));
    if declared.is_none_or(|declared| declared.is_empty()) {
        set_language(tag);
    }
}

/// Sets the title in the browser's tab.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// The value of the parameter `name` in the page's address.
pub fn parameter(name: &str) -> Option<String> {
    current_url()?
        .search_params()
        .get(name)
        .filter(|value| !value.is_empty())
}

/// The page's fragment, decoded and without its `#`.
pub fn fragment() -> Option<String> {
    let hash = window()?.location().hash().ok()?;
    let encoded = hash
        .strip_prefix('#')
        .filter(|fragment| !fragment.is_empty())?;
    js_sys::decode_uri_component(encoded).ok().map(String::from)
}

/// The page's own address with the parameter `name` set to `value`, or without it, and with
/// `fragment` or without one. Relative, so that it works in any folder of any host.
pub fn link(name: &str, value: Option<&str>, fragment: Option<&str>) -> String {
    let Some(url) = current_url() else {
        return String::new();
    };
    match value {
        Some(value) => url.search_params().set(name, value),
        None => url.search_params().delete(name),
    }
    url.set_hash(fragment.unwrap_or_default());
    let query = url.search();
    // An empty reference would mean "here, with the query": the path says "without".
    let path = if query.is_empty() {
        url.pathname()
    } else {
        String::new()
    };
    format!("{path}{query}{}", url.hash())
}

/// Goes to `address` inside the page: a new entry of the history, numbered `entry`.
pub fn push(address: &str, entry: i64) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        // Refused only for another origin, which `link` cannot make.
        let _ = history.push_state_with_url(&JsValue::from_f64(entry as f64), "", Some(address));
    }
}

/// The number of the current entry of the history, where the client made it.
pub fn entry() -> Option<i64> {
    Some(window()?.history().ok()?.state().ok()?.as_f64()? as i64)
}

/// Numbers the current entry of the history.
pub fn set_entry(entry: i64) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _ = history.replace_state(&JsValue::from_f64(entry as f64), "");
    }
}

/// Calls `react` whenever `event` happens to the window, until the current owner is cleaned up.
pub fn on_window(event: &'static str, react: impl Fn() + 'static) {
    listen(event, Box::new(react));
}

// Not generic: one piece of code for all callers.
#[inline(never)]
fn listen(event: &'static str, react: Box<dyn Fn()>) {
    let handle = window_event_listener_untyped(event, move |_| react());
    on_cleanup(move || handle.remove());
}

/// Whether the browser believes to have a network. That it has one does not say that it works.
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Whether anybody can see the page.
pub fn is_visible() -> bool {
    document().is_some_and(|document| !document.hidden())
}

/// `address` as it is without the page around it.
pub fn absolute(address: &str) -> String {
    let base = current_url().map(|url| url.href()).unwrap_or_default();
    Url::new_with_base(address, &base).map_or_else(|_| address.to_owned(), |url| url.href())
}

pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

fn current_url() -> Option<Url> {
    Url::new(&window()?.location().href().ok()?).ok()
}
