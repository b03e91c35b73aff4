//! One conversation: its comments, how they are laid out, and what the reader does in it.

use std::collections::{HashMap, HashSet};

use causerie_core::{
    Accepts, Change, Comment, CommentId, CommentPage, Config, Error, Forest, Layout, Limits,
    Moderation, Order, Row,
};
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use super::Load;
use crate::browser::{dom, fetch, page};

/// Comments asked for at once: few at first, so that reading can begin.
const FIRST_PAGE: u32 = 100;
const NEXT_PAGES: u32 = 1_000;

/// A conversation. A copy is the same conversation.
#[derive(Clone, Copy, Debug)]
pub struct Thread {
    inner: StoredValue<Inner, LocalStorage>,
    /// The first page: until it is there, there is nothing to read.
    pub first: RwSignal<Load<()>>,
    /// All further pages.
    pub rest: RwSignal<Load<()>>,
    /// What is drawn, in order.
    pub rows: RwSignal<Vec<Row>>,
    /// How many comments are announced, as the back end counts them.
    pub announced: RwSignal<usize>,
    /// How many are here.
    pub delivered: RwSignal<usize>,
    /// Whether there is more than one, and so something to lay out.
    pub has_several: Memo<bool>,
    /// What the post takes from its readers.
    pub accepts: RwSignal<Accepts>,
    /// What the back end lets through.
    pub limits: RwSignal<Limits>,
    /// How it is laid out.
    pub layout: RwSignal<Layout>,
    /// The order of its threads.
    pub order: RwSignal<Order>,
    /// The comment that a reply is being written to.
    pub replying_to: RwSignal<Option<CommentId>>,
    /// How the reader's last comment arrived.
    pub arrived: RwSignal<Option<Moderation>>,
}

#[derive(Debug)]
struct Inner {
    key: String,
    config: Config,
    forest: Forest,
    live: HashMap<CommentId, Live>,
    collapsed: HashSet<CommentId>,
    /// Where the next page begins.
    next: Option<String>,
    /// The comment that the page's address leads to, until it is there.
    wanted: Option<CommentId>,
}

