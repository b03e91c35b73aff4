//! A value that views follow.
//!
//! Leptos's own signals are generic to the core: each type of value is about 1.5 kB of code for
//! the reader to download. Here one trigger and one cell of any type serve them all.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use leptos::prelude::*;

/// A value, and who is told when it changes. A copy is the same value. It lives as long as the
/// owner that it was made under; after that it reads as its default, and setting it does nothing.
#[derive(Debug)]
pub struct Watch<T> {
    cell: StoredValue<Rc<dyn Any>, LocalStorage>,
    changed: Trigger,
    of: PhantomData<fn() -> T>,
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
        let (cell, changed) = keep(Rc::new(RefCell::new(value)));
        Self {
            cell,
            changed,
            of: PhantomData,
        }
    }

    /// What `read` makes of the value; whoever asks is told when the value changes.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        track(self.changed);
        self.with_untracked(read)
    }

    /// What `read` makes of the value now.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        match self.cell() {
            Some(cell) => read(&cell.borrow()),
            None => read(&T::default()),
        }
    }

    /// Changes the value and tells all who follow it.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        if let Some(cell) = self.cell() {
            change(&mut cell.borrow_mut());
            notify(self.changed);
        }
    }

    /// Sets the value and tells all who follow it.
    pub fn set(self, value: T) {
        self.update(|old| *old = value);
    }

    fn cell(self) -> Option<Rc<RefCell<T>>> {
        find(self.cell)?.downcast().ok()
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
fn keep(cell: Rc<dyn Any>) -> (StoredValue<Rc<dyn Any>, LocalStorage>, Trigger) {
    (StoredValue::new_local(cell), Trigger::new())
}

#[inline(never)]
fn find(cell: StoredValue<Rc<dyn Any>, LocalStorage>) -> Option<Rc<dyn Any>> {
    cell.try_get_value()
}

#[inline(never)]
fn track(changed: Trigger) {
    changed.track();
}

#[inline(never)]
fn notify(changed: Trigger) {
    changed.notify();
}
