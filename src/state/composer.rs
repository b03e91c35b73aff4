//! A comment that is being written.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use causerie_core::{
    Act, Backend, CommentId, Done, Draft, Error, Fault, Field, FieldProblem, Letter, Limits,
    Moderation, Timestamp,
};

use super::kept::{Leaked, Watch, at_the_end};
use super::live::Below;
use super::reader::{Identity, Slot};
use super::thread::Thread;
use crate::browser::{clock, fetch, random, task};

/// A comment in the making. A copy is the same one.
pub type Composer = Leaked<Parts>;

/// What a comment in the making consists of.
#[derive(Debug)]
pub struct Parts {
    thread: Thread,
    /// The comment that it answers.
    pub parent: Option<CommentId>,
    slot: Slot,
    inner: RefCell<Inner>,
    /// What is typed.
    pub draft: Watch<Draft>,
    /// Whether the reader agrees to be remembered on this device.
    pub remember: Watch<bool>,
    /// How far it is.
    pub status: Watch<Status>,
    /// Whether the text was typed on an earlier visit.
    pub restored: Watch<bool>,
    /// Whether this browser keeps the text over a reload.
    pub kept: Watch<bool>,
    /// How the text will look, as the back end renders it: untrusted HTML.
    pub preview: Watch<Option<String>>,
}

#[derive(Default)]
struct Inner {
    /// Called when a field is at fault, here or by the back end's judgment.
    on_fault: Option<Rc<dyn Fn()>>,
    /// When the last one was sent off.
    sent: Timestamp,
    /// The key that this one is sent with: the same in all tabs that have the draft, so that only
    /// one of them can send it off.
    key: String,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sent.fmt(f)
    }
}

/// Milliseconds in which a second press on the button is meant for the first text.
const DOUBLE_CLICK: i64 = 700;

/// How far a comment is.
#[derive(Clone, Debug, Default)]
pub enum Status {
    /// It is being written.
    #[default]
    Writing,
    /// It did not keep the rules, or was refused for what is in its fields.
    Invalid(Vec<FieldProblem>),
    /// It is on its way into the outbox.
    Sending,
    /// It was refused, and not for what is in its fields.
    Failed(Error),
}

impl Composer {
    /// An answer to `parent`, or the opening of a new thread, with what an earlier visit left.
    pub fn open(thread: Thread, parent: Option<CommentId>) -> Self {
        let slot = Slot::new(&thread.key, parent.as_ref());
        let (text, key) = slot.load();
        let identity = Identity::load();
        let composer = Self::new(Parts {
            thread,
            parent,
            slot,
            inner: RefCell::new(Inner {
                key,
                ..Inner::default()
            }),
            restored: Watch::new(!text.is_empty()),
            kept: Watch::new(true),
            preview: Watch::new(None),
            remember: Watch::new(identity.remember),
            draft: Watch::new(Draft {
                name: identity.name,
                email: identity.email,
                url: identity.url,
                text,
                trap: String::new(),
            }),
            status: Watch::new(Status::Writing),
        });
        thread.add_composer(composer);
        at_the_end(Box::new(move || drop(composer.inner.take())));
        composer
    }

    /// Calls `react` when a field is at fault.
    pub fn on_fault(self, react: impl Fn() + 'static) {
        self.update(|inner| inner.on_fault = Some(Rc::new(react)));
    }

    fn tell_fault(self) {
        if let Some(react) = self.update(|inner| inner.on_fault.clone()) {
            react();
        }
    }

    /// How the reader's last comment has arrived, here at the place for new threads.
    pub fn arrived(self) -> Option<Moderation> {
        let arrived = self.thread.arrived.get();
        arrived.filter(|_| self.parent.is_none())
    }

    /// Whether nothing is typed.
    pub fn is_blank(self) -> bool {
        self.draft
            .with_untracked(|draft| draft.text.trim().is_empty())
    }

    /// Takes back what was not sent, below what is typed.
    pub(super) fn take_back(self, letter: &Letter, error: Option<Error>) {
        let own = letter.draft.draft();
        self.draft.update(|draft| {
            let text = std::mem::take(&mut draft.text);
            *draft = Draft {
                text,
                ..own.clone()
            };
        });
        self.append(&own.text);
        let is_refused = error.is_some();
        self.status.set(match error {
            Some(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
                Status::Invalid(refusal.fields)
            }
            Some(error) => Status::Failed(error),
            None => Status::Writing,
        });
        if is_refused {
            self.tell_fault();
        }
    }

    /// Takes the text out of another place, below what is typed.
    pub(super) fn take_over(self, slot: &Slot) {
        self.append(&slot.load().0);
        slot.save("", "");
    }

    fn append(self, text: &str) {
        self.draft.update(|draft| {
            draft.text = match draft.text.trim_end() {
                "" => text.to_owned(),
                typed => format!("{typed}\n\n{text}"),
            };
        });
        self.keep_text();
    }

    /// Takes over what another tab has made of the draft.
    pub(super) fn sync(self) {
        if !self.kept.get_untracked() {
            return;
        }
        let (text, key) = self.slot.load();
        self.update(|inner| inner.key = key);
        let is_new = |draft: &Draft| draft.text.trim() != text.trim();
        if self.draft.with_untracked(is_new) {
            self.draft.update(|draft| draft.text = text);
            self.restored.set_if_new(false);
        }
    }

