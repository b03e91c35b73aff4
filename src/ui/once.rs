//! Views that are built once and then replaced, never patched.
//!
//! Leptos compiles, for every view type, code that builds it and code that patches it in place.
//! Ours change through the signals inside them, so the patching code is dead weight, about half
//! of the client: [`once`] builds a view at once and forgets its type, and [`redrawn`] does so
//! again whenever what it reads changes. `docs/decisions/0003-views-built-once.md` has the bytes.

use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::renderer::types::{Element, Node};
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use send_wrapper::SendWrapper;

/// A view that is built already.
pub struct Once(SendWrapper<Box<dyn Mountable>>);

/// A place in a view that is filled anew whenever what it reads changes.
pub(crate) type Redrawn = Box<dyn Fn() -> Once + Send>;

/// A text that changes: a child, or the value of an attribute.
pub(crate) type LiveText = Box<dyn Fn() -> String + Send>;

/// An attribute that comes and goes.
pub(crate) type LiveOption = Box<dyn Fn() -> Option<&'static str> + Send>;

/// Builds `view`. It must hold at least one node: see [`nothing`].
pub(crate) fn once(view: impl Render<State: 'static>) -> Once {
    Once(SendWrapper::new(Box::new(view.build())))
}

/// A view of nothing, which keeps its place in the page.
pub(crate) fn nothing() -> Once {
    Once(SendWrapper::new(Box::new(Rndr::create_placeholder())))
}

/// `view` where there is one.
pub(crate) fn maybe(view: Option<Once>) -> Once {
    view.unwrap_or_else(nothing)
}

/// Fills its place with what `draw` builds, again whenever what it reads changes.
pub(crate) fn redrawn(draw: impl Fn() -> Once + Send + 'static) -> Redrawn {
    Box::new(draw)
}

/// A text that follows what `text` reads.
pub(crate) fn live(text: impl Fn() -> String + Send + 'static) -> LiveText {
    Box::new(text)
}

/// The attribute value `true` as long as `is_set`.
pub(crate) fn live_true(is_set: impl Fn() -> bool + Send + 'static) -> LiveOption {
    Box::new(move || is_set().then_some("true"))
}

impl Render for Once {
    type State = Self;

    fn build(self) -> Self {
        self
    }

    fn rebuild(mut self, state: &mut Self) {
        state.insert_before_this(&mut self);
        state.unmount();
        *state = self;
    }
}

impl Mountable for Once {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl AddAnyAttr for Once {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

/// What Leptos asks of every view. The client neither writes HTML nor takes it over.
impl RenderHtml for Once {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Self {
        self
    }

    fn into_owned(self) -> Self {
        self
    }
}
