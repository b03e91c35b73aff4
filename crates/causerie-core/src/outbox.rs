//! What becomes of a comment between its author's press on Send and an answer that settles it.
//!
//! Whoever runs this keeps each [`Entry`] on the device, writes every change down before acting on
//! it, and removes it only when the back end has the comment. `docs/reliability.md` says what
//! that promises.

use std::rc::Rc;

use crate::{
    CheckedDraft, Comment, CommentId, Draft, Error, Json, Moderation, Response, Timestamp, Verdict,
};

/// A comment on its way. To clone it is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is sent.
    pub letter: Rc<Letter>,
    /// How far it is.
    pub state: State,
    /// How often it was tried.
    tries: u32,
    /// How many tries may have arrived without an answer that says so, the one under way included.
    unknown: u32,
    /// Until when a request that is still on the line may arrive.
    settles: Timestamp,
}

/// What is sent, and where. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Made once for this comment and sent with every try.
    pub key: String,
    /// The back end that it is for, by an address that no other one has.
    pub backend: String,
    /// The key of its conversation, as pages have it.
    pub page: String,
    /// What the back end calls the conversation.
    pub thread: String,
    /// The title of its page.
    pub title: String,
    /// The comment that it answers.
    pub parent: Option<CommentId>,
    /// What was written.
    pub draft: CheckedDraft,
    /// Comments that say the same and were there before: none of them is this one.
    pub known: Vec<CommentId>,
    /// When it was sent off.
    pub written: Timestamp,
}

/// How far a comment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It goes out as soon as there is a connection.
    Queued,
    /// Somebody is at it.
    Sending {
        /// The moment of the last step.
        since: Timestamp,
    },
    /// It goes out by itself.
    Waiting {
        /// The moment.
        until: Timestamp,
        /// Whether no answer came, so that a new connection is worth a try.
        unreached: bool,
    },
    /// It may have arrived, and the back end cannot tell. The reader decides.
    Unsure,
    /// The back end will not take it as it is. What it answered.
    Refused(Rc<Response>),
    /// The reader does not want it any more, and may think again.
    Discarded {
        /// The moment.
        at: Timestamp,
    },
}

impl State {
    /// Its name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending { .. } => "sending",
            Self::Waiting { .. } => "waiting",
            Self::Unsure => "unsure",
            Self::Refused(_) => "refused",
            Self::Discarded { .. } => "discarded",
        }
    }
}

/// How a comment may be sent again after a try whose outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// At any time: the back end knows it by its key.
    Freely,
    /// After the conversation was read, and does not have it.
    AfterReading,
    /// When the reader says so: what was taken shows days later, or never.
    IfTheReaderSays,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send it.
    Send,
    /// Read the conversation and look for it.
    Read,
}

/// Milliseconds before the second try; each further one waits twice as long.
const FIRST_WAIT: i64 = 2_000;
/// Milliseconds between two tries at most, unless the server asks for more.
const LONGEST_WAIT: i64 = 5 * 60_000;
/// Milliseconds that anybody waits. A moment farther away comes from a clock that was set back.
const A_DAY: i64 = 86_400_000;
/// Milliseconds in which a request arrives that was given up on.
const SETTLING: i64 = 10_000;
/// Milliseconds after which a sender is gone that nobody can ask. Longer than any request.
const LEASE: i64 = 60_000;
/// Milliseconds in which a reader may think again.
pub const UNDO: i64 = 10_000;
/// Milliseconds in which a back end knows a key for sure; the contract asks for 30 days.
const KEYS_KEPT: i64 = 25 * A_DAY;
/// Milliseconds that a device's clock may be wrong: whole time zones.
const SKEW: i64 = 14 * 3_600_000;

impl Entry {
    /// A comment that its author has just sent off.
    pub fn new(letter: Letter) -> Self {
        Self {
            letter: Rc::new(letter),
            state: State::Queued,
            tries: 0,
            unknown: 0,
            settles: Timestamp::default(),
        }
    }

    /// Whether something is to be done now. `is_alone` says that nobody else can be at it.
    pub fn is_due(&self, now: Timestamp, is_alone: bool) -> bool {
        match self.state {
            State::Queued => true,
            State::Sending { since } => is_alone || !is_ahead(since, LEASE, now),
            State::Waiting { until, .. } => !is_ahead(until, 0, now),
            State::Discarded { at } => !is_ahead(at, UNDO, now),
            State::Unsure | State::Refused(_) => false,
        }
    }

