//! What this device remembers of its reader: who they are, if they agree, and what they have not
//! sent yet.

use causerie_core::{CheckedDraft, CommentId, Json};

use crate::browser::random;
use crate::browser::storage::{self, Keep};

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

/// A text that is not sent yet, and the last try to send it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Unsent {
    text: String,
    /// The comment as it was tried, and the key it was tried with: the same comment keeps its key
    /// over every further try, also after a reload, so that the server stores it once.
    tried: String,
    key: String,
}

/// Where an unsent text is kept: one place per thread and per comment that it answers.
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

    /// The text that is kept there; empty where there is none.
    pub fn load_text(&self) -> String {
        self.load().text
    }

    /// Keeps the text as it is now. Whether it worked.
    pub fn save_text(&self, text: &str) -> bool {
        if text.trim().is_empty() {
            self.clear();
            return true;
        }
        self.save(&Unsent {
            text: text.to_owned(),
            ..self.load()
        })
    }

    /// The key to send `draft` with: that of the last try where it is the same comment, else a
    /// new one, kept before it is used.
    pub fn key_for(&self, draft: &CheckedDraft) -> String {
        let draft = draft.draft();
        let tried = [&draft.name, &draft.email, &draft.url, &draft.text]
            .map(String::as_str)
            .join("\n");
        let unsent = self.load();
        if unsent.tried == tried && !unsent.key.is_empty() {
            return unsent.key;
        }
        let key = random::id();
        self.save(&Unsent {
            tried,
            key: key.clone(),
            ..unsent
        });
        key
    }

    /// Forgets what has arrived; a text that was typed meanwhile stays.
    pub fn clear_sent(&self, sent: &CheckedDraft) {
        if self.load().text.trim() == sent.draft().text {
            self.clear();
        }
    }

    fn clear(&self) {
        storage::remove(Keep::OnDevice, &self.0);
    }

    fn load(&self) -> Unsent {
        let kept = storage::get(Keep::OnDevice, &self.0).unwrap_or_default();
        Unsent {
            text: text(&kept, "text"),
            tried: text(&kept, "tried"),
            key: text(&kept, "key"),
        }
    }

    fn save(&self, unsent: &Unsent) -> bool {
        let kept = Json::object(vec![
            ("text", unsent.text.as_str().into()),
            ("tried", unsent.tried.as_str().into()),
            ("key", unsent.key.as_str().into()),
        ]);
        storage::set(Keep::OnDevice, &self.0, &kept)
    }
}

fn text(kept: &Json, member: &str) -> String {
    kept.get(member).str().to_owned()
}
