//! One conversation: its comments, how they are laid out, and what the reader does in it.

use std::cell::RefCell;
use std::rc::Rc;

use causerie_core::{
    Accepts, Act, Capabilities, Change, Comment, CommentId, CommentPage, Config, Done, Error,
    Forest, Layout, Letter, Limits, Moderation, Order, Response, Row, Snapshot, State, Timestamp,
};
use leptos::prelude::*;

mod news;

use super::Load;
use super::composer::Composer;
use super::kept::{Leaked, Watch, at_the_end};
use super::live::{Below, Live, Place};
use super::outbox::{Item, Outbox, outbox};
use super::own::{self, Own};
use super::reader::Slot;
use crate::browser::host::{Host, host};
use crate::browser::list::Items;
use crate::browser::{clock, dom, fetch, page, task};

/// Rows before and after one that is gone to, that are there as soon as it is.
const AROUND: usize = 30;

/// The part of what is here, one in so many, that has to come before all is laid out anew.
const SHARE: usize = 5;

/// Pieces of a thread that are under way at once.
const SIDE_BY_SIDE: usize = 4;

/// A conversation. A copy is the same conversation.
pub type Thread = Leaked<Parts>;

/// What a conversation consists of.
#[derive(Debug)]
pub struct Parts {
    inner: RefCell<Inner>,
    /// Its key, as the page has it.
    pub key: String,
    /// What the blogger set.
    pub config: Config,
    /// Where it is shown.
    pub host: Host,
    /// What is on its way to it.
    pub outbox: Outbox,
    /// What its back end can do.
    pub can: Capabilities,
    /// The first page: until it is there, there is nothing to read.
    pub first: Watch<Load<()>>,
    /// All further pages.
    pub rest: Watch<Load<()>>,
    /// What is drawn, in order, and which of it is to be there at once.
    pub rows: Watch<Items<Row>>,
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
    /// What unsent drafts answer; `None` for that of a new thread.
    pub drafts: Watch<Vec<Option<CommentId>>>,
    /// How the reader's last comment arrived.
    pub arrived: Watch<Option<Moderation>>,
    /// How many new comments of others wait to be shown.
    pub news: Watch<usize>,
}

#[derive(Debug, Default)]
struct Inner {
    /// What is under way for the conversation ends with it.
    owner: Owner,
    /// What the back end calls it.
    thread: String,
    forest: Forest,
    /// What the rows show, at the forest's positions.
    live: Vec<Rc<Live>>,
    /// The newest change that is here, where the back end names it.
    revision: Option<String>,
    /// Where pieces begin that are still to be asked for.
    waiting: Vec<String>,
    /// How many pieces it came in.
    pieces: u32,
    /// How many are under way.
    asked: usize,
    /// What has come and is not laid out yet.
    come: Vec<Comment>,
    /// What is under way is only looked through.
    look: Option<news::Look>,
    is_followed: bool,
    /// New comments of others, not shown yet.
    news: Vec<Comment>,
    /// How many more the back end announces than there are.
    missing: i64,
    /// The newest comment at the last visit.
    seen: Timestamp,
    /// What the reader has written during this visit.
    mine: Vec<CommentId>,
    /// The comment that is to be gone to, until it is there.
    wanted: Option<CommentId>,
    /// The reader's own comments, as far as they still matter.
    own: Vec<Own>,
    /// Those that are on their way, and whether they were being sent, or had arrived, when last
    /// heard of.
    unsent: Vec<(CommentId, bool)>,
    /// Where the reader writes: what is answered there, and the place.
    composers: Vec<(Option<CommentId>, Composer)>,
    /// What goes back into a composer that is yet to open, and why.
    returned: Option<(Letter, Option<Error>)>,
}

