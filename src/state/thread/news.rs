//! What happens to a conversation while it is read: others write, change and remove comments.
//!
//! A back end tells it, or is asked from time to time ([`Host::follow`]). What is new waits until
//! its reader asks for it, unless nothing of the conversation is on the screen: nothing that is being
//! read is moved.

use causerie_core::{Comment, CommentId, CommentPage, Moderation, Timestamp};

use super::Thread;
use crate::browser::{dom, storage};

impl Thread {
    /// Follows what happens, once, as soon as all of it is here.
    pub(super) fn follow(self) {
        let followed = self.update(|inner| {
            let is_first = !std::mem::replace(&mut inner.is_followed, true);
            let revision = inner.revision.as_deref();
            let address = self.config.backend.events(&self.key, revision);
            is_first.then(|| {
                let (news, is_whole) = self.config.backend.news_cursors(&inner.thread);
                let asked = if is_whole {
                    inner.pieces
                } else {
                    news.len() as u32
                };
                (address, asked, inner.owner.clone())
            })
        });
        let Some((address, pieces, owner)) = followed else {
            return;
        };
        let take = move |data: Option<String>| match data {
            Some(data) => self.take_event(&data),
            None => self.look(),
        };
        owner.with(|| self.host.follow(address.as_deref(), pieces, take));
    }

    /// Looks for what is new.
    pub(super) fn look(self) {
        self.look_at(self.config.backend.news_cursors(&self.name()));
    }

    /// Looks through the pieces that begin at `cursors`; `is_whole` says that they are all of it.
    fn look_at(self, (cursors, is_whole): (Vec<String>, bool)) {
        self.update(|inner| {
            // What is being loaded comes anyway.
            if inner.asked == 0 && inner.waiting.is_empty() {
                inner.waiting = cursors;
                inner.look = Some(Look {
                    is_whole,
                    sent: inner.mine.len(),
                    announced: None,
                    is_broken: false,
                });
            }
        });
        self.ask();
    }

    /// Takes in a piece of what is looked through, in which nothing is to be seen before the last.
    pub(super) fn look_through(self, piece: CommentPage) {
        let seen = self.update(|inner| {
            inner.waiting.extend(piece.next);
            inner.come.extend(piece.comments);
            let look = inner.look.as_mut()?;
            look.announced = look.announced.or(piece.announced);
            look.announced.take_if(|_| look.is_broken);
            let is_last = inner.waiting.is_empty() && inner.asked == 0;
            let look = inner.look.take_if(|_| is_last)?;
            Some((look, std::mem::take(&mut inner.come)))
        });
        let Some((look, comments)) = seen else {
            return self.ask();
        };
        if look.is_whole && self.with(|inner| inner.mine.len()) == look.sent {
            self.remove_all_but(&comments);
        }
        self.arrive(comments, look.announced);
        // The newest are not all: when the number does not fit, something else has changed.
        let fits = look.announced.is_none_or(|announced| {
            self.update(|inner| {
                let here = inner.forest.len() + inner.news.len();
                let missing = announced as i64 - here as i64;
                std::mem::replace(&mut inner.missing, missing) == missing
            })
        });
        if !fits && !look.is_whole {
            self.look_at((self.config.backend.first_cursors(&self.name()), true));
        }
    }

    /// A piece of what is looked through did not come. It is looked for again in a while.
    pub(super) fn look_in_vain(self) {
        self.update(|inner| {
            inner.waiting.clear();
            if let Some(look) = &mut inner.look {
                look.is_whole = false;
                look.is_broken = true;
            }
        });
        self.look_through(CommentPage::default());
    }

    fn take_event(self, data: &str) {
        let Some(news) = self.config.backend.parse_event(data) else {
            return;
        };
        if let Some(id) = news.removed {
            self.remove(&[id]);
        }
        self.arrive(news.comment.into_iter().collect(), news.announced);
    }

