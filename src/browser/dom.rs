//! Small services on elements and events: focus, places in the page, keys.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent};

use super::host::Host;
use super::html::object;
use super::page;
use super::task::next_frame;

/// Gives the element with this id the focus once it is drawn; the page scrolls only if it is out
/// of sight.
pub fn focus_next_frame(host: Host, id: String) {
    next_frame(move || {
        if let Some(element) = host.by_id(&id) {
            focus(&element);
        }
    });
}

/// Gives the focus to the first element that matches `selector` in the one with this id, once it
/// is drawn.
pub fn focus_first_next_frame(host: Host, id: &str, selector: &'static str) {
    let id = id.to_owned();
    next_frame(move || {
        let found = host
            .by_id(&id)
            .and_then(|element| element.query_selector(selector).ok().flatten());
        if let Some(element) = found {
            focus(element.unchecked_ref());
        }
    });
}

/// Whether the first element that matches `selector` begins below what is on the screen.
pub fn is_to_come(host: Host, selector: &str) -> bool {
    let height = page::window().and_then(|window| window.inner_height().ok()?.as_f64());
    let top = host
        .find(selector)
        .map(|it| it.get_bounding_client_rect().top());
    top >= height
}

/// What finds the button again that has the focus, where it is one to vote.
pub fn focused_vote(host: Host) -> Option<&'static str> {
    let vote = host.focused()?.get_attribute("data-act")?;
    Some(match vote.as_str() {
        "up" => "[data-act=up]",
        _ => "[data-act=down]",
    })
}

/// Gives `element` the focus once it is shown, and leaves the page where it is.
pub fn focus_when_shown(element: &Element) {
    let element: HtmlElement = element.clone().unchecked_into();
    next_frame(move || focus_where_it_is(&element));
}

fn focus_where_it_is(element: &HtmlElement) {
    let options = object(&[("preventScroll", true.into())]);
    let _ = element.focus_with_options(options.unchecked_ref());
}

/// Marks the element with this id as the one that a link leads to, scrolls to it and focuses it.
pub fn lead_to(host: Host, id: &str) {
    if let Some(element) = mark(host, id) {
        let options = object(&[("block", "start".into()), ("behavior", "instant".into())]);
        element.scroll_into_view_with_scroll_into_view_options(options.unchecked_ref());
        focus(&element);
    }
}

/// Marks and focuses the element with this id once it is drawn, and leaves the page where it is.
pub fn take_over_next_frame(host: Host, id: String) {
    next_frame(move || {
        if let Some(element) = mark(host, &id) {
            focus_where_it_is(&element);
        }
    });
}

fn mark(host: Host, id: &str) -> Option<HtmlElement> {
    let element = host.by_id(id)?;
    if let Some(before) = host.replace_target(id) {
        let _ = before.remove_attribute("data-target");
    }
    let _ = element.set_attribute("data-target", "");
    Some(element)
}

/// What the Enter key is for, beyond what the browser makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enter {
    /// An input method is at work: it chooses a word and sends nothing.
    ChoosesAWord,
    /// It came with Ctrl or Cmd.
    Sends,
}

/// What the key event is for, where it is the Enter key.
pub fn enter(event: &Event) -> Option<Enter> {
    let key = key_event(event)?;
    if key.key() != "Enter" {
        return None;
    }
    if is_composing(key) {
        return Some(Enter::ChoosesAWord);
    }
    (key.ctrl_key() || key.meta_key()).then_some(Enter::Sends)
}

/// Whether it is this key, and not one for an input method.
pub fn is_key(event: &Event, name: &str) -> bool {
    key_event(event).is_some_and(|key| key.key() == name && !is_composing(key))
}

/// Browsers that fill in forms send key events without a key.
fn key_event(event: &Event) -> Option<&KeyboardEvent> {
    event.dyn_ref()
}

/// Safari ends the composition before the key that ends it arrives, and says so by this code alone.
const COMPOSING: u32 = 229;

fn is_composing(key: &KeyboardEvent) -> bool {
    key.is_composing() || key.key_code() == COMPOSING
}

/// Whether a click is to be followed as the browser does: a new tab, a download.
pub fn is_for_browser(event: &Event) -> bool {
    // Both kinds of event have these members.
    let keys = event.unchecked_ref::<KeyboardEvent>();
    event.unchecked_ref::<MouseEvent>().button() != 0
        || keys.ctrl_key()
        || keys.meta_key()
        || keys.shift_key()
        || keys.alt_key()
}

/// The fragment that a click leads to, where it is on a link inside the page that the browser
/// would follow here.
pub fn followed_fragment(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let link = target.closest("a[href^='#']").ok()??;
    let href = link.get_attribute("href")?;
    (!is_for_browser(event)).then(|| href.trim_start_matches('#').to_owned())
}

/// What the button does that a click came from, and the id of the list item that it is in.
pub fn pressed(event: &Event) -> Option<(String, String)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let button = target.closest("[data-act]").ok()??;
    let row = button.closest("li").ok()??;
    Some((button.get_attribute("data-act")?, row.id()))
}

/// The text that is in the form control that the event comes from.
pub fn value(event: &Event) -> String {
    control(event).map(|it| it.value()).unwrap_or_default()
}

/// Whether the box that the event comes from is checked.
pub fn is_checked(event: &Event) -> bool {
    control(event).is_some_and(|it| it.checked())
}

/// All form controls have these members, whatever the type says.
fn control(event: &Event) -> Option<HtmlInputElement> {
    Some(event.target()?.unchecked_into())
}

fn focus(element: &HtmlElement) {
    // Fails only for an element that is gone, and then nothing is to be focused.
    let _ = element.focus();
}
