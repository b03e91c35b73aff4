//! What this device remembers of the comments that its reader sent: those that nobody else sees
//! yet, and until when the reader may change them.

use causerie_core::contract::read_comment;
use causerie_core::{Comment, CommentId, Json, Moderation, Timestamp};

use crate::browser::clock;
use crate::browser::storage::{self, Keep};

/// A comment of the reader's.
#[derive(Clone, Debug)]
pub struct Own {
    /// As it was sent, or as the back end gave it back.
    pub comment: Comment,
    /// Until when it may be changed.
    pub until: Timestamp,
}

/// A comment that nobody wants to see after that many milliseconds never will.
const PATIENCE: i64 = 90 * 86_400_000;

/// The reader's comments in `thread` that still matter.
pub fn load(thread: &str) -> Vec<Own> {
    let kept = storage::get(Keep::OnDevice, &key(thread)).unwrap_or_default();
    let own = kept.list().iter().filter_map(read);
    own.filter(Own::matters).collect()
}

/// Remembers one more of `thread`.
pub fn add(thread: &str, own: Own) {
    let mut all = load(thread);
    all.retain(|other| other.comment.id != own.comment.id);
    all.push(own);
    save(thread, &all);
}

/// Remembers these, and nothing else, of `thread`.
pub fn save(thread: &str, own: &[Own]) {
    let own: Vec<_> = own.iter().filter(|own| own.matters()).map(write).collect();
    if own.is_empty() {
        storage::remove(Keep::OnDevice, &key(thread));
    } else {
        // Where nothing can be kept, the comment is still on the screen.
        storage::set(Keep::OnDevice, &key(thread), &Json::List(own));
    }
}

impl Own {
    /// Whether it may still be changed.
    pub fn is_open(&self) -> bool {
        self.until > clock::now()
    }

    fn matters(&self) -> bool {
        let age = clock::now().ms() - self.comment.published.unwrap_or_default().ms();
        self.is_open() || (self.comment.moderation == Moderation::Held && age < PATIENCE)
    }
}

/// A comment as in the contract, and `until`.
fn write(own: &Own) -> Json {
    let Own { comment, until } = own;
    let is_held = comment.moderation == Moderation::Held;
    let author = Json::object(vec![
        ("name", comment.author.name.as_str().into()),
        ("url", comment.author.url.as_deref().into()),
    ]);
    Json::object(vec![
        ("id", comment.id.as_str().into()),
        (
            "parent",
            comment.parent.as_ref().map(CommentId::as_str).into(),
        ),
        ("author", author),
        ("content_html", comment.html.as_str().into()),
        (
            "published",
            comment
                .published
                .unwrap_or_default()
                .to_string()
                .as_str()
                .into(),
        ),
        ("status", if is_held { "held" } else { "" }.into()),
        ("until", until.ms().into()),
    ])
}

fn read(kept: &Json) -> Option<Own> {
    Some(Own {
        comment: read_comment(kept)?,
        until: Timestamp::from_ms(kept.get("until").whole().unwrap_or_default()),
    })
}

fn key(thread: &str) -> String {
    format!("causerie:own:{thread}")
}