impl Thread {
    /// Begins to load the conversation `key`. What the feed `announced` is shown until the back
    /// end itself says.
    pub fn open(config: Config, key: String, announced: Option<usize>, accepts: Accepts) -> Self {
        let backend = &config.backend;
        let thread = Self::new(Parts {
            host: host(),
            outbox: outbox(),
            can: backend.capabilities(),
            first: Watch::new(Load::Loading),
            rest: Watch::new(Load::Loading),
            rows: Watch::new(Items::default()),
            announced: Watch::new(announced.unwrap_or_default()),
            delivered: Watch::new(0),
            has_several: Watch::new(false),
            is_long: Watch::new(false),
            accepts: Watch::new(match accepts {
                Accepts::Open if config.is_moderated => Accepts::Moderated,
                accepts => accepts,
            }),
            limits: Watch::new(backend.limits()),
            layout: Watch::new(config.layout),
            order: Watch::new(config.order),
            drafts: Watch::new(Slot::of(&key)),
            arrived: Watch::new(None),
            news: Watch::new(0),
            inner: RefCell::new(Inner {
                owner: Owner::new(),
                own: own::load(&key),
                seen: news::last_seen(&key),
                waiting: backend.first_cursors(&key),
                thread: key.clone(),
                wanted: page::fragment().as_deref().and_then(comment_of),
                ..Inner::default()
            }),
            key,
            config,
        });
        at_the_end(Box::new(move || drop(thread.inner.take())));
        thread.outbox.show_in(thread);
        match thread.host.take_snapshot(&thread.key) {
            Some(snapshot) => thread.take_over(snapshot),
            None => thread.load(),
        }
        // Another tab has typed.
        page::on_window("storage", move || thread.sync_drafts());
        page::on_window("hashchange", move || {
            if let Some(fragment) = page::fragment() {
                thread.lead_to_fragment(&fragment);
            }
        });
        thread
    }

    /// Begins with what the page has of it already, and asks for what is newer.
    fn take_over(self, snapshot: Snapshot) {
        self.update(|inner| {
            if snapshot.is_complete {
                inner.waiting.clear();
            }
        });
        self.take_in(snapshot.page);
        let tells = self.with(|inner| {
            let revision = inner.revision.as_deref();
            self.config.backend.events(&self.key, revision).is_some()
        });
        if snapshot.is_complete && !tells {
            self.look();
        }
    }

    /// Loads all pieces, or the rest of them after a failure.
    pub fn load(self) {
        let status = if self.is_read() {
            self.rest
        } else {
            self.first
        };
        status.set(Load::Loading);
        self.ask();
    }

    /// Loads everything again, for what may have come meanwhile.
    pub fn refresh(self) {
        self.update(|inner| {
            inner.look = None;
            inner.waiting = self.config.backend.first_cursors(&self.key);
        });
        self.load();
    }

    /// Asks for pieces that wait, as many as may be under way.
    fn ask(self) {
        while let Some((owner, request, cursor)) = self.update(|inner| {
            let may = inner.asked < SIDE_BY_SIDE && !inner.waiting.is_empty();
            may.then(|| {
                inner.asked += 1;
                let cursor = inner.waiting.remove(0);
                let mut request = self.config.backend.list_comments(&self.key, &cursor);
                request.is_fresh = inner.is_followed;
                (inner.owner.clone(), request, cursor)
            })
        }) {
            let url = request.url.clone();
            let ahead = self.host.take_ahead(&url);
            let load = fetch::ask(request, ahead, move |response| {
                self.read(cursor, &url, response);
            });
            // Not under the owner of the button that asks again: that one goes with its notice.
            owner.with(|| task::spawn_scoped(load));
        }
    }

    fn read(self, cursor: String, url: &str, response: Result<Response, Error>) {
        let backend = &self.config.backend;
        let piece = response.and_then(|response| backend.parse_comments(&cursor, &response));
        self.update(|inner| inner.asked -= 1);
        match piece {
            Ok(piece) if self.is_looking() => self.look_through(piece),
            Ok(piece) => self.take_in(piece),
            Err(_) if self.is_looking() => self.look_in_vain(),
            Err(error) => {
                self.host.tell_error(&error, url);
                self.failed(cursor, error);
            }
        }
    }

    fn is_looking(self) -> bool {
        self.with(|inner| inner.look.is_some())
    }

