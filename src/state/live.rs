//! One comment on the screen: what its row shows, and what is open below it.

use std::cell::{Cell, RefCell};

use causerie_core::{Comment, Error};
use leptos::prelude::*;

/// What a row shows and what may change while it does. Reading follows: whoever reads is told.
#[derive(Debug)]
pub struct Live {
    comment: RefCell<Comment>,
    place: Cell<Place>,
    below: RefCell<Below>,
    comment_changed: ArcTrigger,
    place_changed: ArcTrigger,
    below_changed: ArcTrigger,
}

/// What is open below a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    pub(super) fn new(comment: Comment) -> Self {
        Self {
            comment: RefCell::new(comment),
            place: Cell::default(),
            below: RefCell::default(),
            comment_changed: ArcTrigger::new(),
            place_changed: ArcTrigger::new(),
            below_changed: ArcTrigger::new(),
        }
    }

    /// What `read` makes of the comment.
    pub fn comment<R>(&self, read: impl FnOnce(&Comment) -> R) -> R {
        self.comment_changed.track();
        read(&self.comment.borrow())
    }

    /// What follows from its place.
    pub fn place(&self) -> Place {
        self.place_changed.track();
        self.place.get()
    }

    /// What is open below it.
    pub fn below(&self) -> Below {
        self.below_changed.track();
        self.below.borrow().clone()
    }

    /// Whether it is about to be deleted.
    pub(super) fn is_leaving(&self) -> bool {
        *self.below.borrow() == Below::Deleting
    }

    /// The comment now, for who does not follow it.
    pub(super) fn comment_now(&self) -> Comment {
        self.comment.borrow().clone()
    }

    /// Its place now, for who does not follow it.
    pub(super) fn place_now(&self) -> Place {
        self.place.get()
    }

    /// Has the buttons below it drawn anew.
    pub(super) fn redraw_actions(&self) {
        self.place_changed.notify();
    }

    pub(super) fn set_comment(&self, comment: Comment) {
        self.comment.replace(comment);
        self.comment_changed.notify();
    }

    /// Its number in the flat list, from 1; 0 where threads are shown.
    pub fn number(&self) -> usize {
        self.comment_changed.track();
        self.place.get().number
    }

    pub(super) fn set_place(&self, place: Place) {
        let before = self.place.replace(place);
        // The number stands beside the name, the rest at the buttons.
        if before.number != place.number {
            self.comment_changed.notify();
        }
        if (before.replies, before.collapsed) != (place.replies, place.collapsed) {
            self.place_changed.notify();
        }
    }

    pub(super) fn set_below(&self, below: Below) {
        if *self.below.borrow() != below {
            self.below.replace(below);
            self.below_changed.notify();
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
