//! The comments of this device that are on their way, and who sends them.
//!
//! Each entry is one record of [`Device`]. All that happens to it is decided in
//! `causerie_core::outbox`; here it is written down first and then done, by one tab at a time.

use std::cell::RefCell;
use std::rc::Rc;

use causerie_core::{
    Backend, Comment, CommentId, Config, Entry, Error, Json, Letter, Moderation, Request, Response,
    State, Step, Submission, Timestamp,
};

use super::kept::{Leaked, Watch, at_the_end, handed};
use super::own::{self, Own};
use super::reader::Slot;
use super::thread::Thread;
use crate::browser::device::{Device, Turn};
use crate::browser::host::Host;
use crate::browser::{clock, fetch, page, random, task};

/// The outbox of one back end. A copy is the same one.
pub type Outbox = Leaked<Parts>;

/// What an outbox consists of.
#[derive(Debug)]
pub struct Parts {
    host: Host,
    device: Option<Device>,
    backend: Backend,
    is_moderated: bool,
    /// What no other back end has: an address.
    name: String,
    /// What is on its way, on all pages of the back end, oldest first.
    pub items: Watch<Vec<Item>>,
    /// Now, to the second, while something waits.
    pub now: Watch<Timestamp>,
    /// Whether the browser has a network.
    pub is_online: Watch<bool>,
    inner: RefCell<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The conversation on the screen.
    shown: Option<Thread>,
    /// What this page is at.
    busy: Vec<String>,
    is_ticking: bool,
}

/// A comment on its way.
#[derive(Clone, Debug)]
pub struct Item {
    /// The comment, and how far it is.
    pub entry: Entry,
    /// As the device keeps it; nothing where it does not, and then it is gone with the page.
    record: Option<Rc<str>>,
}

/// What is being done for an entry.
struct Job {
    step: Step,
    /// As it is so far; nothing once it has arrived.
    entry: Option<Entry>,
    /// What is to be asked next.
    requests: Vec<Request>,
    /// Where pieces of the conversation begin that are still to be read.
    cursors: Vec<String>,
    /// What was read of it.
    comments: Vec<Comment>,
}

/// As long as the device keeps it the same.
impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.is_kept() && self.record == other.record
    }
}

impl Item {
    /// The key of its letter.
    pub fn key(&self) -> &str {
        &self.entry.letter.key
    }

    /// Whether it outlives the page.
    pub fn is_kept(&self) -> bool {
        self.record.is_some()
    }
}

/// The outbox of the client that is being built.
pub fn outbox() -> Outbox {
    handed()
}

impl Outbox {
    /// Opens the outbox, and sends what earlier visits left in it.
    pub fn open(host: Host, config: &Config) -> Self {
        let backend = config.backend.clone();
        let outbox = Self::new(Parts {
            device: host.device(),
            host,
            name: page::absolute(&backend.list_comments("", "").url),
            backend,
            is_moderated: config.is_moderated,
            items: Watch::new(Vec::new()),
            now: Watch::new(clock::now()),
            is_online: Watch::new(page::is_online()),
            inner: RefCell::default(),
        });
        at_the_end(Box::new(move || outbox.update(|inner| inner.shown = None)));
        page::on_window("causerie:outbox", move || {
            task::spawn(async move {
                outbox.reload().await;
                // Not at once: the tab in which it was written is the one that its author watches.
                outbox.work_soon();
            });
        });
        page::on_window("online", move || outbox.reconnect());
        page::on_window("offline", move || outbox.is_online.set_if_new(false));
        page::on_window("visibilitychange", move || outbox.work());
        task::spawn(async move {
            outbox.reload().await;
            outbox.reconnect();
        });
        outbox
    }

    /// Tells `thread` from now on what becomes of its comments.
    pub fn show_in(self, thread: Thread) {
        self.update(|inner| inner.shown = Some(thread));
        thread.show_unsent();
    }

    /// Takes in a letter that its author has sent off. When this ends, the device has it if it
    /// can. Nothing happens where another tab has sent off the same one.
    pub async fn add(self, mut letter: Letter) {
        letter.backend.clone_from(&self.name);
        self.write(None, Some(Entry::new(letter))).await;
        self.work();
    }

