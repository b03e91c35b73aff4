//! Mounting and taking down, in a real browser.

use causerie::browser::host::{Boot, Host};
use causerie::{Mounted, mount};
use causerie_core::Settings;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
export const boot = () => ({ formats: () => ({}), drawn() {}, takeAhead() {} });
")]
extern "C" {
    /// What the boot script hands over, as far as is used here.
    fn boot() -> Boot;
}

fn element() -> HtmlElement {
    let document = web_sys::window()
        .expect("a window")
        .document()
        .expect("a document");
    let element = document.create_element("main").expect("an element");
    element.set_text_content(Some("a skeleton"));
    element.set_attribute("lang", "en").expect("an attribute");
    element.unchecked_into()
}

fn shown(element: &HtmlElement, settings: &[(&str, &str)]) -> Mounted {
    let settings: Settings = settings.iter().copied().collect();
    let host = || Host::new(element.clone(), element, String::new(), boot());
    mount(element, &settings, host)
}

/// Waits until the text of `element` holds `words`.
async fn shows(element: &HtmlElement, words: &str) {
    for _ in 0..200 {
        if element.text_content().unwrap_or_default().contains(words) {
            return;
        }
        let task = js_sys::Promise::new(&mut |resolve, _| {
            let window = web_sys::window().expect("a window");
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 10)
                .expect("a timer");
        });
        JsFuture::from(task).await.expect("no refusal");
    }
    panic!("expected {words:?}, found {:?}", element.text_content());
}

#[wasm_bindgen_test]
async fn settings_that_make_no_sense_are_all_named() {
    let element = element();
    let mounted = shown(&element, &[("sort", "best")]);
    shows(&element, "data-endpoint: expected").await;
    shows(&element, "data-feed: expected").await;
    shows(
        &element,
        "data-sort: expected oldest, newest or discussed, found \"best\"",
    )
    .await;
    drop(mounted);
    assert_eq!(element.text_content().as_deref(), Some(""));
}

#[wasm_bindgen_test]
async fn an_endpoint_that_is_not_there_is_a_notice_with_a_way_on() {
    let element = element();
    let settings = [
        ("endpoint", "http://127.0.0.1:1/api"),
        ("feed", "http://127.0.0.1:1/api/feed.json"),
    ];
    let mounted = shown(&element, &settings);
    shows(&element, "Try again").await;
    let alert = element
        .query_selector("[role=alert] button")
        .expect("a selector");
    assert!(alert.is_some());
    drop(mounted);
}

#[wasm_bindgen_test]
async fn two_hundred_mounts_leave_nothing_behind() {
    let element = element();
    for _ in 0..200 {
        drop(shown(&element, &[]));
    }
    assert!(!element.has_child_nodes());
}