    /// Begins what is to be done, to be written down before it is done. `None` where it has to
    /// wait after all.
    pub fn begin(&mut self, now: Timestamp, again: Again) -> Option<Step> {
        // Servers forget keys.
        let is_old = later(self.letter.written, KEYS_KEPT) < now;
        let step = match again {
            _ if self.unknown == 0 => Step::Send,
            Again::Freely if !is_old => Step::Send,
            Again::IfTheReaderSays => {
                self.state = State::Unsure;
                return None;
            }
            _ if is_ahead(self.settles, 0, now) => {
                self.state = State::Waiting {
                    until: self.settles,
                    unreached: true,
                };
                return None;
            }
            _ => Step::Read,
        };
        self.state = State::Sending { since: now };
        if step == Step::Send {
            self.tries = self.tries.saturating_add(1);
            self.unknown = self.unknown.saturating_add(1);
            self.settles = later(now, SETTLING);
        }
        Some(step)
    }

    /// The conversation was read, and does not have it. `may_hide` says that the back end may
    /// have it all the same, unseen, and would store it twice.
    pub fn not_found(&mut self, may_hide: bool) {
        if may_hide {
            self.state = State::Unsure;
        } else {
            self.send_anyway();
        }
    }

    /// To send it has failed with `error`, which `response` says where one came. `chance` is any
    /// number from 0 to 1, so that not all readers come back in the same moment.
    pub fn not_sent(
        &mut self,
        error: &Error,
        response: Option<Rc<Response>>,
        now: Timestamp,
        chance: f64,
    ) {
        let verdict = error.verdict();
        if verdict != Verdict::Unknown {
            self.unknown = self.unknown.saturating_sub(1);
        }
        if verdict == Verdict::Refused {
            self.state = State::Refused(response.unwrap_or_default());
        } else {
            self.settles = later(now, SETTLING);
            self.wait(error, now, chance);
        }
    }

    /// To read the conversation has failed with `error`.
    pub fn not_read(&mut self, error: &Error, now: Timestamp, chance: f64) {
        self.tries = self.tries.saturating_add(1);
        self.wait(error, now, chance);
    }

    fn wait(&mut self, error: &Error, now: Timestamp, chance: f64) {
        let doublings = self.tries.saturating_sub(1).min(10);
        let wait = (FIRST_WAIT << doublings).min(LONGEST_WAIT);
        let wait = wait / 2 + (wait as f64 / 2.0 * chance) as i64;
        let asked = i64::from(error.retry_after().unwrap_or_default()) * 1_000;
        self.state = State::Waiting {
            until: later(now, wait.max(asked).min(A_DAY)),
            unreached: matches!(error, Error::Unreachable(_) | Error::TimedOut),
        };
    }

    /// There is a connection again, or a page that it can go out from: no need to wait longer.
    pub fn reconnect(&mut self, now: Timestamp) {
        if let State::Waiting {
            until,
            unreached: true,
        } = &mut self.state
        {
            *until = now.min(*until);
        }
    }

    /// The reader wants it to go out now.
    pub fn hasten(&mut self) {
        if self.state == State::Unsure {
            self.send_anyway();
        }
        self.state = State::Queued;
    }

    /// The reader does not want it any more.
    pub fn discard(&mut self, now: Timestamp) {
        self.state = State::Discarded { at: now };
    }

    /// Whether the reader may still change it: no try of it can have arrived.
    pub fn may_change(&self) -> bool {
        self.unknown == 0 && !matches!(self.state, State::Sending { .. })
    }

    fn send_anyway(&mut self) {
        self.unknown = 0;
        self.state = State::Queued;
    }

    /// For the device's store.
    pub fn to_json(&self) -> Json {
        let letter = &self.letter;
        let draft = letter.draft.draft();
        let (moment, more) = match &self.state {
            State::Sending { since: at } | State::Discarded { at } => (Some(at), Json::Null),
            State::Waiting { until, unreached } => (Some(until), (*unreached).into()),
            State::Refused(response) => (None, write(response)),
            State::Queued | State::Unsure => (None, Json::Null),
        };
        Json::object(vec![
            ("key", letter.key.as_str().into()),
            ("backend", letter.backend.as_str().into()),
            ("page", letter.page.as_str().into()),
            ("thread", letter.thread.as_str().into()),
            ("title", letter.title.as_str().into()),
            (
                "parent",
                letter.parent.as_ref().map(CommentId::as_str).into(),
            ),
            ("name", draft.name.as_str().into()),
            ("email", draft.email.as_str().into()),
            ("url", draft.url.as_str().into()),
            ("text", draft.text.as_str().into()),
            ("trap", draft.trap.as_str().into()),
            (
                "known",
                Json::List(letter.known.iter().map(|id| id.as_str().into()).collect()),
            ),
            ("written", letter.written.ms().into()),
            ("tries", i64::from(self.tries).into()),
            ("unknown", i64::from(self.unknown).into()),
            ("settles", self.settles.ms().into()),
            ("state", self.state.as_str().into()),
            ("at", moment.map_or(Json::Null, |moment| moment.ms().into())),
            ("more", more),
        ])
    }

