//! One conversation: its comments, how they are laid out, and what the reader does in it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use causerie_core::{
    Accepts, Backend, Change, Comment, CommentId, CommentPage, Config, Error, Forest, Layout,
    Limits, Moderation, Order, Row,
};
use leptos::prelude::*;

use super::Load;
use super::kept::{Kept, Watch};
use crate::browser::{dom, fetch, page, task};

/// Comments asked for at once: few at first, so that reading can begin.
const FIRST_PAGE: u32 = 100;
const NEXT_PAGES: u32 = 1_000;

/// A conversation. A copy is the same conversation.
#[derive(Clone, Copy, Debug)]
pub struct Thread {
    inner: Kept<RefCell<Inner>>,
    /// The first page: until it is there, there is nothing to read.
    pub first: Watch<Load<()>>,
    /// All further pages.
    pub rest: Watch<Load<()>>,
    /// What is drawn, in order.
    pub rows: Watch<Vec<Row>>,
    /// How many comments are announced, as the back end counts them.
    pub announced: Watch<usize>,
    /// How many are here.
    pub delivered: Watch<usize>,
    /// Whether there is more than one, and so something to lay out.
    pub has_several: Watch<bool>,
    /// What the post takes from its readers.
    pub accepts: Watch<Accepts>,
    /// What the back end lets through.
    pub limits: Watch<Limits>,
    /// How it is laid out.
    pub layout: Watch<Layout>,
    /// The order of its threads.
    pub order: Watch<Order>,
    /// Whether it has so many rows that those out of sight are not laid out.
    pub is_long: Watch<bool>,
    /// How the reader's last comment arrived.
    pub arrived: Watch<Option<Moderation>>,
}

#[derive(Debug)]
struct Inner {
    /// What is under way for the conversation ends with it.
    owner: Owner,
    key: String,
    config: Config,
    forest: Forest,
    /// What the rows show, at the forest's positions.
    live: Vec<Rc<Live>>,
    /// Where the next page begins.
    next: Option<String>,
    /// The comment that the page's address leads to, until it is there.
    wanted: Option<CommentId>,
}

/// What a row shows and what may change while it does. Reading follows: whoever reads is told.
#[derive(Debug)]
pub struct Live {
    comment: RefCell<Comment>,
    place: Cell<Place>,
    is_answered: Cell<bool>,
    comment_changed: ArcTrigger,
    place_changed: ArcTrigger,
    answered_changed: ArcTrigger,
}

