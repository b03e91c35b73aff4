//! What this device remembers of its reader: who they are, if they agree, and what they have not
//! sent yet.

use causerie_core::{CheckedDraft, CommentId, Draft};
use serde::{Deserialize, Serialize};

use crate::browser::random;
use crate::browser::storage::{self, Keep};

/// Name, address and site, as the reader gave them last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// As in [`Draft`].
    pub name: String,
    /// As in [`Draft`].
    pub email: String,
    /// As in [`Draft`].
    pub url: String,
    /// Whether the reader agreed to be remembered beyond this tab.
    #[serde(default)]
    pub remember: bool,
}

const IDENTITY: &str = "causerie:reader";

impl Identity {
    /// The one kept on this device, else in this tab.
    pub fn load() -> Self {
        storage::get(Keep::OnDevice, IDENTITY)
            .or_else(|| storage::get(Keep::InTab, IDENTITY))
            .unwrap_or_default()
    }

    /// Keeps it: on this device where the reader agreed, else as long as this tab is open.
    pub fn save(&self) {
        if self.remember {
            storage::set(Keep::OnDevice, IDENTITY, self);
        } else {
            storage::remove(Keep::OnDevice, IDENTITY);
            storage::set(Keep::InTab, IDENTITY, self);
        }
    }
}

/// A text that is not sent yet, kept per thread and per comment it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// As typed.
    pub text: String,
    /// The last try to send it.
    attempt: Option<Attempt>,
}

/// A try: the same comment keeps its key over every further try, also after a reload, so that the
/// server stores it once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Attempt {
    key: String,
    draft: Draft,
}

/// Where an [`Unsent`] text is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot(String);

impl Slot {
    /// The slot for the answer to `parent` in `thread`, or for a new thread.
    pub fn new(thread: &str, parent: Option<&CommentId>) -> Self {
        Self(format!(
            "causerie:draft:{thread}:{}",
            parent.map_or("", CommentId::as_str)
        ))
    }

    /// What is kept there.
    pub fn load(&self) -> Unsent {
        storage::get(Keep::OnDevice, &self.0).unwrap_or_default()
    }

    /// Keeps the text as it is now. Whether it worked.
    pub fn save_text(&self, text: &str) -> bool {
        if text.trim().is_empty() {
            self.clear();
            return true;
        }
        storage::set(
            Keep::OnDevice,
            &self.0,
            &Unsent {
                text: text.to_owned(),
                ..self.load()
            },
        )
    }

    /// The key to send `draft` with: that of the last try where it is the same comment, else a
    /// new one, kept before it is used.
    pub fn key_for(&self, draft: &CheckedDraft) -> String {
        let unsent = self.load();
        if let Some(attempt) = unsent
            .attempt
            .filter(|attempt| attempt.draft == *draft.draft())
        {
            return attempt.key;
        }
        let key = random::id();
        let attempt = Some(Attempt {
            key: key.clone(),
            draft: draft.draft().clone(),
        });
        storage::set(
            Keep::OnDevice,
            &self.0,
            &Unsent {
                text: unsent.text,
                attempt,
            },
        );
        key
    }

    /// Forgets it: the comment has arrived, or there is nothing left of it.
    pub fn clear(&self) {
        storage::remove(Keep::OnDevice, &self.0);
    }
}
