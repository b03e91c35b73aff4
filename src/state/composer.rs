//! A comment that is being written and sent.

use causerie_core::{
    CheckedDraft, Comment, CommentId, Draft, Error, Fault, Field, FieldProblem, Limits, Moderation,
};

use super::kept::{Kept, Watch};
use super::reader::{Identity, Slot};
use super::thread::Thread;
use crate::browser::{fetch, task};

/// A comment in the making. A copy is the same one.
#[derive(Clone, Copy, Debug)]
pub struct Composer {
    thread: Thread,
    inner: Kept<Inner>,
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
}

#[derive(Debug)]
struct Inner {
    /// The comment that it answers.
    parent: Option<CommentId>,
    slot: Slot,
}

/// How far a comment is on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It is being written.
    #[default]
    Writing,
    /// It did not keep the rules, or was refused for what is in its fields.
    Invalid(Vec<FieldProblem>),
    /// It is under way.
    Sending,
    /// It did not get through; the text is still here.
    Failed(Error),
    /// It has arrived; the fields are ready for another.
    Sent(Moderation),
}

impl Composer {
    /// An answer to `parent`, or the opening of a new thread, with what an earlier visit left.
    pub fn open(thread: Thread, parent: Option<CommentId>) -> Self {
        let slot = Slot::new(&thread.key(), parent.as_ref());
        let text = slot.load_text();
        let identity = Identity::load();
        Self {
            thread,
            restored: Watch::new(!text.is_empty()),
            kept: Watch::new(true),
            remember: Watch::new(identity.remember),
            draft: Watch::new(Draft {
                name: identity.name,
                email: identity.email,
                url: identity.url,
                text,
                trap: String::new(),
            }),
            status: Watch::new(Status::Writing),
            inner: Kept::new(Inner { parent, slot }),
        }
    }

    /// What the back end lets through.
    pub fn limits(self) -> Limits {
        self.thread.limits.get()
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
        self.status.update(|status| match status {
            // What is being mended is not complained about any longer.
            Status::Invalid(problems) => problems.retain(|problem| problem.field != field),
            Status::Sent(_) => *status = Status::Writing,
            _ => {}
        });
        if field == Field::Text {
            let text = self.draft.with_untracked(|draft| draft.text.clone());
            let kept = self.inner.with(|inner| inner.slot.save_text(&text));
            self.kept.set(kept);
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

    /// Checks and sends it; `on_fault` is called when a field is at fault, here or by the back
    /// end's judgment. Nothing happens while it is under way already.
    pub fn send(self, on_fault: impl Fn() + 'static) {
        if self.status.get_untracked() == Status::Sending {
            return;
        }
        let limits = self.thread.limits.get_untracked();
        let checked = match self.draft.with_untracked(|draft| draft.check(&limits)) {
            Ok(checked) => checked,
            Err(problems) => {
                self.status.set(Status::Invalid(problems));
                return on_fault();
            }
        };
        let (Some(inner), Some(backend)) = (self.inner.get(), self.thread.backend()) else {
            return;
        };
        self.status.set(Status::Sending);
        let key = inner.slot.key_for(&checked);
        let request = backend.submit(&self.thread.key(), inner.parent.as_ref(), &checked, &key);
        // Not bound to the view: a comment under way arrives even if the reader moves on.
        task::spawn(async move {
            let response = fetch::send(request).await;
            match response.and_then(|response| backend.parse_submitted(&response)) {
                Ok(comment) => {
                    inner.slot.clear_sent(&checked);
                    self.arrived(comment, &checked);
                }
                Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
                    self.status.set(Status::Invalid(refusal.fields));
                    on_fault();
                }
                Err(error) => self.status.set(Status::Failed(error)),
            }
        });
    }

    fn arrived(self, comment: Comment, sent: &CheckedDraft) {
        let moderation = comment.moderation;
        self.thread.add_own(comment);
        self.draft.update(|draft| {
            // What was typed meanwhile is another comment.
            if draft.text.trim() == sent.draft().text {
                draft.text.clear();
            }
        });
        self.status.set(Status::Sent(moderation));
        let is_done = self.draft.with_untracked(|draft| draft.text.is_empty());
        if is_done && self.inner.with(|inner| inner.parent.is_some()) {
            self.thread.answer(None);
        }
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
