//! Numbers, plurals and dates, as the browser's `Intl` writes them in a language.

use causerie_core::Timestamp;
use js_sys::{Array, Function, Intl, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;

/// The formats of one language.
#[derive(Debug)]
pub struct Formats {
    number: Intl::NumberFormat,
    plural: Intl::PluralRules,
    relative: Intl::RelativeTimeFormat,
    date: Intl::DateTimeFormat,
    date_time: Intl::DateTimeFormat,
}

impl Formats {
    /// The formats of the language `tag`, BCP 47.
    pub fn new(tag: &str) -> Self {
        let locales = Array::of1(&tag.into());
        let none = Object::new();
        Self {
            number: Intl::NumberFormat::new(&locales, &none),
            plural: Intl::PluralRules::new(&locales, &none),
            relative: Intl::RelativeTimeFormat::new(&locales, &options(&[("numeric", "auto")])),
            date: Intl::DateTimeFormat::new(&locales, &options(&[("dateStyle", "long")])),
            date_time: Intl::DateTimeFormat::new(
                &locales,
                &options(&[("dateStyle", "full"), ("timeStyle", "short")]),
            ),
        }
    }

    /// `1,204`.
    pub fn number(&self, number: usize) -> String {
        called(&self.number.format(), &JsValue::from_f64(number as f64))
    }

    /// `one`, `other` and so on.
    pub fn plural_category(&self, number: usize) -> String {
        self.plural.select(number as f64).into()
    }

    /// `12 March 2026`.
    pub fn date(&self, time: Timestamp) -> String {
        called(&self.date.format(), &date_of(time))
    }

    /// `Thursday 12 March 2026 at 18:04`.
    pub fn date_time(&self, time: Timestamp) -> String {
        called(&self.date_time.format(), &date_of(time))
    }

    /// `3 hours ago`, for an age in seconds of at least a minute.
    pub fn ago(&self, seconds: i64) -> String {
        const UNITS: [(i64, &str); 6] = [
            (31_556_952, "year"),
            (2_629_746, "month"),
            (604_800, "week"),
            (86_400, "day"),
            (3_600, "hour"),
            (60, "minute"),
        ];
        let fits = UNITS.into_iter().find(|(length, _)| seconds >= *length);
        let (length, unit) = fits.unwrap_or((60, "minute"));
        self.relative
            .format(-((seconds / length) as f64), unit)
            .into()
    }
}

/// The languages the reader prefers, best first.
pub fn reader_languages() -> Vec<String> {
    let languages = web_sys::window().map(|window| window.navigator().languages());
    languages
        .map(|tags| tags.iter().filter_map(|tag| tag.as_string()).collect())
        .unwrap_or_default()
}

fn options(entries: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

/// `Intl` throws on times out of its range: then there is nothing to say.
fn called(format: &Function, value: &JsValue) -> String {
    let formatted = format.call1(&JsValue::UNDEFINED, value).ok();
    formatted
        .and_then(|text| text.dyn_into::<JsString>().ok())
        .map(String::from)
        .unwrap_or_default()
}

fn date_of(time: Timestamp) -> JsValue {
    js_sys::Date::new(&JsValue::from_f64(time.ms() as f64)).into()
}
