//! Small services on elements: focus, places in the page, keys.

use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, FocusOptions, HtmlElement, KeyboardEvent, MouseEvent, ScrollBehavior,
    ScrollIntoViewOptions, ScrollLogicalPosition,
};

/// Gives `element` the focus; the page scrolls only if it is out of sight.
pub fn focus(element: &HtmlElement) {
    // Fails only for an element that is gone, and then nothing is to be focused.
    let _ = element.focus();
}

/// Gives the element with this id the focus, where there is one.
pub fn focus_id(id: &str) {
    if let Some(element) = by_id(id) {
        focus(&element);
    }
}

/// Gives `element` the focus and leaves the page where it is.
pub fn focus_in_place(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Whether a click is to be followed as the browser does: a new tab, a download.
pub fn is_for_browser(event: &MouseEvent) -> bool {
    event.button() != 0
        || event.ctrl_key()
        || event.meta_key()
        || event.shift_key()
        || event.alt_key()
}

/// Marks the element with this id as the one that a link leads to, scrolls to it and focuses it.
/// Whether it was there.
pub fn lead_to(id: &str) -> bool {
    let Some(element) = by_id(id) else {
        return false;
    };
    let document = element.owner_document();
    if let Some(before) =
        document.and_then(|document| document.query_selector("[data-target]").ok()?)
    {
        let _ = before.remove_attribute("data-target");
    }
    let _ = element.set_attribute("data-target", "");
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Start);
    options.set_behavior(ScrollBehavior::Instant);
    element.scroll_into_view_with_scroll_into_view_options(&options);
    focus(&element);
    true
}

/// Moves the focus among the elements that match `selector` below `root`: to the one `by` places
/// after the one that has it, or to the first.
pub fn move_focus(root: &Element, selector: &str, by: i32) {
    let Ok(all) = root.query_selector_all(selector) else {
        return;
    };
    let length = i32::try_from(all.length()).unwrap_or(i32::MAX);
    let active = root
        .owner_document()
        .and_then(|document| document.active_element());
    let current = active.and_then(|active| active.closest(selector).ok().flatten());
    let place = current.and_then(|current| {
        (0..length).find(|&at| all.item(at as u32).as_ref() == Some(current.as_ref()))
    });
    let next = place.map_or(0, |place| place + by);
    let element = u32::try_from(next).ok().and_then(|next| all.item(next));
    if let Some(element) = element.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        focus(&element);
    }
}

/// Whether the event comes from where the reader types.
pub fn is_typing(event: &Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| {
        element.matches("input, textarea, select, [contenteditable]") == Ok(true)
    })
}

/// Whether an input method is at work: then Enter chooses a word and sends nothing. Safari ends
/// the composition before the key arrives, and says so by key code 229 alone.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// The text that is in the form control that the event comes from.
pub fn value(event: &Event) -> String {
    leptos::prelude::event_target_value(event)
}

fn by_id(id: &str) -> Option<HtmlElement> {
    web_sys::window()?
        .document()?
        .get_element_by_id(id)?
        .dyn_into()
        .ok()
}