    fn take_in(self, piece: CommentPage) {
        let is_page = piece.announced.is_some() || !piece.comments.is_empty();
        if let Some(announced) = piece.announced {
            self.set_long(announced);
            // Most pieces bring no news here, and every row follows what the post takes.
            self.announced.set_if_new(announced);
        }
        if let Some(accepts) = piece.accepts
            && self.accepts.get_untracked() != accepts
        {
            self.accepts.set(accepts);
            self.with(|inner| inner.live.iter().for_each(|live| live.actions.ring()));
        }
        if let Some(limits) = piece.limits {
            self.limits.set_if_new(limits);
        }
        let (is_last, due) = self.update(|inner| {
            inner.thread = piece.thread.unwrap_or_else(|| inner.thread.clone());
            // What changed while the rest came is told once more.
            inner.revision = inner.revision.take().or(piece.revision);
            inner.pieces += 1;
            inner.waiting.extend(piece.next);
            inner.come.extend(piece.comments);
            let is_last = inner.waiting.is_empty() && inner.asked == 0;
            // All is laid out each time: what comes in a hundred pieces is not, a hundred times.
            let is_wanted = |comment: &Comment| inner.wanted.as_ref() == Some(&comment.id);
            let is_due = is_last
                || inner.come.len() * SHARE >= inner.forest.len()
                || inner.come.iter().any(is_wanted);
            (is_last, is_due.then(|| std::mem::take(&mut inner.come)))
        });
        if let Some(comments) = due {
            self.merge(comments);
            // At once: until the last piece is here, it would be shown twice.
            self.drop_appeared();
        }
        if is_last {
            self.merge_own();
        }
        if (is_page || is_last) && !self.is_read() {
            self.first.set(Load::Ready(()));
            let count = self.announced.get_untracked() as f64;
            self.host.tell("causerie:ready", &[("count", count.into())]);
        }
        if is_last {
            self.rest.set(Load::Ready(()));
            self.tell_count();
            self.remember_seen();
            self.follow();
        } else {
            self.ask();
        }
    }

    /// Whether its first page is here.
    pub fn is_read(self) -> bool {
        self.first
            .with_untracked(|first| matches!(first, Load::Ready(())))
    }

    fn tell_count(self) {
        let count = self.delivered.get_untracked() as f64;
        self.host.tell("causerie:count", &[("count", count.into())]);
    }

    /// The piece at `cursor` waits again, behind all others, for the reader to ask.
    fn failed(self, cursor: String, error: Error) {
        self.update(|inner| inner.waiting.push(cursor));
        let is_read = self.is_read();
        let status = if is_read { self.rest } else { self.first };
        status.set(Load::Failed(error));
        self.host.drawn();
        if is_read {
            let come = self.update(|inner| std::mem::take(&mut inner.come));
            self.merge(come);
            self.drop_appeared();
            self.merge_own();
        }
    }

    /// Takes off what the reader sees alone, of what is here for all now.
    fn drop_appeared(self) {
        let is_less = self.update(|inner| {
            let Inner { own, forest, .. } = inner;
            let is_held = |own: &&mut Own| own.comment.moderation == Moderation::Held;
            let mut is_less = false;
            for Own { comment, .. } in own.iter_mut().filter(is_held) {
                // Under its own id, or, where the back end did not tell that, by what it says.
                let is_public = |it: &Rc<Comment>| it.moderation.is_public();
                let here = forest.get(&comment.id);
                let is_public_here = here.is_some_and(is_public);
                if is_public_here || forest.same_as(comment).any(is_public) {
                    comment.moderation = Moderation::Published;
                    if here.is_some_and(|here| here.moderation == Moderation::Held) {
                        forest.remove(&comment.id);
                        is_less = true;
                    }
                }
            }
            is_less
        });
        if is_less {
            self.merge(Vec::new());
        }
    }

