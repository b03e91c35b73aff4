//! Where the reader is in the page, kept for each entry of the history.
//!
//! The browser would restore it too, but before the comments are there to scroll to.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::request_animation_frame;

use super::storage::{self, Keep};
use super::{clock, page};

/// Milliseconds after which a place that the page does not reach is given up.
const PATIENCE: i64 = 5_000;

/// Keeps and restores places. A clone is the same keeper.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Counts the restorations, so that a new one, or the reader's own move, ends the one before.
    current: Rc<Cell<u32>>,
}

impl Places {
    /// Takes the scrolling on a change of history over from the browser.
    pub fn take_over() -> Self {
        let history = page::window().and_then(|window| window.history().ok());
        if let Some(history) = history {
            let _ = history.set_scroll_restoration(web_sys::ScrollRestoration::Manual);
        }
        let places = Self::default();
        for event in ["wheel", "touchmove", "keydown", "pointerdown"] {
            let places = places.clone();
            page::on_window(event, move || places.give_up());
        }
        places
    }

    /// Keeps the reader's place in the entry of the history numbered `entry`.
    pub fn keep(&self, entry: i64) {
        let top = page::window().and_then(|window| window.scroll_y().ok());
        // Whole pixels: nobody sees the rest.
        storage::set(Keep::InTab, &key(entry), &(top.unwrap_or_default() as i64));
    }

    /// Goes to the place kept for `entry`, or to the top, as soon as the page is long enough.
    pub fn restore(&self, entry: i64) {
        let kept = storage::get(Keep::InTab, &key(entry));
        let top = kept.and_then(|top| top.as_i64()).unwrap_or_default();
        self.give_up();
        self.approach(top, self.current.get(), clock::now().ms() + PATIENCE);
    }

    fn give_up(&self) {
        self.current.set(self.current.get().wrapping_add(1));
    }

    fn approach(&self, top: i64, restoration: u32, until: i64) {
        let places = self.clone();
        request_animation_frame(move || {
            let Some(window) = page::window() else { return };
            if places.current.get() != restoration {
                return;
            }
            window.scroll_to_with_x_and_y(0.0, top as f64);
            let reached = window.scroll_y().unwrap_or_default() >= top as f64 - 1.0;
            if !reached && clock::now().ms() < until {
                places.approach(top, restoration, until);
            }
        });
    }
}

fn key(entry: i64) -> String {
    format!("causerie:place:{entry}")
}
