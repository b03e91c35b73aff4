//! Lists of any length: a child for each item, drawn a few at a time, so that the page answers its
//! reader meanwhile.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use leptos::prelude::*;
use web_sys::Element;

use super::view::{Build, View, el};
use super::{clock, task};

/// What a child is drawn for.
pub trait Listed: PartialEq + 'static {
    /// A number that no other item of the list has, and small: where it stands in some order.
    fn place(&self) -> usize;
}

/// What a list shows: all items in their order, and which of them are to be there at once.
pub type Items<T> = (Rc<[T]>, Range<usize>);

/// Children that stand in one batch, an element of its own, unless more come between them later.
/// What a browser has to do for each child of an element that it lays out lazily, it has to do
/// for each batch instead.
const BATCH: u32 = 50;

/// Milliseconds of drawing at a time, at least and at most. Between them as long as the browser took
/// for the frame before: that takes the longer the more is there, and the whole must not.
const SLICE: (i64, i64) = (20, 160);

/// Milliseconds of drawing where items come, after they were read and put in order.
const ARRIVAL: i64 = 10;

/// Children that are drawn first: what fills most screens. What comes below them can wait for a frame.
const SCREENFUL: usize = 8;

impl Build {
    /// Keeps one child for each of the `items`, in their order. An item that was there before
    /// keeps its child as it is, only a new one is built with `draw`, and one that is no longer
    /// listed is dropped. Whenever all are there, `drawn` is called.
    pub fn list<T: Listed>(
        mut self,
        items: impl Fn() -> Items<T> + 'static,
        draw: impl Fn(&T) -> View + 'static,
        drawn: impl Fn() + 'static,
    ) -> Self {
        let list = Rc::new(List {
            element: self.element().clone(),
            drawn: Box::new(drawn),
            owner: Owner::current().unwrap_or_default(),
            draw: Box::new(draw),
            rows: RefCell::default(),
            next: Cell::default(),
            is_drawing: Cell::default(),
        });
        self.follow(Box::new(move |_| {
            list.show(items());
            None
        }));
        self
    }
}

struct List<T> {
    element: Element,
    drawn: Box<dyn Fn()>,
    owner: Owner,
    draw: Box<dyn Fn(&T) -> View>,
    rows: RefCell<Rows<T>>,
    /// Where drawing goes on.
    next: Cell<usize>,
    /// Whether it goes on by itself.
    is_drawing: Cell<bool>,
}

/// The items, and the children of those that are drawn.
type Rows<T> = (Rc<[T]>, Vec<Option<Row>>);

/// A child. What it sets up lives as long as it does.
struct Row {
    view: View,
    _owner: Owner,
}

impl<T: Listed> List<T> {
    fn show(self: &Rc<Self>, (items, at_once): Items<T>) {
        let (old_items, mut rows) = self.rows.take();
        // Most changes are of a few items: what stands before and after them stays as it is.
        let (mut old_end, mut end) = (old_items.len(), items.len());
        let mut start = 0;
        while start < end.min(old_end) && old_items[start] == items[start] {
            start += 1;
        }
        while start < end.min(old_end) && old_items[old_end - 1] == items[end - 1] {
            (old_end, end) = (old_end - 1, end - 1);
        }
        let after = rows.split_off(old_end);
        let changed = rows.split_off(start);
        let mut before: Vec<Option<(usize, Row)>> = Vec::new();
        for (at, row) in (start..).zip(changed) {
            let place = old_items[at].place();
            if before.len() <= place {
                before.resize_with(place + 1, || None);
            }
            before[place] = row.map(|row| (at, row));
        }
        // The sooner the first of them are seen, the better.
        let (slice, at_once) = match old_items.is_empty() {
            true => (0, at_once.start..at_once.end.max(at_once.start + SCREENFUL)),
            false => (ARRIVAL, at_once),
        };
        let mut is_in_order = true;
        let mut last = 0;
        for item in &items[start..end] {
            let known = before.get_mut(item.place());
            let known = known.and_then(|known| known.take_if(|(at, _)| old_items[*at] == *item));
            rows.push(known.map(|(at, row)| {
                is_in_order &= at >= last;
                last = at;
                row
            }));
        }
        rows.extend(after);
        for (_, row) in before.into_iter().flatten() {
            remove(&row.view);
        }
        if !is_in_order {
            put_in_order(&self.element, &rows);
        }
        self.rows.replace((items, rows));
        self.next.set(at_once.start);
        if self.draw_some(at_once.end, slice) {
            (self.drawn)();
        } else if !self.is_drawing.replace(true) {
            self.go_on();
        }
    }

