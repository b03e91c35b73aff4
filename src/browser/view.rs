//! Elements, built one by one.
//!
//! The client uses Leptos for what changes: triggers, effects, owners. It does not use
//! its `view!` macro, because that compiles code to build, patch and drop each combination of
//! elements and attributes, more than half of the client's size. Here an element is built by a
//! few calls, and what changes in it is changed by an effect of its own.
//! `docs/decisions/0003-elements-without-view-macro.md` has the figures.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, Node};

use super::task;

/// A finished piece of the page: one node, and what keeps it alive.
pub struct View(Box<Piece>);

/// An element under construction. One word, because it goes through each of the calls that build
/// it: handed on in memory, it made every one of them twice as long.
pub struct Build(Box<Piece>);

struct Piece {
    node: Node,
    alive: Vec<Box<dyn Any>>,
}

impl Piece {
    #[inline(never)]
    fn new(node: Node) -> Box<Self> {
        Box::new(Self {
            node,
            alive: Vec::new(),
        })
    }
}

/// Begins an element.
#[inline(never)]
pub fn el(tag: &str) -> Build {
    // Fails for no valid name only, and ours are.
    let element = document().create_element(tag).unwrap_throw();
    Build(Piece::new(element.into()))
}

/// What `draw` builds. What it sets up lives as long as the view.
pub fn scoped(draw: impl FnOnce() -> View) -> View {
    let owner = Owner::current().unwrap_or_default().child();
    let mut view = owner.with(draw);
    view.0.alive.push(Box::new(owner));
    view
}

/// Nothing, which keeps its place.
pub fn nothing() -> View {
    text("")
}

/// A text.
#[inline(never)]
pub fn text(text: &str) -> View {
    View(Piece::new(document().create_text_node(text).into()))
}

impl Build {
    /// Sets an attribute.
    #[inline(never)]
    pub fn attr(self, name: &str, value: &str) -> Self {
        set(self.element(), name, Some(value));
        self
    }

    /// Sets an attribute, where there is a value for it.
    #[inline(never)]
    pub fn maybe_attr(self, name: &str, value: Option<&str>) -> Self {
        set(self.element(), name, value);
        self
    }

    /// Sets the class.
    #[inline(never)]
    pub fn class(self, class: &str) -> Self {
        self.attr("class", class)
    }

    /// Names the element for the style sheets of a page that embeds it, see `docs/embedding.md`.
    #[inline(never)]
    pub fn part(self, part: &str) -> Self {
        self.attr("part", part)
    }

    /// Appends a text.
    #[inline(never)]
    pub fn text(self, content: &str) -> Self {
        self.child(text(content))
    }

    /// Appends a child.
    pub fn child(self, child: impl Into<View>) -> Self {
        self.with_child(child.into())
    }

    /// Appends children, or the one that there may be.
    pub fn children<T: Into<View>>(mut self, children: impl IntoIterator<Item = T>) -> Self {
        for child in children {
            self.append(child.into());
        }
        self
    }

    /// Hands the element to `then`, for what is not said by attributes and children.
    pub fn with(self, then: impl FnOnce(&Element)) -> Self {
        then(self.element());
        self
    }

    /// Calls `react` on each `event`, under the owner that the element is built under.
    pub fn on(mut self, event: &str, react: impl Fn(Event) + 'static) -> Self {
        self.listen(event, Box::new(react));
        self
    }

    /// Appends a text that follows what `content` reads.
    pub fn live_text(mut self, content: impl Fn() -> String + 'static) -> Self {
        self.follow_text(Box::new(content));
        self
    }

    /// An attribute that follows what `value` reads, and is absent while there is none.
    pub fn live_attr(
        mut self,
        name: &'static str,
        value: impl Fn() -> Option<&'static str> + 'static,
    ) -> Self {
        self.follow_attr(name, Box::new(value));
        self
    }

    /// An attribute that is `true` as long as `is_set`, and absent else.
    pub fn live_flag(self, name: &'static str, is_set: impl Fn() -> bool + 'static) -> Self {
        self.live_attr(name, move || is_set().then_some("true"))
    }

    /// A form control's property that follows what `value` reads.
    pub fn live_property(
        mut self,
        name: &'static str,
        value: impl Fn() -> JsValue + 'static,
    ) -> Self {
        self.follow_property(name, Box::new(value));
        self
    }

    /// Appends what `draw` builds, and builds it anew in its place whenever what it reads changes.
    pub fn redrawn(mut self, draw: impl Fn() -> View + 'static) -> Self {
        self.follow_view(Box::new(draw));
        self
    }

    /// Appends what `draw` builds, and builds it anew in its place whenever `bell` rings. For what
    /// is there by the thousands: to follow what `draw` reads would be a kilobyte for each.
    pub fn redrawn_at(mut self, bell: &Bell, draw: impl Fn() -> View + 'static) -> Self {
        self.obey(bell, Box::new(draw));
        self
    }

    pub(super) fn element(&self) -> &Element {
        self.0.node.unchecked_ref()
    }

    pub(super) fn into_element(self) -> Element {
        self.0.node.unchecked_into()
    }

    // From here on nothing is generic: one piece of code for all callers.

    #[inline(never)]
    fn with_child(mut self, child: View) -> Self {
        self.append(child);
        self
    }

    #[inline(never)]
    fn append(&mut self, child: View) {
        child.append_to(self.element());
        self.0.alive.extend(child.0.alive);
    }