    /// What has the key.
    pub fn item(self, key: &str) -> Option<Item> {
        self.items
            .with(|items| items.iter().find(|item| item.key() == key).cloned())
    }

    /// Changes an entry as the reader wishes.
    pub fn change(self, item: Item, change: fn(&mut Entry)) {
        let mut entry = item.entry.clone();
        change(&mut entry);
        self.put(item, Some(entry));
    }

    /// Removes an entry whose text is elsewhere.
    pub fn remove(self, item: Item) {
        self.put(item, None);
    }

    fn put(self, item: Item, entry: Option<Entry>) {
        // Seen at once: the device may take its time.
        if let Some(entry) = &entry {
            self.items.update(|items| {
                let here = items.iter_mut().find(|it| it.key() == item.key());
                if let Some(here) = here {
                    here.entry = entry.clone();
                }
            });
        }
        task::spawn(async move {
            self.write(Some(&item), entry).await;
            self.work();
        });
    }

    /// Why the back end refused an entry.
    pub fn refusal(self, entry: &Entry) -> Option<Error> {
        let State::Refused(response) = &entry.state else {
            return None;
        };
        let refused = self
            .backend
            .parse_submitted(&submission(&entry.letter), response);
        // What a header said is not kept.
        Some(refused.err().unwrap_or(Error::NotFound))
    }

    /// Sends all that waits.
    pub fn hasten(self) {
        for item in self.items.get_untracked() {
            if matches!(item.entry.state, State::Waiting { .. }) {
                self.change(item, Entry::hasten);
            }
        }
    }

    fn reconnect(self) {
        self.is_online.set_if_new(page::is_online());
        for item in self.items.get_untracked() {
            self.change(item, |entry| entry.reconnect(clock::now()));
        }
    }

    /// Begins what is due, and goes on as long as anything waits.
    fn work(self) {
        let now = clock::now();
        self.now.set_if_new(now);
        let items = self.items.get_untracked();
        for item in &items {
            let is_busy = self.update(|inner| inner.busy.iter().any(|busy| busy == item.key()));
            let is_discarded = matches!(item.entry.state, State::Discarded { .. });
            let may = !is_busy && (is_discarded || self.is_online.get_untracked());
            if may && item.entry.is_due(now, true) {
                let key = item.key().to_owned();
                self.update(|inner| inner.busy.push(key.clone()));
                task::spawn(async move {
                    self.attempt(&key).await;
                    self.update(|inner| inner.busy.retain(|busy| *busy != key));
                });
            }
        }
        self.work_soon();
    }

    /// Works in a second, if anything waits.
    fn work_soon(self) {
        let is_at_rest =
            |item: &Item| matches!(item.entry.state, State::Unsure | State::Refused(_));
        let is_idle = self
            .items
            .with_untracked(|items| items.iter().all(is_at_rest));
        if !is_idle && !self.update(|inner| std::mem::replace(&mut inner.is_ticking, true)) {
            clock::after(1, move || {
                self.update(|inner| inner.is_ticking = false);
                self.work();
            });
        }
    }

    /// Does what is due for an entry, step by step, if nobody else does.
    async fn attempt(self, key: &str) {
        let turn = match &self.device {
            Some(device) => device.turn(key).await,
            None => Turn::Anybodys,
        };
        let is_alone = match turn {
            Turn::Theirs => return,
            Turn::Ours(_) => true,
            Turn::Anybodys => self.device.is_none(),
        };
        // Somebody else may have done it meanwhile.
        self.reload().await;
        let mut next = self.item(key);
        while let Some(item) = next {
            let (after, step) = self.begin(&item, is_alone);
            let (Some(item), Some(step)) = (self.write(Some(&item), after).await, step) else {
                break;
            };
            let mut job = self.job(&item, step);
            while let Some(request) = job.requests.pop() {
                let url = request.url.clone();
                let response = fetch::send(request).await;
                self.take_in(&mut job, &url, response);
            }
            next = self.write(Some(&item), job.entry).await;
        }
    }