    /// Draws what is missing, a slice at a time.
    fn go_on(self: &Rc<Self>) {
        let list = Rc::downgrade(self);
        task::breathe(move |took| {
            // The list may be gone.
            let Some(list) = list.upgrade() else { return };
            if list.draw_some(0, took.clamp(SLICE.0, SLICE.1)) {
                list.is_drawing.set(false);
                (list.drawn)();
            } else {
                list.go_on();
            }
        });
    }

    /// Draws what is missing for so many milliseconds, a `slice`, but at least up to `end`. Whether
    /// that was all.
    fn draw_some(&self, end: usize, slice: i64) -> bool {
        let until = clock::now().ms() + slice;
        let mut rows = self.rows.borrow_mut();
        let (items, rows) = &mut *rows;
        let first = self.next.get();
        // What a child stands between, and up to where that holds.
        let (mut before, mut after) = (None, None);
        let mut holds_to = first;
        for at in (first..rows.len()).chain(0..first.min(rows.len())) {
            if rows[at].is_some() {
                continue;
            }
            if !(first..end).contains(&at) && clock::now().ms() >= until {
                self.next.set(at);
                return false;
            }
            if at == 0 || at >= holds_to {
                let next = (at..rows.len()).find(|&next| rows[next].is_some());
                holds_to = next.unwrap_or(rows.len());
                after = rows.get(holds_to).and_then(element_of);
                before = rows[..at].iter().rev().find_map(element_of);
            }
            let owner = self.owner.child();
            let view = untrack(|| owner.with(|| (self.draw)(&items[at])));
            put(&self.element, &view, before.as_ref(), after.as_ref());
            before = view.element();
            rows[at] = Some(Row {
                view,
                _owner: owner,
            });
        }
        true
    }
}

fn element_of(row: &Option<Row>) -> Option<Element> {
    row.as_ref()?.view.element()
}

/// Moves all children into new batches.
fn put_in_order(list: &Element, rows: &[Option<Row>]) {
    list.set_text_content(None);
    let mut before = None;
    for row in rows.iter().flatten() {
        put(list, &row.view, before.as_ref(), None);
        before = row.view.element();
    }
}

/// Puts `view` between two children: into the batch of one of them, or into a new one.
#[inline(never)]
fn put(list: &Element, view: &View, before: Option<&Element>, after: Option<&Element>) {
    let batch = |child: Option<&Element>| child.and_then(|child| child.parent_element());
    let (left, right) = (batch(before), batch(after));
    let has_room = |batch: &&Element| batch.child_element_count() < BATCH || left == right;
    let batch = left.as_ref().filter(has_room).cloned().unwrap_or_else(|| {
        let new = el("div").class("batch").attr("role", "none").into_element();
        // To insert a node before a child of the same element cannot fail, here and below.
        let _ = list.insert_before(&new, right.as_deref());
        new
    });
    let following = after.filter(|_| right.as_ref() == Some(&batch));
    let _ = batch.insert_before(view.node(), following.map(AsRef::as_ref));
}

fn remove(view: &View) {
    let batch = view.element().and_then(|child| child.parent_element());
    view.remove();
    if let Some(batch) = batch.filter(|batch| batch.child_element_count() == 0) {
        batch.remove();
    }
}