    /// Adds the reader's own comments that nobody else sees yet.
    fn merge_own(self) {
        let unseen = self.with(|inner| {
            own::save(&self.key, &inner.own);
            let own = inner.own.iter().map(|own| &own.comment);
            let held = own.filter(|own| own.moderation == Moderation::Held);
            held.cloned().collect::<Vec<_>>()
        });
        unseen.iter().for_each(|held| self.ask_after(held));
        // Most threads have none, and to merge nothing would draw all rows again.
        if !unseen.is_empty() {
            self.merge(unseen);
        }
    }

    /// Asks what a moderator has made of a held comment. One that was rejected says so, once.
    fn ask_after(self, held: &Comment) {
        let backend = &self.get().config.backend;
        let Some(request) = backend.ask_after(&self.key, &held.id) else {
            return;
        };
        let mut comment = held.clone();
        let ask = fetch::ask(request, None, move |response| {
            if response.is_ok_and(|response| backend.is_rejected(&response)) {
                self.update(|inner| {
                    inner.own.retain(|own| own.comment.id != comment.id);
                    own::save(&self.key, &inner.own);
                });
                comment.moderation = Moderation::Rejected;
                self.merge(vec![comment]);
            }
        });
        let owner = self.with(|inner| inner.owner.clone());
        owner.with(|| task::spawn_scoped(ask));
    }

    /// Takes in comments and redraws what changed: a row for each new one, and nothing else.
    pub fn merge(self, comments: Vec<Comment>) {
        self.update(|inner| {
            for change in inner.forest.merge(comments) {
                let (Change::Inserted(id) | Change::Patched(id)) = change;
                match inner.live(&id) {
                    Some(live) => live.redraw(),
                    None => inner.live.push(Rc::default()),
                }
            }
        });
        let (here, unsent) = self.with(|inner| (inner.forest.len(), inner.unsent.len()));
        self.delivered.set(here.saturating_sub(unsent));
        self.has_several.set_if_new(here > 1);
        self.draw();
    }

    /// The comment with this id.
    pub fn comment(self, id: &CommentId) -> Option<Rc<Comment>> {
        self.with(|inner| inner.forest.get(id).cloned())
    }

    /// What may change in the row of this comment.
    pub fn live(self, id: &CommentId) -> Option<Rc<Live>> {
        self.with(|inner| inner.live(id).cloned())
    }