    /// Takes in comments as they are now: what is here is patched, what is new is shown or waits.
    fn arrive(self, comments: Vec<Comment>, announced: Option<usize>) {
        let (known, waiting) = self.update(|inner| {
            let is_here = |comment: &Comment| inner.forest.get(&comment.id).is_some();
            let (known, new): (Vec<_>, Vec<_>) = comments.into_iter().partition(is_here);
            for comment in new {
                inner.news.retain(|other| other.id != comment.id);
                // The reader's own, which comes by two ways.
                let is_own = |(id, _): &&mut (CommentId, bool)| {
                    let own = inner.forest.get(id);
                    own.is_some_and(|own| comment.is_same_as(own))
                };
                match inner.unsent.iter_mut().find(is_own) {
                    Some((_, is_sent)) => {
                        // Another tab may have sent it, and too fast to be seen at it.
                        *is_sent = true;
                        inner.mine.push(comment.id);
                    }
                    None => inner.news.push(comment),
                }
            }
            (known, inner.news.len())
        });
        if !known.is_empty() {
            self.merge(known);
        }
        if let Some(announced) = announced {
            self.announced.set_if_new(announced.saturating_sub(waiting));
        }
        self.news.set_if_new(waiting);
        if waiting > 0 && dom::is_to_come(self.host, ".comments") {
            self.show_news();
        }
    }

    /// Shows what is new, and goes to the first of it.
    pub fn go_to_news(self) {
        self.update(|inner| {
            let first = inner.news.iter().min_by_key(|it| it.published);
            inner.wanted = first.map(|it| it.id.clone());
        });
        self.show_news();
    }

    fn show_news(self) {
        let news = self.update(|inner| std::mem::take(&mut inner.news));
        self.news.set_if_new(0);
        self.announced.update(|announced| *announced += news.len());
        self.merge(news);
        self.remember_seen();
        self.tell_count();
    }

    fn remove_all_but(self, comments: &[Comment]) {
        let gone: Vec<_> = self.with(|inner| {
            let mut is_there = vec![false; inner.live.len()];
            let found = comments.iter().map(|it| inner.forest.position(&it.id));
            found.flatten().for_each(|at| is_there[at] = true);
            let rows = inner.forest.chronicle().into_iter();
            let gone = rows.filter(|row| !is_there[row.at]);
            gone.map(|row| row.id).collect()
        });
        self.remove(&gone);
    }

    /// Removes what others no longer see, but for what the reader is just answering.
    fn remove(self, gone: &[CommentId]) {
        let is_less = self.update(|inner| {
            let before = inner.forest.len();
            for id in gone {
                inner.news.retain(|news| news.id != *id);
                let is_busy = inner.live(id).is_some_and(|it| it.is_open());
                let is_public = inner
                    .forest
                    .get(id)
                    .is_some_and(|it| it.moderation.is_public());
                if is_public && !is_busy {
                    inner.forest.remove(id);
                }
            }
            inner.forest.len() < before
        });
        if is_less {
            self.merge(Vec::new());
            self.tell_count();
        }
    }

    /// Whether the comment is younger than the reader's last visit, and not the reader's own.
    pub fn is_new(self, comment: &Comment) -> bool {
        self.with(|inner| {
            let last = inner.seen;
            last > Timestamp::default()
                && comment.published.is_some_and(|published| published > last)
                && comment.moderation == Moderation::Published
                && !inner.mine.contains(&comment.id)
        })
    }

    /// Notes on this device what the reader has seen.
    pub(super) fn remember_seen(self) {
        let newest = self.update(|inner| {
            let newest = inner.forest.newest()?;
            if inner.seen == Timestamp::default() {
                // The first visit: only what comes from now on is new.
                inner.seen = newest;
            }
            Some(newest)
        });
        if let Some(newest) = newest {
            // Where nothing can be kept, nothing is marked as new.
            storage::set(
                storage::Keep::OnDevice,
                &seen_key(&self.key),
                &newest.ms().into(),
            );
        }
    }
}

/// A look at a conversation for what is new.
#[derive(Debug)]
pub(super) struct Look {
    /// Whether it shows all of it: then what is not there is gone.
    is_whole: bool,
    /// How many comments the reader had sent when it began.
    sent: usize,
    announced: Option<usize>,
    /// Whether a piece of it did not come.
    is_broken: bool,
}

/// The newest comment of the conversation at the reader's last visit.
pub(super) fn last_seen(key: &str) -> Timestamp {
    let kept = storage::get(storage::Keep::OnDevice, &seen_key(key));
    let ms = kept.and_then(|kept| kept.whole());
    Timestamp::from_ms(ms.unwrap_or_default())
}

fn seen_key(key: &str) -> String {
    format!("causerie:seen:{key}")
}
