//! Where the reader is in the page, kept for each entry of the history.
//!
//! The browser would restore it too, but before the comments are there to scroll to.

use std::cell::Cell;
use std::rc::Rc;

use causerie_core::Json;
use wasm_bindgen::JsValue;

use super::host::{Host, host};
use super::storage::{self, Keep};
use super::task::next_frame;
use super::{clock, page};

/// Milliseconds after which a place that the page does not reach is given up.
const PATIENCE: i64 = 5_000;

/// Parts of a pixel that browsers lay out in. Whole pixels would be off by one after rounding.
const LAYOUT_UNITS: f64 = 64.0;

/// Keeps and restores places. A clone is the same keeper.
#[derive(Clone, Debug)]
pub struct Places {
    host: Host,
    /// How far down the reader was when last seen moving, in pixels.
    top: Rc<Cell<i64>>,
    /// Counts the restorations, so that a new one, or the reader's own move, ends the one before.
    current: Rc<Cell<u32>>,
}

/// Where the reader was: pixels from the top, and better, because above it things may have
/// another height next time, an element with an id and how far below the window's edge it began.
struct Place {
    host: Host,
    top: i64,
    anchor: Option<(String, i64)>,
}

impl Places {
    /// Takes the scrolling on a change of history over from the browser.
    pub fn take_over() -> Self {
        let history = page::window().and_then(|window| window.history().ok());
        if let Some(history) = history {
            let _ = history.set_scroll_restoration(web_sys::ScrollRestoration::Manual);
        }
        let places = Self {
            host: host(),
            top: Rc::default(),
            current: Rc::default(),
        };
        for event in ["wheel", "touchmove", "keydown", "pointerdown"] {
            let places = places.clone();
            page::on_window(event, move || {
                places.give_up();
                // A link may move the page before it is seen to scroll.
                places.top.set(current_top());
            });
        }
        let seen = places.clone();
        page::on_window("scroll", move || seen.top.set(current_top()));
        places
    }

    /// Keeps the reader's place in the entry of the history numbered `entry`.
    pub fn keep(&self, entry: i64) {
        let top = self.top.get();
        // A link to a fragment has moved the page already: then only the pixels are known.
        let anchor = if top == current_top() { anchor() } else { None };
        let (id, offset) = anchor.unwrap_or_default();
        let place = vec![top.into(), id.as_str().into(), offset.into()];
        storage::set(Keep::InTab, &key(entry), &Json::List(place));
    }

    /// Goes to the place kept for `entry`, or to the top, as soon as it is there.
    pub fn restore(&self, entry: i64) {
        let kept = storage::get(Keep::InTab, &key(entry)).unwrap_or_default();
        let part = |at: usize| kept.list().get(at);
        let whole = |at| part(at).and_then(Json::whole).unwrap_or_default();
        let id = part(1).and_then(Json::text).filter(|id| !id.is_empty());
        let place = Place {
            host: self.host,
            top: whole(0),
            anchor: id.map(|id| (id, whole(2))),
        };
        self.give_up();
        self.approach(
            Rc::new(place),
            self.current.get(),
            clock::now().ms() + PATIENCE,
        );
    }

    fn give_up(&self) {
        self.current.set(self.current.get().wrapping_add(1));
    }

    fn approach(&self, place: Rc<Place>, restoration: u32, until: i64) {
        let places = self.clone();
        next_frame(move || {
            if places.current.get() == restoration && !place.reach() && clock::now().ms() < until {
                places.approach(place, restoration, until);
            }
        });
    }
}

impl Place {
    /// Moves the page towards the place. Whether it is reached.
    fn reach(&self) -> bool {
        let Some(window) = page::window() else {
            return true;
        };
        match &self.anchor {
            Some((id, offset)) => {
                let Some(element) = self.host.by_id(id) else {
                    return false;
                };
                let distance =
                    element.get_bounding_client_rect().top() - *offset as f64 / LAYOUT_UNITS;
                window.scroll_by_with_x_and_y(0.0, distance);
                // What comes into view gets its true height only then: look again.
                distance.abs() < 1.0
            }
            None => {
                window.scroll_to_with_x_and_y(0.0, self.top as f64);
                current_top() >= self.top - 1
            }
        }
    }
}

/// The comment in the middle of the window, and where it begins.
fn anchor() -> Option<(String, i64)> {
    let window = page::window()?;
    let middle = |size: Result<JsValue, JsValue>| Some(size.ok()?.as_f64()? as f32 / 2.0);
    let (x, y) = (
        middle(window.inner_width())?,
        middle(window.inner_height())?,
    );
    let element = window
        .document()?
        .element_from_point(x, y)?
        .closest("li[id]")
        .ok()??;
    Some((
        element.id(),
        (element.get_bounding_client_rect().top() * LAYOUT_UNITS) as i64,
    ))
}

fn current_top() -> i64 {
    // Whole pixels: nobody sees the rest.
    page::window()
        .and_then(|window| window.scroll_y().ok())
        .unwrap_or_default() as i64
}

fn key(entry: i64) -> String {
    format!("causerie:place:{entry}")
}