    /// What its back end calls it.
    pub fn name(self) -> String {
        self.with(|inner| inner.thread.clone())
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
            let place = live.place();
            live.set_place(Place {
                collapsed: !place.collapsed,
                ..place
            });
            self.draw();
        }
    }

    /// Opens something below a comment, and closes what is open anywhere else.
    pub fn open_below(self, id: &CommentId, below: &Below) {
        self.with(|inner| {
            let position = inner.forest.position(id);
            for (at, live) in inner.live.iter().enumerate() {
                if Some(at) == position {
                    live.set_below(below.clone());
                } else if !live.is_leaving() {
                    live.set_below(Below::Nothing);
                }
            }
        });
    }

    /// Whether the reader may still change this comment. When that ends, its buttons are drawn
    /// anew.
    pub fn is_open_to_change(self, id: &CommentId) -> bool {
        let left = self.with(|inner| {
            let own = inner.own.iter().find(|own| own.comment.id == *id);
            own.map(|own| own.until.ms() - clock::now().ms())
        });
        let Some(left) = left.filter(|left| *left > 0) else {
            return false;
        };
        let live = self.live(id);
        clock::after((left / 1_000) as u32 + 1, move || {
            if let Some(live) = live {
                live.actions.ring();
            }
        });
        true
    }

    /// Does something to the comment `id`, and shows what came of it.
    pub fn act(self, id: CommentId, act: Act) {
        let backend = &self.get().config.backend;
        let Some(request) = backend.act(&act) else {
            return;
        };
        let url = request.url.clone();
        task::spawn(fetch::ask(request, None, move |response| {
            match response.and_then(|response| backend.parse_act(&act, &response)) {
                Ok(done) => self.show_done(&id, done),
                Err(error) => {
                    self.host.tell_error(&error, &url);
                    let below = match act {
                        Act::Edit(_, text) => Below::Edit(text, Some(error)),
                        _ => Below::Trouble(error),
                    };
                    self.open_below(&id, &below);
                }
            }
        }));
    }

    /// Deletes an own comment in a moment, unless its author thinks again.
    pub fn delete(self, id: &CommentId) {
        let Some(live) = self.live(id) else { return };
        self.open_below(id, &Below::Deleting);
        let id = id.clone();
        clock::after(UNDO, move || {
            if live.is_leaving() {
                self.act(id.clone(), Act::Delete(id));
            }
        });
    }

    fn show_done(self, id: &CommentId, done: Done) {
        let (Some(live), Some(comment)) = (self.live(id), self.comment(id)) else {
            return;
        };
        let mut comment = Comment::clone(&comment);
        // The buttons are drawn anew: who has pressed one by key shall still be on it.
        let mut pressed = None;
        match done {
            Done::Text(text) => return self.open_below(id, &Below::Edit(text, None)),
            Done::Voted(votes) => {
                comment.votes = Some(votes);
                pressed = dom::focused_vote(self.host);
            }
            Done::Gone => {
                comment.moderation = Moderation::Deleted;
                comment.html.clear();
            }
            Done::Changed(changed) => {
                // What an answer leaves out stays as it was.
                comment.html = changed.html;
                comment.updated = changed.updated;
                comment.moderation = changed.moderation;
            }
        }
        let is_gone = comment.moderation == Moderation::Deleted;
        self.update(|inner| {
            inner.own.retain(|own| !is_gone || own.comment.id != *id);
            own::save(&self.key, &inner.own);
        });
        live.set_below(Below::Nothing);
        self.merge(vec![comment]);
        live.actions.ring();
        if let Some(selector) = pressed {
            dom::focus_first_next_frame(self.host, &element_id(id), selector);
        }
    }

    /// Goes to a comment: opens what hides it, scrolls to it, marks and focuses it. One that is
    /// not here yet is gone to as soon as it is.
    pub fn lead_to(self, id: CommentId) {
        let is_here = self.update(|inner| {
            let is_here = inner.forest.get(&id).is_some();
            inner.wanted = Some(id);
            is_here
        });
        if is_here {
            self.draw();
        }
    }

    /// Goes to the comment that `fragment` names, if it names one.
    pub fn lead_to_fragment(self, fragment: &str) {
        if let Some(id) = comment_of(fragment) {
            self.lead_to(id);
        }
    }

    /// Shows what is on its way, in its place, and no longer what is not.
    pub(super) fn show_unsent(self) {
        let key = &self.key;
        // The outbox has what has arrived a moment longer.
        let is_on_its_way =
            |(it, _): &(Comment, bool)| self.with(|inner| !inner.mine.contains(&it.id));
        let unsent: Vec<_> = self.outbox.items.with_untracked(|items| {
            let here = items.iter().filter(|item| item.entry.letter.page == *key);
            let here = here.map(|Item { entry, .. }| {
                let is_sent = matches!(entry.state, State::Sending { .. });
                (entry.letter.comment(), is_sent)
            });
            here.filter(is_on_its_way).collect()
        });
        let mut has_arrived_elsewhere = false;
        let (new, is_less) = self.update(|inner| {
            let now = unsent
                .iter()
                .map(|(it, is_sent)| (it.id.clone(), *is_sent))
                .collect();
            let before = std::mem::replace(&mut inner.unsent, now);
            let mut is_less = false;
            for (id, was_sent) in before {
                if inner.unsent.iter().all(|(other, _)| *other != id) {
                    has_arrived_elsewhere |= was_sent;
                    is_less = true;
                    inner.forest.remove(&id);
                }
            }
            let unsent = unsent.into_iter().map(|(comment, _)| comment);
            let new = unsent.filter(|comment| inner.forest.get(&comment.id).is_none());
            (new.collect::<Vec<_>>(), is_less)
        });
        if is_less || !new.is_empty() {
            self.merge(new);
        }
        if has_arrived_elsewhere {
            self.update(|inner| inner.own = own::load(&self.key));
            self.refresh();
        }
    }

    /// Puts a comment that has arrived where it was on its way. `is_stored` says that it is as
    /// the back end has it; else the thread is read again, for it may be there.
    pub(super) fn arrived(self, letter: &Letter, comment: Comment, is_stored: bool) {
        if letter.page != self.key {
            return;
        }
        let (id, moderation) = (comment.id.clone(), comment.moderation);
        let local = letter.comment().id;
        let had_focus = self.host.has_focus_in(&element_id(&local));
        let is_new = self.update(|inner| {
            inner.own = own::load(&self.key);
            // Then the number that came with it has it too.
            let is_told = inner.mine.contains(&id);
            inner.mine.push(id.clone());
            inner.mine.push(local.clone());
            inner.news.retain(|news| news.id != id);
            inner.unsent.retain(|(unsent, _)| *unsent != local);
            let is_new = inner.forest.get(&id).is_none();
            let live = inner.live(&local).cloned();
            inner.forest.reconcile(&local, comment.clone());
            if let (Some(live), true) = (live, is_new) {
                live.redraw();
            }
            is_new && !is_told
        });
        self.announced
            .update(|announced| *announced += usize::from(is_new && is_stored));
        self.news.set_if_new(self.with(|inner| inner.news.len()));
        self.merge(vec![comment]);
        self.remember_seen();
        self.arrived.set(Some(moderation));
        let is_held = moderation == Moderation::Held;
        self.host.tell(
            "causerie:submitted",
            &[("id", id.as_str().into()), ("held", is_held.into())],
        );
        if is_stored {
            self.tell_count();
        } else {
            self.refresh();
        }
        if had_focus {
            dom::take_over_next_frame(self.host, element_id(&id));
        }
    }

    /// Puts what was not sent back to where it was written: whether there is room for it. Where
    /// the back end refused it, only if the reader is not writing something else.
    pub fn give_back(self, letter: &Letter, error: Option<Error>) -> bool {
        let composers = self.with(|inner| inner.composers.clone());
        let is_asked = error.is_none();
        if letter.page != self.key || !(is_asked || composers.iter().all(|(_, it)| it.is_blank())) {
            return false;
        }
        // What it answers may be gone.
        let parent = letter.parent.as_ref();
        let parent = parent.filter(|parent| self.live(parent).is_some());
        let place = composers.iter().find(|(it, _)| it.as_ref() == parent);
        match (place, parent) {
            (Some((_, composer)), _) => composer.take_back(letter, error),
            (None, Some(parent)) if self.host.by_id(&element_id(parent)).is_some() => {
                self.update(|inner| inner.returned = Some((letter.clone(), error)));
                self.open_below(parent, &Below::Reply);
            }
            _ => return false,
        }
        let local = letter.comment().id;
        self.update(|inner| {
            inner.unsent.retain(|(unsent, _)| *unsent != local);
            inner.forest.remove(&local);
        });
        self.merge(Vec::new());
        true
    }

    /// Makes a place to write known until it is cleaned up, and puts there what is to go back.
    pub(super) fn add_composer(self, composer: Composer) {
        let returned = self.update(|inner| {
            inner.composers.push((composer.parent.clone(), composer));
            let is_for_it = |returned: &mut (Letter, _)| returned.0.parent == composer.parent;
            inner.returned.take_if(is_for_it)
        });
        if let Some((letter, error)) = returned {
            composer.take_back(&letter, error);
        }
        at_the_end(Box::new(move || {
            self.update(|inner| inner.composers.retain(|(_, other)| *other != composer));
        }));
    }

    /// Takes over what the device has now of what is typed here.
    pub(super) fn sync_drafts(self) {
        for (_, composer) in self.with(|inner| inner.composers.clone()) {
            composer.sync();
        }
        self.find_drafts();
    }

    /// Looks which drafts there are.
    pub(super) fn find_drafts(self) {
        self.drafts.set_if_new(Slot::of(&self.key));
    }

    /// Opens the draft of an answer to `parent`: there, or, where that comment is gone, at the
    /// place for new threads. What is answered where it is open.
    pub fn open_draft(self, parent: Option<&CommentId>) -> Option<&CommentId> {
        let parent = parent?;
        if self.live(parent).is_some() {
            self.open_below(parent, &Below::Reply);
            return Some(parent);
        }
        let composers = self.with(|inner| inner.composers.clone());
        if let Some((_, composer)) = composers.iter().find(|(answered, _)| answered.is_none()) {
            composer.take_over(&Slot::new(&self.key, Some(parent)));
            self.find_drafts();
        }
        None
    }

    /// The comments that say what `comment` says.
    pub(super) fn same_as(self, comment: &Comment) -> Vec<CommentId> {
        self.with(|inner| {
            let same = inner.forest.same_as(comment);
            same.map(|other| other.id.clone()).collect()
        })
    }

    fn with<R>(self, read: impl FnOnce(&Inner) -> R) -> R {
        read(&self.inner.borrow())
    }

    fn update<R>(self, change: impl FnOnce(&mut Inner) -> R) -> R {
        change(&mut self.inner.borrow_mut())
    }

    /// Once only, before the first row: a change under the reader's eyes would move the page.
    fn set_long(self, announced: usize) {
        if self.with(|inner| inner.forest.is_empty()) {
            self.is_long.set_if_new(announced > LONG);
        }
    }

    /// Lays out what is here, and goes to what is wanted, where that is here now.
    fn draw(self) {
        let wanted = self.take_wanted();
        let layout = self.layout.get_untracked();
        let order = self.order.get_untracked();
        let rows = self.with(|inner| {
            let is_collapsed = |at: usize| inner.live[at].place().collapsed;
            let rows = match layout {
                Layout::Threads => inner.forest.rows(order, is_collapsed),
                Layout::Flat => inner.forest.chronicle(),
            };
            for (number, row) in rows.iter().enumerate() {
                let live = &inner.live[row.at];
                live.set_place(Place {
                    replies: inner.forest.replies(row.at),
                    number: if layout == Layout::Flat {
                        number + 1
                    } else {
                        0
                    },
                    ..live.place()
                });
            }
            rows
        });
        let first = wanted
            .as_ref()
            .and_then(|wanted| rows.iter().position(|row| row.id == *wanted));
        // With what is around it: only a page that can scroll keeps its place when more comes.
        let around = first.map_or(0..0, |at| at.saturating_sub(AROUND)..at + AROUND);
        self.rows.set((rows.into(), around));
        if let Some(id) = wanted {
            // The row is drawn before the next frame.
            task::next_frame(move || dom::lead_to(self.host, &element_id(&id)));
        }
    }

    /// The comment that is wanted, where it is here, with all open that hides it.
    fn take_wanted(self) -> Option<CommentId> {
        self.update(|inner| {
            let is_here = |id: &mut CommentId| inner.forest.get(id).is_some();
            let id = inner.wanted.take_if(is_here)?;
            for ancestor in inner.forest.ancestors(&id) {
                if let Some(live) = inner.live(&ancestor) {
                    live.set_place(Place {
                        collapsed: false,
                        ..live.place()
                    });
                }
            }
            Some(id)
        })
    }
}

impl Inner {
    fn live(&self, id: &CommentId) -> Option<&Rc<Live>> {
        self.live.get(self.forest.position(id)?)
    }
}

/// Seconds in which a reader may think again about deleting a comment.
const UNDO: u32 = 8;

/// Rows from which on those out of sight are not laid out.
const LONG: usize = 500;

/// The id of the element that shows a comment, and the fragment that leads to it.
pub fn element_id(id: &CommentId) -> String {
    format!("comment-{id}")
}

/// The comment that a fragment leads to.
pub fn comment_of(fragment: &str) -> Option<CommentId> {
    fragment.strip_prefix("comment-").map(CommentId::new)
}
