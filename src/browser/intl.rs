//! Numbers, plurals and dates, as the browser's `Intl` writes them in a language.

use causerie_core::Timestamp;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The formats of one language, `formats` in the boot script.
    #[derive(Debug)]
    pub type Formats;

    /// `1,204`.
    #[wasm_bindgen(method)]
    pub fn number(this: &Formats, number: usize) -> String;

    /// `one`, `other` and so on.
    #[wasm_bindgen(method)]
    pub fn plural(this: &Formats, number: usize) -> String;

    /// `3 hours ago`, for an age in seconds of at least a minute.
    #[wasm_bindgen(method)]
    pub fn ago(this: &Formats, seconds: f64) -> String;

    #[wasm_bindgen(method, js_name = date)]
    fn write_date(this: &Formats, ms: f64) -> String;

    #[wasm_bindgen(method, js_name = dateTime)]
    fn write_date_time(this: &Formats, ms: f64) -> String;
}

impl Formats {
    /// `12 March 2026`.
    pub fn date(&self, time: Timestamp) -> String {
        self.write_date(time.ms() as f64)
    }

    /// `Thursday 12 March 2026 at 18:04`.
    pub fn date_time(&self, time: Timestamp) -> String {
        self.write_date_time(time.ms() as f64)
    }
}

/// The languages the reader prefers, best first.
pub fn reader_languages() -> Vec<String> {
    let languages = web_sys::window().map(|window| window.navigator().languages());
    languages
        .map(|tags| tags.iter().filter_map(|tag| tag.as_string()).collect())
        .unwrap_or_default()
}
