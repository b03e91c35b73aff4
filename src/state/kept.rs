//! Values that live as long as the owner they were made under, and values that views follow.
//!
//! Leptos's own arena and signals are generic to the core: each type of value is 1 to 2 kB of code
//! for the reader to download. Here one kind of cell and one trigger serve them all.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;

use leptos::prelude::*;

/// A value that many may hold: a copy is the same value. It goes when the owner goes that it was
/// made under; who comes later finds nothing, and must be content with that.
#[derive(Debug)]
pub struct Kept<T> {
    cell: StoredValue<Rc<dyn Any>, LocalStorage>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kept<T> {}

impl<T: 'static> Kept<T> {
    /// Keeps a value.
    pub fn new(value: T) -> Self {
        Self {
            cell: keep(Rc::new(value)),
            of: PhantomData,
        }
    }

    /// The value, while it is there.
    #[inline(never)]
    pub fn get(self) -> Option<Rc<T>> {
        find(self.cell)?.downcast().ok()
    }

    /// What `read` makes of the value; the default where it is gone.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        self.get().map(|value| read(&value)).unwrap_or_default()
    }
}

/// A value that is never freed, so that a copy of its handle is one word: each row of a
/// conversation holds several. Only for values that are handles themselves, some hundred bytes for
/// each conversation that a reader opens; what they lead to goes with the view.
#[derive(Debug)]
pub struct Leaked<T: 'static>(&'static T);

impl<T> Leaked<T> {
    /// Gives a value away for good.
    pub fn new(value: T) -> Self {
        Self(Box::leak(Box::new(value)))
    }
}

impl<T> Clone for Leaked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Leaked<T> {}

impl<T> Deref for Leaked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

impl<T> PartialEq for Leaked<T> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// What is handed down to the views of one mount: values by their type, of two the later one.
/// Leptos's own contexts are half a kilobyte for each type.
#[derive(Clone, Copy, Debug)]
struct Handed(Kept<Values>);

type Values = RefCell<Vec<Rc<dyn Any>>>;

/// Begins to hand down to what the current owner holds.
pub fn begin_to_hand_down() {
    provide_context(Handed(Kept::new(RefCell::default())));
}

/// Hands a value down to all views that are built from now on.
pub fn hand_down<T: 'static>(value: T) {
    hand(Rc::new(value));
}

/// What was handed down.
///
/// # Panics
/// Where nothing of this type was.
pub fn handed<T: Copy + 'static>() -> T {
    let found = find_handed(TypeId::of::<T>());
    let found = found.as_deref().and_then(<dyn Any>::downcast_ref);
    *found.expect("nothing of this type was handed down")
}

/// A value that views follow: who reads it is told when it changes. Where it is gone it reads as
/// its default, and setting it does nothing.
#[derive(Debug)]
pub struct Watch<T> {
    value: Kept<RefCell<T>>,
    changed: Trigger,
}

impl<T> Clone for Watch<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Watch<T> {}

impl<T: Default + 'static> Watch<T> {
    /// A value to follow.
    pub fn new(value: T) -> Self {
        Self {
            value: Kept::new(RefCell::new(value)),
            changed: trigger(),
        }
    }

    /// What `read` makes of the value; whoever asks is told when the value changes.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        track(self.changed);
        self.with_untracked(read)
    }

    /// What `read` makes of the value now.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        match self.value.get() {
            Some(value) => read(&value.borrow()),
            None => read(&T::default()),
        }
    }

    /// Changes the value and tells all who follow it.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        if let Some(value) = self.value.get() {
            change(&mut value.borrow_mut());
            notify(self.changed);
        }
    }

    /// Sets the value and tells all who follow it.
    pub fn set(self, value: T) {
        self.update(|old| *old = value);
    }
}

impl<T: Default + Clone + 'static> Watch<T> {
    /// A copy of the value; whoever asks is told when it changes.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// A copy of the value now.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

impl<T: Default + PartialEq + 'static> Watch<T> {
    /// Sets the value, and tells those who follow it only if that makes a difference.
    pub fn set_if_new(self, value: T) {
        if self.with_untracked(|old| *old != value) {
            self.set(value);
        }
    }
}

// What follows is not generic, and kept from being copied into what is.

#[inline(never)]
fn hand(value: Rc<dyn Any>) {
    if let Some(values) = values_handed_down() {
        values.borrow_mut().push(value);
    }
}

#[inline(never)]
fn find_handed(of: TypeId) -> Option<Rc<dyn Any>> {
    let values = values_handed_down()?;
    let values = values.borrow();
    values
        .iter()
        .rfind(|value| (***value).type_id() == of)
        .cloned()
}

#[inline(never)]
fn values_handed_down() -> Option<Rc<Values>> {
    let Handed(values) = use_context()?;
    values.get()
}

#[inline(never)]
fn keep(value: Rc<dyn Any>) -> StoredValue<Rc<dyn Any>, LocalStorage> {
    StoredValue::new_local(value)
}

#[inline(never)]
fn find(cell: StoredValue<Rc<dyn Any>, LocalStorage>) -> Option<Rc<dyn Any>> {
    cell.try_get_value()
}

#[inline(never)]
fn trigger() -> Trigger {
    Trigger::new()
}

#[inline(never)]
fn track(changed: Trigger) {
    changed.track();
}

#[inline(never)]
fn notify(changed: Trigger) {
    changed.notify();
}
