//! What the boot script calls.

use causerie_core::Json;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::host::{Boot, Host};

/// Shows in `inside` what `settings` ask for, a JSON object of texts. `host` is the element that
/// the blogger wrote; for the standalone page both are the same. `base` is the address of the
/// folder with the client's files, `boot` what the boot script does for the client. Gives a function
/// that takes all of it down again.
#[wasm_bindgen]
pub fn mount(
    host: HtmlElement,
    inside: &HtmlElement,
    settings: &str,
    base: String,
    boot: Boot,
) -> JsValue {
    let settings = match Json::parse(settings) {
        Ok(Json::Object(settings)) => settings,
        _ => Vec::new(),
    };
    let texts = settings.into_iter();
    let settings = texts
        .filter_map(|(name, value)| Some((name, value.text()?)))
        .collect();
    let mounted = crate::mount(inside, &settings, || Host::new(host, inside, base, boot));
    Closure::once_into_js(move || drop(mounted))
}