    /// What the back end lets through.
    pub fn limits(self) -> Limits {
        self.thread.limits.get()
    }

    /// Whether the back end shows how a text will look.
    pub fn can_preview(self) -> bool {
        Backend::ACTS && self.thread.can.preview
    }

    /// Changes one field, and keeps what is typed on this device.
    pub fn edit(self, field: Field, value: String) {
        self.draft.update(|draft| match field {
            Field::Name => draft.name = value,
            Field::Email => draft.email = value,
            Field::Url => draft.url = value,
            Field::Text => draft.text = value,
            Field::Parent => {}
        });
        self.restored.set(false);
        self.preview.set_if_new(None);
        self.status.update(|status| {
            // What is being mended is not complained about any longer.
            if let Status::Invalid(problems) = status {
                problems.retain(|problem| problem.field != field);
            }
        });
        if field == Field::Text {
            self.thread.arrived.set_if_new(None);
            self.keep_text();
        } else {
            self.keep_identity();
        }
    }

    /// Whether the reader agrees to be remembered on this device.
    pub fn set_remember(self, remember: bool) {
        self.remember.set(remember);
        self.keep_identity();
    }

    /// What is wrong with a field, where something is.
    pub fn fault(self, field: Field) -> Option<Fault> {
        self.status.with(|status| match status {
            Status::Invalid(problems) => problems
                .iter()
                .find(|problem| problem.field == field)
                .map(|problem| problem.fault.clone()),
            _ => None,
        })
    }

    /// Checks it and sends it off.
    pub fn send(self) {
        let sent = self.update(|inner| inner.sent);
        let is_second = self.is_blank() && clock::now().ms() - sent.ms() < DOUBLE_CLICK;
        if is_second || self.is_under_way() {
            return;
        }
        let limits = self.thread.limits.get_untracked();
        let draft = match self.draft.with_untracked(|draft| draft.check(&limits)) {
            Ok(draft) => draft,
            Err(problems) => {
                self.status.set(Status::Invalid(problems));
                return self.tell_fault();
            }
        };
        if self.kept.get_untracked() && self.slot.load().0.is_empty() {
            // Another tab has sent it off.
            return self.sync();
        }
        self.status.set(Status::Sending);
        let mut letter = Letter {
            key: self.key(),
            backend: String::new(),
            page: self.thread.key.clone(),
            thread: self.thread.name(),
            title: self.thread.config.title.clone(),
            parent: self.parent.clone(),
            draft,
            known: Vec::new(),
            written: clock::now(),
        };
        letter.known = self.thread.same_as(&letter.comment());
        // Not bound to the view: what was sent off goes out even if the reader moves on.
        task::spawn(async move {
            let text = letter.draft.draft().text.clone();
            let id = letter.comment().id;
            self.thread.outbox.add(letter).await;
            self.sent_off(&text);
            self.thread.lead_to(id);
        });
    }

    /// Whether it is about to be sent off.
    pub fn is_under_way(self) -> bool {
        self.status.with(|status| matches!(status, Status::Sending))
    }

    fn sent_off(self, text: &str) {
        self.update(|inner| {
            inner.sent = clock::now();
            inner.key.clear();
        });
        self.status.set(Status::Writing);
        self.restored.set(false);
        // Where the device keeps no drafts, nothing else has cleared it.
        self.draft.update(|draft| {
            if draft.text.trim() == text {
                draft.text.clear();
            }
        });
        self.sync();
        if let Some(parent) = self.parent.as_ref().filter(|_| self.is_blank()) {
            self.thread.open_below(parent, &Below::Nothing);
        }
    }

    /// Asks the back end how the text will look.
    pub fn ask_preview(self) {
        let text = self.draft.with_untracked(|draft| draft.text.clone());
        let backend = &self.thread.get().config.backend;
        let Some(request) = backend.act(&Act::Preview(text.clone())) else {
            return;
        };
        task::spawn(async move {
            let response = fetch::send(request).await;
            let act = Act::Preview(text);
            match response.and_then(|response| backend.parse_act(&act, &response)) {
                Ok(Done::Text(html)) => self.preview.set(Some(html)),
                Ok(_) => {}
                Err(error) => self.status.set(Status::Failed(error)),
            }
        });
    }

    fn keep_text(self) {
        let text = self.draft.with_untracked(|draft| draft.text.clone());
        self.kept.set(self.slot.save(&text, &self.key()));
    }

    fn key(self) -> String {
        self.update(|inner| {
            if inner.key.is_empty() {
                inner.key = random::id();
            }
            inner.key.clone()
        })
    }

    fn update<R>(self, change: impl FnOnce(&mut Inner) -> R) -> R {
        change(&mut self.inner.borrow_mut())
    }

    fn keep_identity(self) {
        let remember = self.remember.get_untracked();
        self.draft.with_untracked(|draft| {
            let Draft {
                name, email, url, ..
            } = draft.clone();
            Identity {
                name,
                email,
                url,
                remember,
            }
            .save();
        });
    }
}