    /// What the entry is from now on, and what is to be done for it.
    fn begin(self, item: &Item, is_alone: bool) -> (Option<Entry>, Option<Step>) {
        let mut entry = item.entry.clone();
        let now = clock::now();
        if !entry.is_due(now, is_alone) {
            return (Some(entry), None);
        }
        if matches!(entry.state, State::Discarded { .. }) {
            return (None, None);
        }
        let step = entry.begin(now, self.backend.again());
        (Some(entry), step)
    }

    fn job(self, item: &Item, step: Step) -> Job {
        let letter = &item.entry.letter;
        let mut job = Job {
            step,
            entry: Some(item.entry.clone()),
            requests: Vec::new(),
            cursors: Vec::new(),
            comments: Vec::new(),
        };
        match step {
            Step::Send => job.requests.push(self.backend.submit(&submission(letter))),
            Step::Read => {
                job.cursors = self.backend.first_cursors(&letter.page);
                self.ask_for_more(&mut job, &letter.page);
            }
        }
        job
    }

    fn ask_for_more(self, job: &mut Job, page: &str) {
        let cursor = job.cursors.last();
        job.requests
            .extend(cursor.map(|cursor| self.backend.reread(page, cursor)));
    }

    fn take_in(self, job: &mut Job, url: &str, response: Result<Response, Error>) {
        let Some(mut entry) = job.entry.take() else {
            return;
        };
        let letter = entry.letter.clone();
        let is_left = match job.step {
            Step::Send => self.take_in_sent(job, &mut entry, (url, response)),
            Step::Read => {
                let read = response.and_then(|response| self.take_in_read(job, &letter, &response));
                match read {
                    Ok(is_there) => {
                        if !is_there && job.requests.is_empty() {
                            entry.not_found(self.backend.may_hide(&letter, self.is_moderated));
                        }
                        !is_there
                    }
                    Err(error) => {
                        entry.not_read(&error, clock::now(), random::chance());
                        true
                    }
                }
            }
        };
        job.entry = is_left.then_some(entry);
    }

    /// Whether it is still to be sent: it has not arrived, nor gone back to where it was written.
    fn take_in_sent(
        self,
        job: &mut Job,
        entry: &mut Entry,
        (url, response): (&str, Result<Response, Error>),
    ) -> bool {
        let letter = entry.letter.clone();
        let submission = submission(&letter);
        let response = response.map(Rc::new);
        let read = response.as_deref().map_err(Error::clone);
        let read = read.and_then(|response| self.backend.parse_submitted(&submission, response));
        let error = match read {
            Ok(stored) => {
                self.sent(&letter, stored);
                return false;
            }
            Err(error) => error,
        };
        self.host.tell_error(&error, url);
        let other = self.backend.submit_otherwise(&submission, &error);
        // The other way leads elsewhere, and nowhere from there.
        if let Some(other) = other.filter(|other| other.url != url) {
            job.requests.push(other);
            return true;
        }
        entry.not_sent(&error, response.ok(), clock::now(), random::chance());
        let is_refused = matches!(entry.state, State::Refused(_));
        let shown = self.shown().filter(|_| is_refused);
        !shown.is_some_and(|thread| thread.give_back(&letter, Some(error)))
    }

    /// Whether it is in the conversation, once all of that is read.
    fn take_in_read(
        self,
        job: &mut Job,
        letter: &Letter,
        response: &Response,
    ) -> Result<bool, Error> {
        let cursor = job.cursors.pop().unwrap_or_default();
        let piece = self.backend.parse_comments(&cursor, response)?;
        job.comments.extend(piece.comments);
        job.cursors.extend(piece.next);
        self.ask_for_more(job, &letter.page);
        let stored = letter
            .find(&job.comments)
            .filter(|_| job.requests.is_empty());
        if let Some(stored) = stored {
            // It was read as it was written. Its HTML comes with the conversation.
            let html = letter.comment().html;
            let comment = Comment {
                html,
                ..stored.clone()
            };
            self.tell(letter, comment, true);
        }
        Ok(stored.is_some())
    }

