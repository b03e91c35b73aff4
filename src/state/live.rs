//! One comment on the screen: what its row shows, and what is open below it.

use std::cell::{Cell, RefCell};
use std::mem::discriminant;

use causerie_core::Error;

use crate::browser::view::Bell;

/// What may change in a row while it is shown, and what draws its parts anew.
#[derive(Debug, Default)]
pub struct Live {
    place: Cell<Place>,
    below: RefCell<Below>,
    /// Draws anew what is said.
    pub said: Bell,
    /// Draws the buttons anew.
    pub actions: Bell,
    /// Draws anew what is open below.
    pub opened: Bell,
}

/// What is open below a comment.
#[derive(Clone, Debug, Default)]
pub enum Below {
    /// Nothing.
    #[default]
    Nothing,
    /// The reader writes a reply.
    Reply,
    /// The reader changes the comment, whose text is this; and why the last try failed.
    Edit(String, Option<Error>),
    /// The reader deletes the comment, and may think again for a moment.
    Deleting,
    /// What the reader wanted of it failed.
    Trouble(Error),
}

impl Live {
    /// What follows from its place.
    pub fn place(&self) -> Place {
        self.place.get()
    }

    /// What is open below it.
    pub fn below(&self) -> Below {
        self.below.borrow().clone()
    }

    /// Whether the reader is at it.
    pub(super) fn is_open(&self) -> bool {
        !matches!(*self.below.borrow(), Below::Nothing)
    }

    /// Whether it is about to be deleted.
    pub(super) fn is_leaving(&self) -> bool {
        matches!(*self.below.borrow(), Below::Deleting)
    }

    /// The comment has changed.
    pub(super) fn redraw(&self) {
        self.said.ring();
        self.actions.ring();
    }

    pub(super) fn set_place(&self, place: Place) {
        let before = self.place.replace(place);
        // The number stands beside the name, the rest at the buttons.
        if before.number != place.number {
            self.said.ring();
        }
        let folds = |place: Place| (place.replies, place.collapsed, place.number > 0);
        if folds(before) != folds(place) {
            self.actions.ring();
        }
    }

    pub(super) fn set_below(&self, below: Below) {
        // What is open already stays, with what the reader does in it, but for what went wrong.
        let is_wrong = matches!(below, Below::Trouble(_) | Below::Edit(_, Some(_)));
        if is_wrong || discriminant(&*self.below.borrow()) != discriminant(&below) {
            self.below.replace(below);
            self.opened.ring();
        }
    }
}

/// What follows from a comment's place among the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// All replies below it.
    pub replies: usize,
    /// Whether they are hidden.
    pub collapsed: bool,
    /// Its number in the order of time, from 1; 0 where threads are shown.
    pub number: usize,
}