impl Live {
    fn new(comment: Comment) -> Self {
        Self {
            comment: RefCell::new(comment),
            place: Cell::default(),
            is_answered: Cell::default(),
            comment_changed: ArcTrigger::new(),
            place_changed: ArcTrigger::new(),
            answered_changed: ArcTrigger::new(),
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

    /// Whether the reader is writing a reply to it.
    pub fn is_answered(&self) -> bool {
        self.answered_changed.track();
        self.is_answered.get()
    }

    fn set_comment(&self, comment: Comment) {
        self.comment.replace(comment);
        self.comment_changed.notify();
    }

    /// Its number in the flat list, from 1; 0 where threads are shown.
    pub fn number(&self) -> usize {
        self.comment_changed.track();
        self.place.get().number
    }

    fn set_place(&self, place: Place) {
        let before = self.place.replace(place);
        // The number stands beside the name, the rest at the buttons.
        if before.number != place.number {
            self.comment_changed.notify();
        }
        if (before.replies, before.collapsed) != (place.replies, place.collapsed) {
            self.place_changed.notify();
        }
    }

    fn set_answered(&self, is_answered: bool) {
        if self.is_answered.replace(is_answered) != is_answered {
            self.answered_changed.notify();
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

impl Thread {
    /// Begins to load the conversation `key`. What the feed `announced` is shown until the back
    /// end itself says.
    pub fn open(config: Config, key: String, announced: Option<usize>, accepts: Accepts) -> Self {
        let thread = Self {
            first: Watch::new(Load::Loading),
            rest: Watch::new(Load::Loading),
            rows: Watch::new(Vec::new()),
            announced: Watch::new(announced.unwrap_or_default()),
            delivered: Watch::new(0),
            has_several: Watch::new(false),
            is_long: Watch::new(false),
            accepts: Watch::new(accepts),
            limits: Watch::new(Limits::default()),
            layout: Watch::new(config.layout),
            order: Watch::new(config.order),
            arrived: Watch::new(None),
            inner: Kept::new(RefCell::new(Inner {
                owner: Owner::new(),
                key,
                config,
                forest: Forest::default(),
                live: Vec::new(),
                next: None,
                wanted: wanted_comment(),
            })),
        };
        thread.load();
        page::on_window("hashchange", move || {
            if let Some(id) = wanted_comment() {
                thread.lead_to(id);
            }
        });
        thread
    }

    /// Loads all pages, or the rest of them after a failure.
    pub fn load(self) {
        let is_first = self.with(|inner| inner.forest.is_empty());
        let status = if is_first { self.first } else { self.rest };
        status.set(Load::Loading);
        // Not under the owner of the button that asks again: that one goes with its notice.
        let owner = self.inner.get().map(|inner| inner.borrow().owner.clone());
        let load = async move {
            loop {
                match self.load_page().await {
                    Ok(is_last) => {
                        self.first.set_if_new(Load::Ready(()));
                        if is_last {
                            self.rest.set(Load::Ready(()));
                            return;
                        }
                    }
                    Err(error) => {
                        let is_first = !matches!(self.first.get_untracked(), Load::Ready(()));
                        let status = if is_first { self.first } else { self.rest };
                        status.set(Load::Failed(error));
                        return;
                    }
                }
            }
        };
        owner.unwrap_or_default().with(|| task::spawn_scoped(load));
    }

    /// Loads the next page. Whether it was the last.
    async fn load_page(self) -> Result<bool, Error> {
        let inner = self.inner.get().ok_or(Error::TimedOut)?;
        let (backend, request) = {
            let inner = inner.borrow();
            let backend = inner.config.backend.clone();
            let limit = if inner.next.is_none() {
                FIRST_PAGE
            } else {
                NEXT_PAGES
            };
            let request = backend.list_comments(&inner.key, inner.next.as_deref(), limit);
            (backend, request)
        };
        let response = fetch::send(request).await?;
        let CommentPage {
            comments,
            announced,
            accepts,
            limits,
            next,
        } = backend.parse_comments(&response)?;
        let is_last = next.is_none();
        self.set_long(announced);
        // Most pages bring no news here, and every row follows what the post takes.
        self.announced.set_if_new(announced);
        self.accepts.set_if_new(accepts);
        self.limits.set_if_new(limits);
        self.update(|inner| inner.next = next);
        self.merge(comments);
        Ok(is_last)
    }

    /// Takes in comments and redraws what changed: a row for each new one, and nothing else.
    pub fn merge(self, comments: Vec<Comment>) {
        self.update(|inner| {
            for change in inner.forest.merge(comments) {
                let (Change::Inserted(id) | Change::Patched(id)) = change;
                let Some(comment) = inner.forest.get(&id).cloned() else {
                    continue;
                };
                match inner.live(&id) {
                    Some(live) => live.set_comment(comment),
                    None => inner.live.push(Rc::new(Live::new(comment))),
                }
            }
        });
        let delivered = self.with(|inner| inner.forest.len());
        self.delivered.set(delivered);
        self.has_several.set_if_new(delivered > 1);
        self.draw();
        self.go_to_wanted();
    }

    /// What the row of this comment shows.
    pub fn live(self, id: &CommentId) -> Option<Rc<Live>> {
        self.with(|inner| inner.live(id).cloned())
    }

    /// The conversation's key.
    pub fn key(self) -> String {
        self.with(|inner| inner.key.clone())
    }

    /// Where it is kept.
    pub fn backend(self) -> Option<Backend> {
        self.inner
            .get()
            .map(|inner| inner.borrow().config.backend.clone())
    }

    /// Lays the conversation out anew.
    pub fn set_layout(self, layout: Layout) {
        self.layout.set(layout);
        self.draw();
    }

    /// Sorts the threads anew.
    pub fn set_order(self, order: Order) {
        self.order.set(order);
        self.draw();
    }

    /// Hides or shows the replies of a comment.
    pub fn toggle(self, id: &CommentId) {
        if let Some(live) = self.live(id) {
            let place = live.place.get();
            live.set_place(Place {
                collapsed: !place.collapsed,
                ..place
            });
            self.draw();
        }
    }

    /// Opens the place to answer a comment, and closes any other; `None` closes all.
    pub fn answer(self, answered: Option<&CommentId>) {
        self.with(|inner| {
            let position = answered.and_then(|id| inner.forest.position(id));
            for (at, live) in inner.live.iter().enumerate() {
                live.set_answered(Some(at) == position);
            }
        });
    }

    /// Goes to a comment: opens what hides it, scrolls to it, marks and focuses it. One that is
    /// not here yet is gone to as soon as it is.
    pub fn lead_to(self, id: CommentId) {
        self.update(|inner| inner.wanted = Some(id));
        self.go_to_wanted();
    }

    /// Takes in a comment that the reader has just sent. Nothing, when the conversation is no
    /// longer on the screen.
    pub fn add_own(self, comment: Comment) {
        let id = comment.id.clone();
        if self.inner.get().is_none() {
            return;
        }
        let is_new = self.live(&id).is_none();
        self.announced
            .update(|announced| *announced += usize::from(is_new));
        self.arrived.set(Some(comment.moderation));
        self.merge(vec![comment]);
        self.lead_to(id);
    }

    fn with<R: Default>(self, read: impl FnOnce(&Inner) -> R) -> R {
        self.inner.with(|inner| read(&inner.borrow()))
    }

    fn update<R: Default>(self, change: impl FnOnce(&mut Inner) -> R) -> R {
        self.inner.with(|inner| change(&mut inner.borrow_mut()))
    }

    /// Once only, before the first row: a change under the reader's eyes would move the page.
    fn set_long(self, announced: usize) {
        if self.with(|inner| inner.forest.is_empty()) {
            self.is_long.set_if_new(announced > LONG);
        }
    }

    fn draw(self) {
        let layout = self.layout.get_untracked();
        let order = self.order.get_untracked();
        let rows = self.with(|inner| {
            let is_collapsed = |id: &CommentId| {
                inner
                    .live(id)
                    .is_some_and(|live| live.place.get().collapsed)
            };
            let rows = match layout {
                Layout::Threads => inner.forest.rows(order, is_collapsed),
                Layout::Flat => inner.forest.chronicle(),
            };
            for (at, row) in rows.iter().enumerate() {
                if let Some(live) = inner.live(&row.id) {
                    live.set_place(Place {
                        replies: inner.forest.replies(&row.id),
                        number: if layout == Layout::Flat { at + 1 } else { 0 },
                        ..live.place.get()
                    });
                }
            }
            rows
        });
        self.rows.set(rows);
    }

    fn go_to_wanted(self) {
        let found = self.update(|inner| {
            let id = inner
                .wanted
                .clone()
                .filter(|id| inner.forest.get(id).is_some())?;
            inner.wanted = None;
            for ancestor in inner.forest.ancestors(&id) {
                if let Some(live) = inner.live(&ancestor) {
                    live.set_place(Place {
                        collapsed: false,
                        ..live.place.get()
                    });
                }
            }
            Some(id)
        });
        if let Some(id) = found {
            self.draw();
            // The row is drawn before the next frame.
            request_animation_frame(move || dom::lead_to(&element_id(&id)));
        }
    }
}

impl Inner {
    fn live(&self, id: &CommentId) -> Option<&Rc<Live>> {
        self.live.get(self.forest.position(id)?)
    }
}

/// Rows from which on those out of sight are not laid out.
const LONG: usize = 500;

/// The id of the element that shows a comment, and the fragment that leads to it.
pub fn element_id(id: &CommentId) -> String {
    format!("comment-{id}")
}

fn wanted_comment() -> Option<CommentId> {
    page::fragment()?
        .strip_prefix("comment-")
        .map(CommentId::new)
}