    /// What [`Entry::to_json`] wrote; `None` for anything else.
    pub fn read(kept: &Json) -> Option<Self> {
        let text = |member| kept.get(member).str().to_owned();
        let whole = |member| kept.get(member).whole().unwrap_or_default();
        let number = |member| u32::try_from(whole(member)).unwrap_or_default();
        let time = |member| Timestamp::from_ms(whole(member));
        let (at, more) = (time("at"), kept.get("more"));
        let letter = Letter {
            key: kept.get("key").text()?,
            backend: text("backend"),
            page: text("page"),
            thread: text("thread"),
            title: text("title"),
            parent: kept.get("parent").text().as_deref().map(CommentId::new),
            draft: CheckedDraft::kept(Draft {
                name: text("name"),
                email: text("email"),
                url: text("url"),
                text: text("text"),
                trap: text("trap"),
            }),
            known: {
                let known = kept.get("known").list().iter();
                known.map(|id| CommentId::new(id.str())).collect()
            },
            written: time("written"),
        };
        Some(Self {
            letter: Rc::new(letter),
            tries: number("tries"),
            unknown: number("unknown"),
            settles: time("settles"),
            state: match kept.get("state").str() {
                "sending" => State::Sending { since: at },
                "waiting" => State::Waiting {
                    until: at,
                    unreached: more.is_true(),
                },
                "unsure" => State::Unsure,
                "refused" => State::Refused(Rc::new(Response {
                    status: u16::try_from(more.get("status").whole().unwrap_or_default())
                        .unwrap_or_default(),
                    body: more.get("body").str().to_owned(),
                    ..Response::default()
                })),
                "discarded" => State::Discarded { at },
                "queued" => State::Queued,
                // A newer client wrote it, and a newer client will go on with it.
                _ => return None,
            },
        })
    }
}

impl Letter {
    /// What became of it among all `comments` of its conversation, read by [`Backend::reread`]:
    /// the same name, place, letters and digits, not older, and none that was there before. What
    /// it cannot know: whether its author said the same thing elsewhere at the same time.
    ///
    /// [`Backend::reread`]: crate::Backend::reread
    pub fn find<'a>(&self, comments: &'a [Comment]) -> Option<&'a Comment> {
        let own = self.comment();
        // Isso hangs an answer to an answer on what that one answers.
        let answered = comments
            .iter()
            .find(|it| Some(&it.id) == self.parent.as_ref());
        let above = answered.and_then(|answered| answered.parent.as_ref());
        comments.iter().find(|stored| {
            let parent = stored.parent.as_ref();
            let is_new = |published| later(published, SKEW) >= self.written;
            stored.says_the_same_as(&own)
                && (parent == self.parent.as_ref() || (above.is_some() && parent == above))
                && stored.published.is_none_or(is_new)
                && !self.known.contains(&stored.id)
        })
    }

    /// It as a comment, for as long as only this device has it.
    pub fn comment(&self) -> Comment {
        Comment {
            moderation: Moderation::Unsent,
            ..Comment::unseen(
                &format!("{LOCAL}{}", self.key),
                self.parent.as_ref(),
                self.draft.draft(),
                self.written,
            )
        }
    }

    /// The key of the letter that [`Letter::comment`] made the comment `id` of.
    pub fn key_of(id: &CommentId) -> Option<&str> {
        id.as_str().strip_prefix(LOCAL)
    }
}

/// What says why a comment was refused; the headers do not.
fn write(response: &Response) -> Json {
    Json::object(vec![
        ("status", i64::from(response.status).into()),
        ("body", response.body.as_str().into()),
    ])
}

/// What ids begin with that this device made.
const LOCAL: &str = "local-";

fn later(moment: Timestamp, ms: i64) -> Timestamp {
    Timestamp::from_ms(moment.ms().saturating_add(ms))
}

/// Whether `moment` and so many milliseconds are yet to come. What is more than a day ahead comes
/// from a clock that was set back since.
fn is_ahead(moment: Timestamp, ms: i64, now: Timestamp) -> bool {
    let left = later(moment, ms).ms().saturating_sub(now.ms());
    (1..=A_DAY).contains(&left)
}