/// What a row shows and what may change while it does.
#[derive(Clone, Debug)]
pub struct Live {
    /// The comment.
    pub comment: ArcRwSignal<Comment>,
    /// What follows from its place.
    pub place: ArcRwSignal<Place>,
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
        let delivered = RwSignal::new(0);
        let thread = Self {
            first: RwSignal::new(Load::Loading),
            rest: RwSignal::new(Load::Loading),
            rows: RwSignal::new(Vec::new()),
            announced: RwSignal::new(announced.unwrap_or_default()),
            delivered,
            has_several: Memo::new(move |_| delivered.get() > 1),
            accepts: RwSignal::new(accepts),
            limits: RwSignal::new(Limits::default()),
            layout: RwSignal::new(config.layout),
            order: RwSignal::new(config.order),
            replying_to: RwSignal::new(None),
            arrived: RwSignal::new(None),
            inner: StoredValue::new_local(Inner {
                key,
                config,
                forest: Forest::default(),
                live: HashMap::new(),
                collapsed: HashSet::new(),
                next: None,
                wanted: wanted_comment(),
            }),
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
        let is_first = self.inner.with_value(|inner| inner.forest.is_empty());
        let status = if is_first { self.first } else { self.rest };
        status.set(Load::Loading);
        spawn_local_scoped_with_cancellation(async move {
            loop {
                match self.load_page().await {
                    Ok(is_last) => {
                        self.first.set(Load::Ready(()));
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
        });
    }

    /// Loads the next page. Whether it was the last.
    async fn load_page(self) -> Result<bool, Error> {
        let (backend, request) = self.inner.with_value(|inner| {
            let backend = inner.config.backend.clone();
            let limit = if inner.next.is_none() {
                FIRST_PAGE
            } else {
                NEXT_PAGES
            };
            let request = backend.list_comments(&inner.key, inner.next.as_deref(), limit);
            (backend, request)
        });
        let response = fetch::send(request).await?;
        let CommentPage {
            comments,
            announced,
            accepts,
            limits,
            next,
        } = backend.parse_comments(&response)?;
        let is_last = next.is_none();
        self.announced.set(announced);
        self.accepts.set(accepts);
        self.limits.set(limits);
        self.inner.update_value(|inner| inner.next = next);
        self.merge(comments);
        Ok(is_last)
    }

    /// Takes in comments and redraws what changed: a row for each new one, and nothing else.
    pub fn merge(self, comments: Vec<Comment>) {
        self.inner.update_value(|inner| {
            for change in inner.forest.merge(comments) {
                let (Change::Inserted(id) | Change::Patched(id)) = change;
                let Some(comment) = inner.forest.get(&id).cloned() else {
                    continue;
                };
                match inner.live.get(&id) {
                    Some(live) => live.comment.set(comment),
                    None => {
                        let place = ArcRwSignal::new(Place::default());
                        inner.live.insert(
                            id,
                            Live {
                                comment: ArcRwSignal::new(comment),
                                place,
                            },
                        );
                    }
                }
            }
        });
        self.delivered
            .set(self.inner.with_value(|inner| inner.forest.len()));
        self.draw();
        self.go_to_wanted();
    }

    /// What the row of this comment shows.
    pub fn live(self, id: &CommentId) -> Option<Live> {
        self.inner.with_value(|inner| inner.live.get(id).cloned())
    }

    /// The conversation's key.
    pub fn key(self) -> String {
        self.inner.with_value(|inner| inner.key.clone())
    }

    /// The settings.
    pub fn config(self) -> Config {
        self.inner.with_value(|inner| inner.config.clone())
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
        self.inner.update_value(|inner| {
            if !inner.collapsed.remove(id) {
                inner.collapsed.insert(id.clone());
            }
        });
        self.draw();
    }

    /// Goes to a comment: opens what hides it, scrolls to it, marks and focuses it. One that is
    /// not here yet is gone to as soon as it is.
    pub fn lead_to(self, id: CommentId) {
        self.inner.update_value(|inner| inner.wanted = Some(id));
        self.go_to_wanted();
    }

    /// Takes in a comment that the reader has just sent. Nothing, when the conversation is no
    /// longer on the screen.
    pub fn add_own(self, comment: Comment) {
        let id = comment.id.clone();
        if self.inner.try_with_value(|_| ()).is_none() {
            return;
        }
        let is_new = self.live(&id).is_none();
        self.announced
            .update(|announced| *announced += usize::from(is_new));
        self.arrived.set(Some(comment.moderation));
        self.merge(vec![comment]);
        self.lead_to(id);
    }

    fn draw(self) {
        let layout = self.layout.get_untracked();
        let order = self.order.get_untracked();
        let rows = self.inner.with_value(|inner| {
            let rows = match layout {
                Layout::Threads => inner.forest.rows(order, |id| inner.collapsed.contains(id)),
                Layout::Flat => inner.forest.chronicle(),
            };
            for (at, row) in rows.iter().enumerate() {
                let place = Place {
                    replies: row.replies,
                    collapsed: inner.collapsed.contains(&row.id),
                    number: if layout == Layout::Flat { at + 1 } else { 0 },
                };
                if let Some(live) = inner.live.get(&row.id)
                    && live.place.with_untracked(|before| *before != place)
                {
                    live.place.set(place);
                }
            }
            rows
        });
        self.rows.set(rows);
    }

    fn go_to_wanted(self) {
        let is_here = self.inner.try_update_value(|inner| {
            let id = inner
                .wanted
                .clone()
                .filter(|id| inner.forest.get(id).is_some())?;
            inner.wanted = None;
            let mut opened = false;
            for ancestor in inner.forest.ancestors(&id) {
                opened |= inner.collapsed.remove(&ancestor);
            }
            Some((id, opened))
        });
        if let Some(Some((id, opened))) = is_here {
            if opened {
                self.draw();
            }
            // The row is drawn before the next frame.
            request_animation_frame(move || {
                dom::lead_to(&element_id(&id));
            });
        }
    }
}

/// The id of the element that shows a comment, and the fragment that leads to it.
pub fn element_id(id: &CommentId) -> String {
    format!("comment-{id}")
}

fn wanted_comment() -> Option<CommentId> {
    page::fragment()?
        .strip_prefix("comment-")
        .map(CommentId::new)
}
