//! Where the client is a guest: the element that it was given, and the tree that it lives in.
//!
//! On the standalone page that tree is the document. In an embed it is a shadow tree, whose ids
//! and focus the document does not see, and the page around it is not the client's to change.

use causerie_core::Error;
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement};

use super::device::Device;
use super::html::object;
use super::page;
use crate::state::kept::{Kept, handed};

/// The host of the view that is being built. A copy is the same one.
#[derive(Clone, Copy, Debug)]
pub struct Host(Kept<Inner>);

#[derive(Debug)]
struct Inner {
    element: HtmlElement,
    tree: Tree,
    is_page: bool,
    /// The address of the folder with the client's own files, with its slash.
    base: String,
    device: Option<Device>,
}

/// The host, by context.
#[inline(never)]
pub fn host() -> Host {
    handed()
}

impl Host {
    /// The host that the blogger wrote as `element`, of a client that is shown in `inside`. Without
    /// a `device` nothing outlives the page.
    pub fn new(
        element: HtmlElement,
        inside: &HtmlElement,
        base: String,
        device: Option<Device>,
    ) -> Self {
        Self(Kept::new(Inner {
            is_page: element == *inside,
            tree: inside.get_root_node().unchecked_into(),
            element,
            base,
            device,
        }))
    }

    /// Whether the whole page is the client's.
    pub fn is_page(self) -> bool {
        self.0.with(|inner| inner.is_page)
    }

    /// The language that the page declares for the host.
    pub fn declared_language(self) -> Option<String> {
        page::declared_language(&self.0.get()?.element)
    }

    /// Sets the title in the browser's tab, where the page is the client's.
    pub fn set_title(self, title: &str) {
        if self.is_page() {
            page::set_title(title);
        }
    }

    /// Sets the language of the whole page, BCP 47, where it is the client's.
    pub fn set_language(self, tag: &str) {
        if self.is_page() {
            page::set_language(tag);
        }
    }

    /// The address of one of the client's own files.
    pub fn asset(self, path: &str) -> String {
        self.0.with(|inner| format!("{}{path}", inner.base))
    }

    /// What keeps comments that are on their way.
    pub fn device(self) -> Option<Device> {
        self.0.get()?.device.clone()
    }

    /// The element with this id.
    pub fn by_id(self, id: &str) -> Option<HtmlElement> {
        self.0.get()?.tree.get_element_by_id(id)
    }

    /// The first element that matches `selector`.
    pub fn find(self, selector: &str) -> Option<HtmlElement> {
        self.0.get()?.tree.query_selector(selector)
    }

    /// The element with the focus.
    pub fn focused(self) -> Option<HtmlElement> {
        self.0.get()?.tree.active_element()
    }

    /// Whether the focus is in the element with this id.
    pub fn has_focus_in(self, id: &str) -> bool {
        let focused = self.focused();
        self.by_id(id)
            .is_some_and(|element| element.contains(focused.as_deref().map(AsRef::as_ref)))
    }

    /// Tells the page that something has happened, see `docs/embedding.md`.
    pub fn tell(self, event: &str, detail: &[(&str, JsValue)]) {
        let options = object(&[
            ("bubbles", true.into()),
            ("composed", true.into()),
            ("detail", object(detail).into()),
        ]);
        if let Some(inner) = self.0.get() {
            // Whoever listens and throws is reported by the browser, not to us.
            let _ = inner
                .element
                .dispatch_event(&CustomEvent::new(event, &options));
        }
    }

    /// Tells the page, and with it the doctor, that the answer of `url` was no good.
    pub fn tell_error(self, error: &Error, url: &str) {
        self.tell(
            "causerie:error",
            &[
                ("kind", error.kind().into()),
                ("message", error.to_string().into()),
                ("url", url.into()),
            ],
        );
    }
}

#[wasm_bindgen]
extern "C" {
    /// What a document and a shadow root have in common.
    #[derive(Debug)]
    type Tree;

    #[wasm_bindgen(method, js_name = getElementById)]
    fn get_element_by_id(this: &Tree, id: &str) -> Option<HtmlElement>;

    #[wasm_bindgen(method, js_name = querySelector)]
    fn query_selector(this: &Tree, selector: &str) -> Option<HtmlElement>;

    #[wasm_bindgen(method, getter, js_name = activeElement)]
    fn active_element(this: &Tree) -> Option<HtmlElement>;

    #[wasm_bindgen(extends = Event)]
    type CustomEvent;

    #[wasm_bindgen(constructor)]
    fn new(kind: &str, options: &js_sys::Object) -> CustomEvent;
}