    #[inline(never)]
    fn listen(&mut self, event: &str, react: Box<dyn Fn(Event)>) {
        let owner = Owner::current().unwrap_or_default();
        let closure: Box<dyn FnMut(Event)> = Box::new(move |event| owner.with(|| react(event)));
        let listener = Listener {
            element: self.element().clone(),
            event: event.to_owned(),
            react: Closure::wrap(closure),
        };
        // Fails only for what is no function.
        let _ = self
            .element()
            .add_event_listener_with_callback(event, listener.react.as_ref().unchecked_ref());
        self.0.alive.push(Box::new(listener));
    }

    #[inline(never)]
    fn follow_text(&mut self, content: Box<dyn Fn() -> String>) {
        let child = document().create_text_node("");
        let shown = child.clone();
        self.follow(Box::new(move |_| {
            shown.set_data(&content());
            None
        }));
        self.append(View(Piece::new(child.into())));
    }

    #[inline(never)]
    fn follow_attr(&mut self, name: &'static str, value: Box<dyn Fn() -> Option<&'static str>>) {
        let element = self.element().clone();
        self.follow(Box::new(move |_| {
            set(&element, name, value());
            None
        }));
    }

    /// Setting a control to what it is already would move the reader's cursor, and is left out.
    #[inline(never)]
    fn follow_property(&mut self, name: &'static str, value: Box<dyn Fn() -> JsValue>) {
        let element = self.element().clone();
        self.follow(Box::new(move |_| {
            let (name, value) = (JsValue::from_str(name), value());
            if js_sys::Reflect::get(&element, &name).as_ref() != Ok(&value) {
                // Properties of elements can be set.
                let _ = js_sys::Reflect::set(&element, &name, &value);
            }
            None
        }));
    }

    #[inline(never)]
    fn obey(&mut self, bell: &Bell, draw: Box<dyn Fn() -> View>) {
        let view = draw();
        view.append_to(self.element());
        let shown = Rc::new(Shown {
            owner: Owner::current().unwrap_or_default(),
            draw,
            shown: RefCell::new(view),
            is_due: Cell::default(),
        });
        bell.0.replace(Rc::downgrade(&shown));
        self.0.alive.push(Box::new(shown));
    }

    #[inline(never)]
    fn follow_view(&mut self, draw: Box<dyn Fn() -> View>) {
        let parent = self.element().clone();
        self.follow(Box::new(move |before| {
            let view = draw();
            match before {
                Some(before) => before.replace_with(&view),
                None => view.append_to(&parent),
            }
            Some(view)
        }));
    }

    /// Runs `run` now and whenever what it read has changed, each time with what it gave before.
    #[inline(never)]
    pub(super) fn follow(&mut self, mut run: Box<dyn FnMut(Option<View>) -> Option<View>>) {
        let effect = RenderEffect::new(move |before: Option<Option<View>>| run(before.flatten()));
        self.0.alive.push(Box::new(effect));
    }
}

impl From<Build> for View {
    fn from(build: Build) -> Self {
        Self(build.0)
    }
}

/// Who listens to an element, until dropped: an element that is gone may still be told something,
/// such as an image that it has failed to load.
struct Listener {
    element: Element,
    event: String,
    react: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let react = self.react.as_ref().unchecked_ref();
        // Fails only for what is no function.
        let _ = self
            .element
            .remove_event_listener_with_callback(&self.event, react);
    }
}

/// Has a piece of the page drawn anew. Each is for one piece.
#[derive(Default)]
pub struct Bell(RefCell<Weak<Shown>>);

struct Shown {
    owner: Owner,
    draw: Box<dyn Fn() -> View>,
    shown: RefCell<View>,
    is_due: Cell<bool>,
}

impl Bell {
    /// Has it drawn anew as soon as all that is under way is done.
    #[inline(never)]
    pub fn ring(&self) {
        let piece = self.0.borrow().upgrade();
        if let Some(piece) = piece.filter(|piece| !piece.is_due.replace(true)) {
            task::spawn(async move {
                piece.is_due.set(false);
                let view = piece.owner.with(|| (piece.draw)());
                piece.shown.borrow().replace_with(&view);
                piece.shown.replace(view);
            });
        }
    }
}

impl std::fmt::Debug for Bell {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("Bell")
    }
}

impl View {
    pub(super) fn node(&self) -> &Node {
        &self.0.node
    }

    /// Its node, where that is an element.
    pub(super) fn element(&self) -> Option<Element> {
        self.0.node.dyn_ref().cloned()
    }

    /// Appends the view to an element of the page.
    pub fn show_in(&self, element: &Element) {
        self.append_to(element);
    }

    /// Takes the view off the page.
    pub fn remove(&self) {
        if let Some(parent) = self.0.node.parent_node() {
            let _ = parent.remove_child(&self.0.node);
        }
    }

    fn append_to(&self, parent: &Node) {
        // Appending a new node to an element cannot fail; nor can replacing one in its parent.
        let _ = parent.append_child(&self.0.node);
    }

    fn replace_with(&self, view: &View) {
        if let Some(parent) = self.0.node.parent_node() {
            let _ = parent.replace_child(&view.0.node, &self.0.node);
        }
    }
}

fn set(element: &Element, name: &str, value: Option<&str>) {
    // Fails for no valid name only, and ours are.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

fn document() -> Document {
    // There is no client without a document.
    web_sys::window()
        .and_then(|window| window.document())
        .unwrap_throw()
}
