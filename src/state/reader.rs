//! What this device remembers of its reader: who they are, if they agree, and what they have not
//! sent yet.

use causerie_core::{CommentId, Json, Letter};

use crate::browser::storage::{self, Keep};
use crate::browser::{clock, random};

/// Name, address and site, as the reader gave them last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// As in a draft.
    pub name: String,
    /// As in a draft.
    pub email: String,
    /// As in a draft.
    pub url: String,
    /// Whether the reader agreed to be remembered beyond this tab.
    pub remember: bool,
}

const IDENTITY: &str = "causerie:reader";

impl Identity {
    /// The one kept on this device, else in this tab.
    pub fn load() -> Self {
        let kept = storage::get(Keep::OnDevice, IDENTITY);
        let kept = kept
            .or_else(|| storage::get(Keep::InTab, IDENTITY))
            .unwrap_or_default();
        Self {
            name: text(&kept, "name"),
            email: text(&kept, "email"),
            url: text(&kept, "url"),
            remember: kept.get("remember").is_true(),
        }
    }

    /// Keeps it: on this device where the reader agreed, else as long as this tab is open.
    pub fn save(&self) {
        let kept = Json::object(vec![
            ("name", self.name.as_str().into()),
            ("email", self.email.as_str().into()),
            ("url", self.url.as_str().into()),
            ("remember", self.remember.into()),
        ]);
        if self.remember {
            storage::set(Keep::OnDevice, IDENTITY, &kept);
        } else {
            storage::remove(Keep::OnDevice, IDENTITY);
            storage::set(Keep::InTab, IDENTITY, &kept);
        }
    }
}

/// Where an unsent text is kept: one place per thread and per comment that it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot(String);

const DRAFT: &str = "causerie:draft:";

/// A draft that nobody has touched for so many milliseconds is forgotten.
const PATIENCE: i64 = 90 * 86_400_000;

impl Slot {
    /// The slot for the answer to `parent` in `thread`, or for a new thread.
    pub fn new(thread: &str, parent: Option<&CommentId>) -> Self {
        let parent = parent.map_or("", CommentId::as_str);
        Self(format!("{DRAFT}{thread}:{parent}"))
    }

    /// What the unsent texts of `thread` answer; `None` for that of a new thread. What is too old
    /// is dropped here, of all threads.
    pub fn of(thread: &str) -> Vec<Option<CommentId>> {
        let mut answered = Vec::new();
        for key in storage::keys(Keep::OnDevice, DRAFT) {
            let kept = storage::get(Keep::OnDevice, &key).unwrap_or_default();
            let at = kept.get("at").whole().unwrap_or(i64::MAX);
            if clock::now().ms().saturating_sub(at) > PATIENCE {
                storage::remove(Keep::OnDevice, &key);
            } else if let Some(parent) = key[DRAFT.len()..].strip_prefix(thread) {
                let parent = parent
                    .strip_prefix(':')
                    .filter(|_| !text(&kept, "text").is_empty());
                answered
                    .extend(parent.map(|id| Some(CommentId::new(id)).filter(|_| !id.is_empty())));
            }
        }
        answered
    }

    /// The text that is kept there, and the key that it is sent with, in whatever tab; both empty
    /// where there is none.
    pub fn load(&self) -> (String, String) {
        let kept = storage::get(Keep::OnDevice, &self.0).unwrap_or_default();
        (text(&kept, "text"), text(&kept, "key"))
    }

    /// Forgets the text of `letter`, which the outbox has; whether it was still there. What was
    /// typed meanwhile, here or in another tab, is another comment.
    pub fn forget(letter: &Letter) -> bool {
        let slot = Self::new(&letter.page, letter.parent.as_ref());
        let (text, key) = slot.load();
        let is_its = key == letter.key;
        if is_its {
            let is_all = text.trim() == letter.draft.draft().text;
            slot.save(if is_all { "" } else { &text }, &random::id());
        }
        is_its
    }

    /// Keeps the text as it is now. Whether it worked.
    pub fn save(&self, text: &str, key: &str) -> bool {
        if text.trim().is_empty() {
            storage::remove(Keep::OnDevice, &self.0);
            return true;
        }
        let kept = Json::object(vec![
            ("text", text.into()),
            ("key", key.into()),
            ("at", clock::now().ms().into()),
        ]);
        storage::set(Keep::OnDevice, &self.0, &kept)
    }
}

fn text(kept: &Json, member: &str) -> String {
    kept.get(member).str().to_owned()
}
