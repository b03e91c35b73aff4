//! Where the client is a guest: the element that it was given, and the tree that it lives in.
//!
//! On the standalone page that tree is the document. In an embed it is a shadow tree, whose ids
//! and focus the document does not see, and the page around it is not the client's to change.

use std::cell::RefCell;

use causerie_core::{Error, Feed, Snapshot};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement};

use super::device::Device;
use super::html::object;
use super::intl::Formats;
use super::page;
use crate::state::kept::{Kept, at_the_end, handed};

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
    boot: Boot,
    /// What the page has already, until it is shown.
    snapshot: RefCell<Option<Snapshot>>,
    /// The id of what a link has led to.
    target: RefCell<String>,
}

/// The host, as it was handed down.
#[inline(never)]
pub fn host() -> Host {
    handed()
}

impl Host {
    /// The host that the blogger wrote as `element`, of a client that is shown in `inside` by the
    /// `boot` script.
    pub fn new(element: HtmlElement, inside: &HtmlElement, base: String, boot: Boot) -> Self {
        let data = element.query_selector(SNAPSHOT).ok().flatten();
        let data = data.and_then(|data| data.text_content());
        Self(Kept::new(Inner {
            // A shadow tree is not contained.
            is_page: element.contains(Some(inside)),
            tree: inside.get_root_node().unchecked_into(),
            snapshot: RefCell::new(data.and_then(|data| Snapshot::parse(&data))),
            target: RefCell::default(),
            element,
            base,
            boot,
        }))
    }

    /// The conversation `key`, where the page has it already. Once.
    pub fn take_snapshot(self, key: &str) -> Option<Snapshot> {
        let inner = self.0.get()?;
        let mut snapshot = inner.snapshot.borrow_mut();
        snapshot.take_if(|snapshot| snapshot.thread == key)
    }

    /// The post, where the page has it already.
    pub fn feed(self) -> Option<Feed> {
        self.0.get()?.snapshot.borrow().as_ref()?.feed.clone()
    }

    /// Tells the boot script that a list is complete.
    pub fn drawn(self) {
        self.0.with(|inner| inner.boot.drawn());
    }

    /// Calls `take` with each event that the server at `address` sends, or with nothing when it is
    /// time to ask it for what is new, which takes so many `pieces`. Until the current owner goes.
    pub fn follow(
        self,
        address: Option<&str>,
        pieces: u32,
        take: impl Fn(Option<String>) + 'static,
    ) {
        let Some(inner) = self.0.get() else { return };
        let take = Closure::<dyn FnMut(Option<String>)>::new(take);
        let stop = inner
            .boot
            .follow(address, pieces, take.as_ref().unchecked_ref());
        at_the_end(Box::new(move || {
            // It throws nothing.
            let _ = stop.call0(&JsValue::NULL);
            drop(take);
        }));
    }

    /// What the boot script has asked for at `url` ahead of the client, for [`super::fetch::ask`]. Once.
    #[inline(never)]
    pub fn take_ahead(self, url: &str) -> Option<Promise> {
        self.0.get()?.boot.take_ahead(url)
    }

    /// Keeps the reader's place in the entry of the history numbered `entry`.
    pub fn keep_place(self, entry: i64) {
        self.0.with(|inner| inner.boot.keep_place(entry as f64));
    }

    /// Goes to the place that is kept for `entry`, or to the top, as soon as it is there.
    pub fn restore_place(self, entry: i64) {
        self.0.with(|inner| inner.boot.restore_place(entry as f64));
    }

    /// The formats of the language `tag`, BCP 47.
    pub fn formats(self, tag: &str) -> Option<Formats> {
        Some(self.0.get()?.boot.formats(tag))
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
        Some(self.0.get()?.boot.device())
    }

    /// The element with this id.
    pub fn by_id(self, id: &str) -> Option<HtmlElement> {
        self.0.get()?.tree.get_element_by_id(id)
    }

    /// Notes that a link has led to the element with this id, and gives the one before. To look for
    /// its mark in the page would be a look at all that is in it.
    pub fn replace_target(self, id: &str) -> Option<HtmlElement> {
        let before = self.0.get()?.target.replace(id.to_owned());
        self.by_id(&before)
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

/// The data that `causerie snapshot` writes.
const SNAPSHOT: &str = "script[type='application/json'][data-causerie-snapshot]";

#[wasm_bindgen]
extern "C" {
    /// What the boot script hands over.
    #[derive(Debug)]
    pub type Boot;

    #[wasm_bindgen(method, getter)]
    fn device(this: &Boot) -> Device;

    #[wasm_bindgen(method)]
    fn drawn(this: &Boot);

    #[wasm_bindgen(method)]
    fn formats(this: &Boot, tag: &str) -> Formats;

    #[wasm_bindgen(method, js_name = keepPlace)]
    fn keep_place(this: &Boot, entry: f64);

    #[wasm_bindgen(method, js_name = restorePlace)]
    fn restore_place(this: &Boot, entry: f64);

    #[wasm_bindgen(method, js_name = takeAhead)]
    fn take_ahead(this: &Boot, url: &str) -> Option<Promise>;

    #[wasm_bindgen(method)]
    fn follow(this: &Boot, address: Option<&str>, pieces: u32, take: &Function) -> Function;

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
