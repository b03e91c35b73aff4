//! Values that live as long as the owner they were made under, and values that views follow.
//!
//! Leptos's own arena and signals are generic to the core: each type of value is 1 to 2 kB of code
//! for the reader to download. Here one kind of cell and one trigger serve them all.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::reactive::owner::WeakOwner;
use send_wrapper::SendWrapper;

/// A value that many may hold: a copy is the same value. It goes when the owner goes that it was
/// made under; who comes later finds nothing, and must be content with that.
#[derive(Debug)]
pub struct Kept<T: 'static>(Leaked<RefCell<Option<Rc<T>>>>);

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kept<T> {}

impl<T> Kept<T> {
    /// Keeps a value.
    pub fn new(value: T) -> Self {
        let cell = Leaked::new(RefCell::new(Some(Rc::new(value))));
        at_the_end(Box::new(move || drop(cell.take())));
        Self(cell)
    }

    /// The value, while it is there.
    pub fn get(self) -> Option<Rc<T>> {
        self.0.borrow().clone()
    }

    /// What `read` makes of the value; the default where it is gone.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        self.get().map(|value| read(&value)).unwrap_or_default()
    }
}

/// A value that is never freed, so that a copy of its handle is one word: each row of a
/// conversation holds several. Only for what is small once its view is gone: two kilobytes for each
/// conversation that a reader opens.
#[derive(Debug)]
pub struct Leaked<T: 'static>(&'static T);

impl<T> Leaked<T> {
    /// Gives a value away for good.
    pub fn new(value: T) -> Self {
        Self(Box::leak(Box::new(value)))
    }

    /// The value, for what outlives the handle.
    pub fn get(self) -> &'static T {
        self.0
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
/// Leptos's own contexts are maps by type at each owner, and a kilobyte.
type Values = RefCell<Vec<Rc<dyn Any>>>;

thread_local! {
    /// By the owner of the mount.
    static HANDED: RefCell<Vec<(WeakOwner, Rc<Values>)>> = RefCell::default();
}

/// Begins to hand down to what the current owner holds.
pub fn begin_to_hand_down() {
    if let Some(owner) = Owner::current() {
        HANDED.with_borrow_mut(|mounts| {
            mounts.retain(|(owner, _)| owner.upgrade().is_some());
            mounts.push((owner.downgrade(), Rc::default()));
        });
    }
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

/// A value that views follow: who reads it is told when it changes. When the owner goes that it was
/// made under, it becomes its default for good.
#[derive(Debug)]
pub struct Watch<T: 'static>(Leaked<Watched<T>>);

#[derive(Debug)]
struct Watched<T> {
    value: RefCell<T>,
    followers: Followers,
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
        let watched = Leaked::new(Watched {
            value: RefCell::new(value),
            followers: Followers::default(),
        });
        at_the_end(Box::new(move || {
            drop(watched.value.take());
            watched.followers.leave();
        }));
        Self(watched)
    }

    /// What `read` makes of the value; whoever asks is told when the value changes.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.0.followers.join();
        self.with_untracked(read)
    }

    /// What `read` makes of the value now.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.value.borrow())
    }

    /// Changes the value and tells all who follow it.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        if self.0.followers.are_here() {
            change(&mut self.0.value.borrow_mut());
            self.0.followers.tell();
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
    let mut owner = Owner::current();
    while let Some(here) = owner {
        let is_here = |(owner, _): &&(WeakOwner, _)| owner.upgrade().as_ref() == Some(&here);
        let values = HANDED.with_borrow(|mounts| {
            let (_, values) = mounts.iter().find(is_here)?;
            Some(values.clone())
        });
        if values.is_some() {
            return values;
        }
        owner = here.parent();
    }
    None
}

/// Calls `act` when the current owner goes.
#[inline(never)]
pub fn at_the_end(act: Box<dyn FnOnce()>) {
    // Owners may go in any thread. Here there is one.
    let act = SendWrapper::new(act);
    on_cleanup(move || (act.take())());
}

/// Who is told of a change: the effects that have read the value, until its owner goes.
#[derive(Debug)]
struct Followers(RefCell<Option<ArcTrigger>>);

impl Default for Followers {
    #[inline(never)]
    fn default() -> Self {
        Self(RefCell::new(Some(ArcTrigger::new())))
    }
}

impl Followers {
    #[inline(never)]
    fn join(&self) {
        if let Some(trigger) = &*self.0.borrow() {
            trigger.track();
        }
    }

    #[inline(never)]
    fn tell(&self) {
        let trigger = self.0.borrow().clone();
        if let Some(trigger) = trigger {
            trigger.notify();
        }
    }

    /// Whether there can be any.
    #[inline(never)]
    fn are_here(&self) -> bool {
        self.0.borrow().is_some()
    }

    #[inline(never)]
    fn leave(&self) {
        drop(self.0.take());
    }
}
