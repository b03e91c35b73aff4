//! The open event streams: what each has to send next, what wakes them, and how many there may be.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::sse::Event;
use tokio::sync::watch;

use crate::problem::Problem;
use crate::store::changes::{self, News, Revision};
use crate::store::{Store, StoreError};

/// How often it is looked for changes that another process made.
const LOOK: Duration = Duration::from_secs(1);

/// The most events that are read at once: a client that was away for long must not take the memory
/// of all others.
const BATCH: usize = 200;

/// After how many seconds to ask again where there are too many streams.
const RETRY_AFTER: u64 = 60;

/// All streams of a service.
pub(crate) struct Streams {
    store: Store,
    /// The most in all, and the most of one address; 0 for any number.
    limits: (usize, usize),
    open: Mutex<Open>,
    /// The number of the newest change of all threads, as far as it was noticed.
    newest: watch::Sender<i64>,
    ended: watch::Sender<bool>,
}

#[derive(Default)]
struct Open {
    count: usize,
    by_address: HashMap<IpAddr, usize>,
    by_thread: HashMap<String, Arc<Tail>>,
    /// Whether a task is looking for changes.
    is_watched: bool,
}

impl Streams {
    pub(crate) fn new(store: Store, most: usize, most_per_address: usize) -> Self {
        Self {
            store,
            limits: (most, most_per_address),
            open: Mutex::default(),
            newest: watch::Sender::new(0),
            ended: watch::Sender::new(false),
        }
    }

    /// Opens a stream of what happens in `thread` after `position`, which must be a revision of
    /// this database.
    ///
    /// # Errors
    /// When there are too many.
    pub(crate) fn open(
        self: &Arc<Self>,
        address: IpAddr,
        thread: &str,
        position: Revision,
    ) -> Result<Stream, Problem> {
        let mut open = lock(&self.open);
        let reached = |count: usize, most: usize| most > 0 && count >= most;
        let of_address = open.by_address.get(&address).copied().unwrap_or_default();
        if reached(of_address, self.limits.1) {
            return Err(Problem::TooManyRequests(RETRY_AFTER));
        }
        if reached(open.count, self.limits.0) {
            return Err(Problem::Busy(RETRY_AFTER));
        }
        open.count += 1;
        open.by_address.insert(address, of_address + 1);
        let tail = open.by_thread.entry(thread.to_owned()).or_default();
        let tail = tail.clone();
        if !std::mem::replace(&mut open.is_watched, true) {
            tokio::spawn(self.clone().look_for_changes());
        }
        Ok(Stream {
            seat: Seat {
                streams: self.clone(),
                address,
                thread: thread.to_owned(),
                tail,
            },
            position,
            has_more: true,
            newest: self.newest.subscribe(),
            ended: self.ended.subscribe(),
        })
    }

    /// Ends all streams, also those that are opened later.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Wakes the streams after each change, for as long as there are any.
    async fn look_for_changes(self: Arc<Self>) {
        let mut written = self.store.written();
        let mut ended = self.ended.subscribe();
        loop {
            match self.store.read(changes::newest).await {
                Ok(newest) => {
                    self.newest
                        .send_if_modified(|known| std::mem::replace(known, newest) != newest);
                }
                Err(error) => tracing::warn!("no events: {error}"),
            }
            tokio::select! {
                _ = written.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = ended.wait_for(|ended| *ended) => return,
            }
            let mut open = lock(&self.open);
            if open.count == 0 {
                open.is_watched = false;
                return;
            }
        }
    }
}

/// One stream. It counts as open until it is dropped.
pub(crate) struct Stream {
    seat: Seat,
    /// What was read so far.
    position: Revision,
    /// Whether there may be more to read without any change.
    has_more: bool,
    newest: watch::Receiver<i64>,
    ended: watch::Receiver<bool>,
}

impl Stream {
    /// Waits for the next events, one at least; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            if !self.has_more {
                tokio::select! {
                    changed = self.newest.changed() => changed.ok()?,
                    _ = self.ended.wait_for(|ended| *ended) => return None,
                }
            }
            if *self.ended.borrow() {
                return None;
            }
            // Before the database is read, so that a change that comes meanwhile wakes again.
            let newest = *self.newest.borrow_and_update();
            let Seat {
                streams,
                thread,
                tail,
                ..
            } = &self.seat;
            let read = tail.read(&streams.store, thread, &self.position, newest);
            let batch = match read.await {
                Ok(batch) => batch,
                Err(error) => {
                    // The client connects again and resumes.
                    tracing::error!("an event stream broke off: {error}");
                    return None;
                }
            };
            self.position = batch.position.clone();
            self.has_more = batch.has_more;
            if !batch.events.is_empty() {
                return Some(batch.events.clone());
            }
        }
    }
}

struct Seat {
    streams: Arc<Streams>,
    address: IpAddr,
    thread: String,
    tail: Arc<Tail>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = lock(&self.streams.open);
        open.count -= 1;
        if let Some(count) = open.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&self.address);
            }
        }
        // The map has one and this seat another; more are made under the lock only.
        if Arc::strong_count(&self.tail) == 2 {
            open.by_thread.remove(&self.thread);
        }
    }
}

/// The newest events of a thread, which its streams share: all of them want the same at the same
/// time, and one reads it.
#[derive(Default)]
struct Tail {
    last: tokio::sync::Mutex<Option<Arc<Batch>>>,
}

struct Batch {
    /// What was read before.
    after: Revision,
    /// The number of a change that this batch takes into account, with all before it.
    as_of: i64,
    events: Vec<Event>,
    /// What has been read with it.
    position: Revision,
    has_more: bool,
}

impl Tail {
    /// The events of `thread` after `after`, from a moment no earlier than the change `as_of`.
    async fn read(
        &self,
        store: &Store,
        thread: &str,
        after: &Revision,
        as_of: i64,
    ) -> Result<Arc<Batch>, StoreError> {
        let mut last = self.last.lock().await;
        if let Some(batch) = &*last
            && batch.after == *after
            && batch.as_of >= as_of
        {
            return Ok(batch.clone());
        }
        let (thread, position) = (thread.to_owned(), after.clone());
        let read = move |connection: &_| changes::since(connection, &thread, &position, BATCH);
        let batch = Arc::new(match store.read(read).await? {
            News::Lost(position) => Batch {
                after: after.clone(),
                as_of,
                events: vec![reset(&position)],
                position,
                has_more: false,
            },
            News::Events { events, has_more } => Batch {
                after: after.clone(),
                as_of,
                position: events.last().map_or(after, |(last, _)| last).clone(),
                events: events
                    .iter()
                    .map(|(revision, event)| {
                        Event::default().id(revision.encode()).json_data(event)
                    })
                    .collect::<Result<_, _>>()
                    .map_err(|error| StoreError::new(format!("no JSON: {error}")))?,
                has_more,
            },
        });
        *last = Some(batch.clone());
        Ok(batch)
    }
}

/// Tells a client to read the thread anew; what comes later follows `position`.
pub(crate) fn reset(position: &Revision) -> Event {
    let event = Event::default().event("reset").id(position.encode());
    event.data("{}")
}

/// A panic elsewhere leaves the counts as they were.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
