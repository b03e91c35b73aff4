//! A comment that is being written and sent.

use std::ops::Deref;

use causerie_core::{
    Act, Backend, CheckedDraft, Comment, CommentId, Done, Draft, Error, Fault, Field, FieldProblem,
    Limits, Moderation, Request, Submission,
};

use super::kept::{Kept, Watch};
use super::live::Below;
use super::reader::{Identity, Slot};
use super::thread::Thread;
use crate::browser::{clock, fetch, task};

/// A comment in the making. A copy is the same one, and one word, as that of a [`Thread`].
#[derive(Clone, Copy, Debug)]
pub struct Composer(&'static Parts);

impl Deref for Composer {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

/// What a comment in the making consists of.
#[derive(Debug)]
pub struct Parts {
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
    /// How the text will look, as the back end renders it: untrusted HTML.
    pub preview: Watch<Option<String>>,
}

#[derive(Debug)]
struct Inner {
    /// The comment that it answers.
    parent: Option<CommentId>,
    slot: Slot,
}

/// A comment on its way, with all that is needed to send it again.
#[derive(Debug)]
struct Sending {
    backend: Backend,
    /// The key of the conversation, as the page has it.
    key: String,
    thread: String,
    title: String,
    parent: Option<CommentId>,
    draft: CheckedDraft,
    /// The key of the comment.
    once: String,
}

impl Sending {
    fn submission(&self) -> Submission<'_> {
        Submission {
            thread: &self.thread,
            title: &self.title,
            parent: self.parent.as_ref(),
            draft: &self.draft,
            key: &self.once,
        }
    }

    async fn send(&self) -> Result<Option<Comment>, Error> {
        let (backend, submission) = (&self.backend, self.submission());
        let send = async |request: Request| {
            let response = fetch::send(request).await?;
            backend.parse_submitted(&submission, &response)
        };
        match send(backend.submit(&submission)).await {
            Err(error) => match backend.submit_otherwise(&submission, &error) {
                Some(request) => send(request).await,
                None => Err(error),
            },
            sent => sent,
        }
    }
}

/// Seconds that a comment waits by itself at most, where the back end asks to wait.
const LONGEST_WAIT: u32 = 60;

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
    /// The back end asked to wait so many seconds; then it is sent again.
    Waiting(u32),
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
        Self(Box::leak(Box::new(Parts {
            thread,
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
            inner: Kept::new(Inner { parent, slot }),
        })))
    }

    /// What the back end lets through.
    pub fn limits(self) -> Limits {
        self.thread.limits.get()
    }

    /// Whether the back end shows how a text will look.
    pub fn can_preview(self) -> bool {
        self.thread.can.preview
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
        if self.is_under_way() {
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
        let (thread, title) = self.thread.name_and_title();
        let sending = Sending {
            backend,
            key: self.thread.key(),
            thread,
            title,
            parent: inner.parent.clone(),
            once: inner.slot.key_for(&checked),
            draft: checked,
        };
        self.attempt(sending, inner.slot.clone(), Box::new(on_fault));
    }

    /// Whether it is being sent, or waits to be.
    pub fn is_under_way(self) -> bool {
        self.status
            .with(|status| matches!(status, Status::Sending | Status::Waiting(_)))
    }

    fn attempt(self, sending: Sending, slot: Slot, on_fault: Box<dyn Fn()>) {
        self.status.set(Status::Sending);
        // Not bound to the view: a comment under way arrives even if the reader moves on.
        task::spawn(async move {
            match sending.send().await {
                Ok(comment) => {
                    slot.clear_sent(&sending.draft);
                    self.arrived(comment, &sending);
                }
                Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
                    self.status.set(Status::Invalid(refusal.fields));
                    on_fault();
                }
                Err(Error::TooMany {
                    retry_after: Some(seconds @ ..=LONGEST_WAIT),
                }) => {
                    self.status.set(Status::Waiting(seconds));
                    clock::after(seconds, move || self.attempt(sending, slot, on_fault));
                }
                Err(error) => {
                    let url = sending.backend.submit(&sending.submission()).url;
                    self.thread.host.tell_error(&error, &url);
                    self.status.set(Status::Failed(error));
                }
            }
        });
    }

    /// Asks the back end how the text will look.
    pub fn ask_preview(self) {
        let text = self.draft.with_untracked(|draft| draft.text.clone());
        let request = self
            .thread
            .backend()
            .and_then(|backend| Some((backend.act(&Act::Preview(text.clone()))?, backend)));
        let Some((request, backend)) = request else {
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

    fn arrived(self, stored: Option<Comment>, sent: &Sending) {
        let (is_stored, parent) = (stored.is_some(), sent.parent.as_ref());
        // What the back end does not show is shown as it was sent.
        let comment = stored.unwrap_or_else(|| {
            let id = format!("unseen-{}", sent.once);
            Comment::unseen(&id, parent, sent.draft.draft(), clock::now())
        });
        let moderation = comment.moderation;
        self.thread.add_own(&sent.key, comment, is_stored);
        self.draft.update(|draft| {
            // What was typed meanwhile is another comment.
            if draft.text.trim() == sent.draft.draft().text {
                draft.text.clear();
            }
        });
        self.status.set(Status::Sent(moderation));
        let is_done = self.draft.with_untracked(|draft| draft.text.is_empty());
        if let Some(parent) = parent.filter(|_| is_done) {
            self.thread.open_below(parent, &Below::Nothing);
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