    /// Remembers what was sent as the reader's own, and shows it. What the back end does not show
    /// is as it was sent.
    fn sent(self, letter: &Letter, stored: Option<Comment>) {
        let is_stored = stored.is_some();
        let comment = stored.unwrap_or_else(|| {
            let sent = letter.comment();
            // Another try may have been told what the back end made of it.
            let mut own = own::load(&letter.page).into_iter().map(|own| own.comment);
            let told = own.find(|own| own.is_same_as(&sent));
            told.unwrap_or_else(|| Comment {
                id: CommentId::new(&format!("unseen-{}", letter.key)),
                moderation: Moderation::Held,
                ..sent
            })
        });
        let until = clock::now().ms() + self.backend.edit_window();
        let until = Timestamp::from_ms(until);
        own::add(
            &letter.page,
            Own {
                comment: comment.clone(),
                until,
            },
        );
        self.tell(letter, comment, is_stored);
    }

    fn tell(self, letter: &Letter, comment: Comment, is_stored: bool) {
        if let Some(thread) = self.shown() {
            thread.arrived(letter, comment, is_stored);
        }
    }

    /// Puts `after` in the place of `before`, on the device and here; what is here then. Nothing
    /// where another tab was quicker: what it did is shown then.
    async fn write(self, before: Option<&Item>, after: Option<Entry>) -> Option<Item> {
        let key = match (before, &after) {
            (Some(item), _) => item.key().to_owned(),
            (None, entry) => entry.as_ref()?.letter.key.clone(),
        };
        let old = before.and_then(|item| item.record.clone());
        let mut new = after
            .as_ref()
            .map(|entry| Rc::from(entry.to_json().to_text()));
        if old != new || old.is_none() {
            let is_known = before.is_some() && old.is_none();
            let device = self.device.as_ref().filter(|_| !is_known);
            let kept = match device {
                Some(device) => device.replace(&key, old.as_deref(), new.as_deref()).await,
                None => None,
            };
            match kept {
                Some(true) => {}
                Some(false) => {
                    self.reload().await;
                    return None;
                }
                None => new = None,
            }
        }
        let item = after.map(|entry| Item { entry, record: new });
        let mut items = self.items.get_untracked();
        let place = items.iter().position(|item| item.key() == key);
        match (place, item.clone()) {
            (Some(at), Some(item)) => items[at] = item,
            (Some(at), None) => drop(items.remove(at)),
            (None, Some(item)) => items.push(item),
            (None, None) => {}
        }
        self.show(items);
        item
    }

    fn shown(self) -> Option<Thread> {
        self.update(|inner| inner.shown)
    }

    fn update<R>(self, change: impl FnOnce(&mut Inner) -> R) -> R {
        change(&mut self.inner.borrow_mut())
    }

    /// Reads what the device has, which may come from another tab.
    async fn reload(self) {
        let Some(device) = &self.device else { return };
        let Some(records) = device.read_all().await else {
            return;
        };
        let mut items = self.items.get_untracked();
        // What the device could not take is newer here.
        items.retain(|item| !item.is_kept());
        for record in records {
            let entry = Json::parse(&record)
                .ok()
                .and_then(|json| Entry::read(&json));
            let own = entry.filter(|entry| {
                let is_new = |item: &Item| item.key() != entry.letter.key;
                entry.letter.backend == self.name && items.iter().all(is_new)
            });
            items.extend(own.map(|entry| Item {
                entry,
                record: Some(record.into()),
            }));
        }
        self.show(items);
    }

    fn show(self, items: Vec<Item>) {
        // The tab may die, and the text come back as a draft.
        let mut is_less = false;
        for item in &items {
            is_less |= Slot::forget(&item.entry.letter);
        }
        self.items.set_if_new(items);
        if let Some(thread) = self.shown() {
            thread.show_unsent();
            if is_less {
                thread.sync_drafts();
            }
        }
    }
}

fn submission(entry: &Letter) -> Submission<'_> {
    Submission {
        thread: &entry.thread,
        title: &entry.title,
        parent: entry.parent.as_ref(),
        draft: &entry.draft,
        key: &entry.key,
    }
}
