//! `GET /posts/{thread}/events`: what happens in a thread, as server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{Extensions, HeaderMap, HeaderName};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{StreamExt, stream};
use serde::Deserialize;

use super::Thread;
use crate::AppState;
use crate::problem::Problem;
use crate::rate::client_address;
use crate::store::changes::{self, Revision};
use crate::store::posts;
use crate::streams;

/// How long a stream may be silent: proxies close what is silent for a minute, some for half of one.
const SILENCE: Duration = Duration::from_secs(20);

/// How long a client waits before it connects again.
const RETRY: Duration = Duration::from_secs(3);

pub(super) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Asks nginx to hand on each event as it comes.
const BUFFERING: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

#[derive(Deserialize)]
pub(crate) struct EventsQuery {
    after: Option<String>,
}

pub(crate) async fn follow(
    State(state): State<AppState>,
    Thread(thread): Thread,
    query: Result<Query<EventsQuery>, QueryRejection>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let Query(query) = query.map_err(|error| Problem::InvalidQuery(error.body_text()))?;
    // An EventSource that connects again repeats the query of its first request.
    let last = headers.get(LAST_EVENT_ID).map(|id| id.to_str().ok());
    let after = match last {
        Some(id) => Some(id.and_then(Revision::decode)),
        None => query.after.as_deref().map(Revision::decode),
    };
    let key = thread.clone();
    let begin = state.store.read(move |connection| {
        if posts::accepts(connection, &key)?.is_none() {
            return Ok(None);
        }
        let now = changes::revision(connection, &key)?;
        Ok(Some(match after {
            None => Begin::At(now),
            Some(Some(after)) if changes::is_known(connection, &after)? => Begin::At(after),
            Some(_) => Begin::Anew(now),
        }))
    });
    let (position, first) = match begin.await?.ok_or(Problem::ThreadNotFound)? {
        // An id without data is no event and is remembered nevertheless: a client that is cut off
        // before the first event misses nothing either.
        Begin::At(position) => {
            let id = Event::default().id(position.encode());
            (position, id)
        }
        Begin::Anew(position) => {
            let reset = streams::reset(&position);
            (position, reset)
        }
    };
    let address = client_address(&extensions, &headers, state.settings.trust_proxy);
    let stream = state.streams.open(address, &thread, position)?;
    let batches = stream::unfold(stream, async |mut stream| {
        Some((stream.next().await?, stream))
    });
    let events = stream::iter([first.retry(RETRY)])
        .chain(batches.flat_map(stream::iter))
        .map(Ok::<_, Infallible>);
    let keep_alive = KeepAlive::new().interval(SILENCE);
    Ok(([BUFFERING], Sse::new(events).keep_alive(keep_alive)))
}

/// Where a stream begins.
enum Begin {
    /// After this revision.
    At(Revision),
    /// After this one too, but the client asked for another, and has to read the thread anew.
    Anew(Revision),
}
