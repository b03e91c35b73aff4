//! `GET /posts/{thread}/events`: what a reader learns while the page is open, and after it was away.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use causerie_core::Timestamp;
use causerie_core::contract::{WireChange, WireComment, WireEvent, WirePage};
use causerie_server::settings::Origins;
use causerie_server::store::changes::{self, News};
use causerie_server::store::comments::{self, Status};
use causerie_server::store::{Store, now};
use causerie_server::{ServiceSettings, moderation};
use futures_util::StreamExt;
use proptest::prelude::*;
use tower::ServiceExt;

use crate::service::{Service, problem};

const EVENTS: &str = "/api/posts/open/events";

#[tokio::test]
async fn what_readers_see_change_is_told() {
    let service = Service::new();
    let store = &service.store;
    let mut stream = Stream::open(&service, EVENTS).await;

    let sent = service.post("open", Some("first"), "New.", "key").await;
    let id = sent.unwrap().id.to_string();
    let event = stream.event().await;
    assert_eq!(event.total, 4);
    let comment = comment(event);
    let listed = service.json("/api/posts/open/comments").await["comments"][2].take();
    assert_eq!(serde_json::to_value(&comment).unwrap(), listed);
    assert_eq!((&comment.id, comment.status.as_str()), (&id, "published"));

    moderation::edit(store, "first", "Otherwise.").unwrap();
    let edited = self::comment(stream.event().await);
    assert_eq!(edited.id, "first");
    assert_eq!(edited.content_html, "<p>Otherwise.</p>");
    assert!(edited.updated.is_some());

    moderation::set_status(store, &["waiting".into()], Status::Published).unwrap();
    let event = stream.event().await;
    assert_eq!(event.total, 4);
    assert_eq!(self::comment(event).id, "waiting");

    moderation::set_status(store, &["waiting".into()], Status::Rejected).unwrap();
    assert_eq!(stream.event().await, removed("waiting", 3));

    moderation::delete(store, std::slice::from_ref(&id)).unwrap();
    assert_eq!(stream.event().await, removed(&id, 2));
}

#[tokio::test]
async fn what_was_never_published_leaves_no_trace() {
    let service = Service::new();
    let store = &service.store;
    let begin = revision(&service, "moderated").await;
    let mut live = Stream::open(&service, "/api/posts/moderated/events").await;
    for (key, fate) in [("a", Status::Rejected), ("b", Status::Held)] {
        let sent = service.post("moderated", None, "Psst.", key).await;
        let ids = [sent.unwrap().id.to_string()];
        moderation::edit(store, &ids[0], "Hush.").unwrap();
        moderation::set_status(store, &ids, fate).unwrap();
        moderation::delete(store, &ids).unwrap();
    }
    let shown = service.post("moderated", None, "Hello.", "c").await;
    let shown = shown.unwrap().id.to_string();
    moderation::set_status(store, std::slice::from_ref(&shown), Status::Published).unwrap();
    let path = format!("/api/posts/moderated/events?after={begin}");
    let mut replayed = Stream::open(&service, &path).await;
    for stream in [&mut live, &mut replayed] {
        // Nothing came before it.
        let event = stream.event().await;
        assert_eq!(event.total, 1);
        assert_eq!(comment(event).id, shown);
        stream.is_silent().await;
        for hidden in ["Psst", "Hush", "secret.example"] {
            assert!(!stream.text.contains(hidden), "{}", stream.text);
        }
    }
}

#[tokio::test]
async fn a_stream_resumes_where_it_broke_off() {
    let service = Service::new();
    let mut stream = Stream::open(&service, EVENTS).await;
    service.post("open", None, "One.", "a").await.unwrap();
    stream.event().await;
    let last = stream.last_id.clone();
    drop(stream);
    service.post("open", None, "Two.", "b").await.unwrap();
    service.post("open", None, "Three.", "c").await.unwrap();
    // In another thread.
    service.post("a/b c?é", None, "Four.", "d").await.unwrap();

    // The header wins: a client that connects again sends the query of its first request, too.
    for path in [EVENTS, &format!("{EVENTS}?after=nonsense")] {
        let headers = [("last-event-id", last.as_str())];
        let mut stream = Stream::open_with(&service, path, &headers).await;
        assert_eq!(stream.text_of_event().await, "<p>Two.</p>");
        assert_eq!(stream.text_of_event().await, "<p>Three.</p>");
        stream.is_silent().await;
    }
    let mut stream = Stream::open(&service, &format!("{EVENTS}?after={last}")).await;
    assert_eq!(stream.text_of_event().await, "<p>Two.</p>");
    let mut stream = Stream::open(&service, EVENTS).await;
    stream.is_silent().await;
}

#[tokio::test]
async fn a_client_that_heard_nothing_yet_misses_nothing_either() {
    let service = Service::new();
    let mut stream = Stream::open(&service, EVENTS).await;
    let begin = stream.frame().await;
    assert_eq!((begin.data.as_str(), begin.retry), ("", Some(3_000)));
    assert_eq!(stream.last_id, revision(&service, "open").await);
    drop(stream);
    service.post("open", None, "One.", "a").await.unwrap();
    let headers = [("last-event-id", begin.id.as_deref().unwrap())];
    let mut stream = Stream::open_with(&service, EVENTS, &headers).await;
    assert_eq!(stream.text_of_event().await, "<p>One.</p>");
}

#[tokio::test]
async fn each_comment_is_replayed_once_as_it_is_now() {
    let service = Service::new();
    let store = &service.store;
    let begin = revision(&service, "open").await;
    for text in ["Once.", "Twice.", "Thrice."] {
        moderation::edit(store, "first", text).unwrap();
        moderation::edit(store, "second", text).unwrap();
    }
    moderation::delete(store, &["second".into()]).unwrap();
    let mut stream = Stream::open(&service, &format!("{EVENTS}?after={begin}")).await;
    assert_eq!(stream.text_of_event().await, "<p>Thrice.</p>");
    assert_eq!(stream.event().await, removed("second", 2));
    stream.is_silent().await;
    assert_eq!(stream.last_id, revision(&service, "open").await);
}

#[tokio::test]
async fn many_changes_come_in_batches_without_gap_or_repetition() {
    const COMMENTS: usize = 450;
    let service = Service::new();
    let begin = revision(&service, "open").await;
    for at in 0..COMMENTS {
        let text = format!("Number {at}.");
        moderation::reply(&service.store, "first", &text).unwrap();
    }
    let mut stream = Stream::open(&service, &format!("{EVENTS}?after={begin}")).await;
    for at in 0..COMMENTS {
        assert_eq!(stream.text_of_event().await, format!("<p>Number {at}.</p>"));
    }
    stream.is_silent().await;
}

#[tokio::test]
async fn what_cannot_be_resumed_is_read_anew() {
    let service = Service::new();
    let now = revision(&service, "open").await;
    let (log, number) = now.split_once('-').unwrap();
    let later = format!("{log}-{}", number.parse::<i64>().unwrap() + 1_000);
    for after in [
        "",
        "nonsense",
        "%0A",
        "%00",
        "%FF",
        "00000000-1",
        "-",
        "1",
        &format!("{log}-"),
        &format!("{log}-+1"),
        &format!("{log}--1"),
        &format!("{log}-99999999999999999999999"),
        &later,
    ] {
        let mut stream = Stream::open(&service, &format!("{EVENTS}?after={after}")).await;
        stream.is_reset(&now).await;
    }
    for id in ["nonsense", "00000000-1"] {
        let now = revision(&service, "open").await;
        let path = format!("{EVENTS}?after={now}");
        let mut stream = Stream::open_with(&service, &path, &[("last-event-id", id)]).await;
        stream.is_reset(&now).await;
        let text = format!("After {id}.");
        service.post("open", None, &text, id).await.unwrap();
        assert_eq!(stream.text_of_event().await, format!("<p>{text}</p>"));
        stream.is_silent().await;
    }
}

#[tokio::test]
async fn what_is_no_longer_kept_is_read_anew() {
    let service = Service::new();
    let begin = revision(&service, "open").await;
    service.post("open", None, "One.", "a").await.unwrap();
    let old = revision(&service, "open").await;
    let moment = Timestamp::from_ms(now().ms() + 5_000);
    let dropped = service
        .store
        .write_blocking(|connection| changes::drop_before(connection, moment))
        .unwrap();
    assert!(dropped > 0);
    // The page and its stream agree also where no change of the thread is kept.
    for thread in ["open", "closed"] {
        let now = revision(&service, thread).await;
        let path = format!("/api/posts/{thread}/events?after={now}");
        Stream::open(&service, &path).await.is_silent().await;
    }
    let mut stream = Stream::open(&service, &format!("{EVENTS}?after={begin}")).await;
    stream.is_reset(&revision(&service, "open").await).await;
    let mut stream = Stream::open(&service, &format!("{EVENTS}?after={old}")).await;
    service.post("open", None, "Two.", "b").await.unwrap();
    assert_eq!(stream.text_of_event().await, "<p>Two.</p>");
}

#[tokio::test]
async fn all_streams_of_a_thread_get_the_same() {
    let service = Service::new();
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(Stream::open(&service, EVENTS).await);
    }
    let mut elsewhere = Stream::open(&service, "/api/posts/closed/events").await;
    for at in 0..10 {
        let text = format!("Number {at}.");
        let key = at.to_string();
        service.post("open", None, &text, &key).await.unwrap();
        // Some fall behind.
        for stream in streams.iter_mut().take(1 + at % 5) {
            stream.text_of_event().await;
        }
    }
    let newest = revision(&service, "open").await;
    for stream in &mut streams {
        while !stream.text.contains("Number 9.") {
            stream.event().await;
        }
        for at in 0..10 {
            let text = format!("<p>Number {at}.</p>");
            assert_eq!(stream.text.matches(&text).count(), 1, "{}", stream.text);
        }
        assert_eq!(stream.last_id, newest);
    }
    elsewhere.is_silent().await;
}

#[tokio::test]
async fn changes_of_another_process_are_noticed() {
    let service = Service::new();
    let mut stream = Stream::open(&service, EVENTS).await;
    stream.is_silent().await;
    // What another process does is seen by no connection of ours.
    let other = Store::open(&service.database()).unwrap();
    for text in ["Once.", "Twice."] {
        moderation::edit(&other, "first", text).unwrap();
        assert_eq!(stream.text_of_event().await, format!("<p>{text}</p>"));
    }
}

#[tokio::test]
async fn changes_of_this_process_are_noticed_at_once() {
    let service = Service::new();
    let mut stream = Stream::open(&service, EVENTS).await;
    stream.frame().await;
    let begin = Instant::now();
    for at in 0..5 {
        let key = at.to_string();
        service.post("open", None, "New.", &key).await.unwrap();
        stream.event().await;
    }
    // Whoever looks once a second would need five.
    assert!(begin.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn nobody_on_the_way_may_hold_it_back() {
    let service = Service::with(ServiceSettings {
        cors_origins: Origins::Listed(vec![HeaderValue::from_static("https://blog.example")]),
        ..ServiceSettings::default()
    });
    let headers = [
        ("accept-encoding", "br, gzip"),
        ("origin", "https://blog.example"),
    ];
    let mut stream = Stream::open_with(&service, EVENTS, &headers).await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache"),
        ("x-accel-buffering", "no"),
        ("access-control-allow-origin", "https://blog.example"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(stream.headers[name], value);
    }
    for name in ["content-encoding", "content-length", "etag"] {
        assert!(!stream.headers.contains_key(name), "{name}");
    }
    stream.is_silent().await;
    let head = Request::head(EVENTS).body(Body::empty()).unwrap();
    let head = service.call(head).await;
    assert_eq!((head.status(), head.body().as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn refusals_are_problems() {
    let service = Service::new();
    for (path, code, status) in [
        ("/api/posts/nowhere/events", "thread-not-found", 404),
        ("/api/posts/%ff/events", "thread-not-found", 404),
        (
            "/api/posts/open/events?after=a&after=b",
            "invalid-query",
            400,
        ),
    ] {
        let answer = service.get(path).await;
        assert_eq!(problem(&answer), (code.to_owned(), status), "{path}");
    }
    let post = Request::post(EVENTS).body(Body::empty()).unwrap();
    let answer = service.call(post).await;
    assert_eq!(problem(&answer).0, "method-not-allowed");
    assert_eq!(answer.headers()["allow"], "GET,HEAD");
}

#[tokio::test]
async fn there_is_a_limit_for_each_and_one_for_all() {
    let service = Service::with(ServiceSettings {
        streams: 3,
        streams_per_address: 2,
        ..ServiceSettings::default()
    });
    let open = async |address: &str| {
        let address: SocketAddr = address.parse().unwrap();
        let request = Request::get(EVENTS).extension(ConnectInfo(address));
        let request = request.body(Body::empty()).unwrap();
        service.router.clone().oneshot(request).await.unwrap()
    };
    let first = open("192.0.2.1:1").await;
    let second = open("192.0.2.1:2").await;
    refuses(open("192.0.2.1:3").await, "too-many-requests", 429).await;
    let third = open("192.0.2.2:1").await;
    refuses(open("192.0.2.3:1").await, "busy", 503).await;
    assert!(
        [&first, &second, &third]
            .iter()
            .all(|stream| stream.status() == 200)
    );
    // A stream counts until it is closed, read or not.
    drop(second);
    let _fourth = open("192.0.2.3:2").await;
    refuses(open("192.0.2.3:3").await, "busy", 503).await;
    drop((first, third));
    for port in 3..10 {
        let answer = open(&format!("192.0.2.1:{port}")).await;
        assert_eq!(answer.status(), 200);
    }
}

async fn refuses(answer: Response<Body>, code: &str, status: u16) {
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let answer = Response::from_parts(parts, text);
    assert_eq!(problem(&answer), (code.to_owned(), status));
    assert_eq!(answer.headers()["retry-after"], "60");
}

#[test]
fn a_database_of_the_first_format_begins_to_count() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.sqlite");
    let connection = rusqlite::Connection::open(&file).unwrap();
    let format = include_str!("../../src/store/0001.sql");
    connection.execute_batch(format).unwrap();
    connection
        .execute_batch(
            "PRAGMA application_id = 0x43617573; PRAGMA user_version = 1;
             INSERT INTO posts VALUES ('old', '{}', 'open', 0);
             INSERT INTO comments (id, thread, name, email, url, post_author, content, html,
                 published, status)
             VALUES ('one', 'old', 'Ada', '', '', 0, 'One.', '<p>One.</p>', 0, 'published'),
                 ('two', 'old', 'Eve', '', '', 0, 'Two.', '<p>Two.</p>', 0, 'held');",
        )
        .unwrap();
    drop(connection);
    let store = Store::open(&file).unwrap();
    let revision = |connection: &_| changes::revision(connection, "old");
    let begin = store.read_blocking(revision).unwrap();
    let since = |connection: &_| changes::since(connection, "old", &begin, 10);
    let nothing = News::Events {
        events: Vec::new(),
        has_more: false,
    };
    assert_eq!(store.read_blocking(since).unwrap(), nothing);
    moderation::delete(&store, &["one".into(), "two".into()]).unwrap();
    let gone = News::Events {
        events: vec![(store.read_blocking(revision).unwrap(), removed("one", 0))],
        has_more: false,
    };
    assert_eq!(store.read_blocking(since).unwrap(), gone);
}

/// What somebody does to the thread.
#[derive(Clone, Debug)]
enum Deed {
    Add,
    Hold,
    Edit(usize),
    Set(usize, Status),
    Delete(usize),
    Import,
}

fn deed() -> impl Strategy<Value = Deed> {
    let status = prop_oneof![
        Just(Status::Published),
        Just(Status::Held),
        Just(Status::Rejected)
    ];
    prop_oneof![
        2 => Just(Deed::Add),
        1 => Just(Deed::Hold),
        2 => any::<usize>().prop_map(Deed::Edit),
        3 => (any::<usize>(), status).prop_map(|(at, status)| Deed::Set(at, status)),
        2 => any::<usize>().prop_map(Deed::Delete),
        1 => Just(Deed::Import),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whoever reads the thread at any time and follows it from there, with a break at any later
    /// time, has in the end what a reader of the whole thread has.
    #[test]
    fn following_comes_to_the_same_as_reading(
        deeds in proptest::collection::vec(deed(), 1..24),
        split in any::<(usize, usize)>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(follow(&deeds, split));
    }
}

async fn follow(deeds: &[Deed], split: (usize, usize)) {
    let service = Service::new();
    let (read, broken) = (split.0 % deeds.len(), split.1 % deeds.len());
    let mut shown = BTreeMap::new();
    let mut position = String::new();
    let mut stream = None;
    for (at, deed) in deeds.iter().enumerate() {
        if at == read {
            let page = page(&service, "open").await;
            position = page.revision.unwrap();
            for comment in page.comments {
                shown.insert(comment.id.clone(), comment);
            }
            let path = format!("{EVENTS}?after={position}");
            stream = Some(Stream::open(&service, &path).await);
        }
        if at == broken
            && let Some(mut broken) = stream.take()
        {
            // All that happened until then has come, or only some of it.
            let frames = if at % 2 == 0 { usize::MAX } else { 2 };
            let now = revision(&service, "open").await;
            broken.take(&mut shown, &now, frames).await;
            position = broken.last_id;
        }
        perform(&service, deed).await;
    }
    let mut last = match stream {
        Some(stream) => stream,
        None => {
            let headers = [("last-event-id", position.as_str())];
            Stream::open_with(&service, EVENTS, &headers).await
        }
    };
    let page = page(&service, "open").await;
    last.take(&mut shown, &page.revision.unwrap(), usize::MAX)
        .await;
    let expected: BTreeMap<_, _> = page
        .comments
        .into_iter()
        .map(|comment| (comment.id.clone(), comment))
        .collect();
    assert_eq!(shown, expected);
}

async fn perform(service: &Service, deed: &Deed) {
    let store = &service.store;
    let ids: Vec<_> = store
        .read_blocking(|connection| comments::list(connection, Some("open"), None))
        .unwrap()
        .into_iter()
        .map(|comment| comment.id)
        .collect();
    let one = |at: usize| (!ids.is_empty()).then(|| ids[at % ids.len()].clone());
    let key = comments::new_id().unwrap();
    match deed {
        Deed::Add => {
            service.post("open", None, "New.", &key).await.unwrap();
        }
        Deed::Hold => {
            let sent = service.post("open", None, "Held.", &key).await.unwrap();
            moderation::set_status(store, &[sent.id.to_string()], Status::Held).unwrap();
        }
        Deed::Edit(at) => {
            if let Some(id) = one(*at) {
                moderation::edit(store, &id, &format!("Edited: {key}.")).unwrap();
            }
        }
        Deed::Set(at, status) => {
            if let Some(id) = one(*at) {
                moderation::set_status(store, &[id], *status).unwrap();
            }
        }
        Deed::Delete(at) => {
            if let Some(id) = one(*at) {
                moderation::delete(store, &[id]).unwrap();
            }
        }
        Deed::Import => service.import(),
    }
}

/// How long nothing has to come for a stream to count as silent.
const SILENCE: Duration = Duration::from_millis(150);

/// An open stream, read as an `EventSource` does.
struct Stream {
    headers: HeaderMap,
    body: BodyDataStream,
    /// All that came.
    text: String,
    /// How much of `text` was read as frames.
    read: usize,
    last_id: String,
}

#[derive(Debug, Default)]
struct Frame {
    id: Option<String>,
    event: Option<String>,
    data: String,
    retry: Option<u32>,
}

impl Stream {
    async fn open(service: &Service, path: &str) -> Self {
        Self::open_with(service, path, &[]).await
    }

    async fn open_with(service: &Service, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = service.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let (parts, body) = response.into_parts();
        Self {
            headers: parts.headers,
            body: body.into_data_stream(),
            text: String::new(),
            read: 0,
            last_id: String::new(),
        }
    }

    /// The next frame, an event or not.
    async fn frame(&mut self) -> Frame {
        let frame = tokio::time::timeout(Duration::from_secs(10), self.whole_frame());
        frame
            .await
            .unwrap_or_else(|_| panic!("no frame after {:?}", self.text))
    }

    async fn whole_frame(&mut self) -> Frame {
        loop {
            if let Some(end) = self.text[self.read..].find("\n\n") {
                let frame = self.text[self.read..self.read + end].to_owned();
                self.read += end + 2;
                return self.parse(&frame);
            }
            let bytes = self.body.next().await.expect("no end").unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    fn parse(&mut self, text: &str) -> Frame {
        let mut frame = Frame::default();
        for line in text.lines() {
            match line.split_once(": ") {
                Some(("id", id)) => frame.id = Some(id.to_owned()),
                Some(("event", event)) => frame.event = Some(event.to_owned()),
                Some(("data", data)) => {
                    // One line, and no second.
                    assert!(frame.data.is_empty(), "{text}");
                    frame.data = data.to_owned();
                }
                Some(("retry", retry)) => frame.retry = Some(retry.parse().unwrap()),
                _ => assert!(line.starts_with(':'), "{line}"),
            }
        }
        if let Some(id) = &frame.id {
            self.last_id.clone_from(id);
        }
        frame
    }

    /// The next event.
    async fn event(&mut self) -> WireEvent {
        loop {
            let frame = self.frame().await;
            if !frame.data.is_empty() {
                assert_eq!(frame.event, None, "{frame:?}");
                assert!(frame.id.is_some(), "{frame:?}");
                return serde_json::from_str(&frame.data).unwrap();
            }
        }
    }

    async fn text_of_event(&mut self) -> String {
        comment(self.event().await).content_html
    }

    async fn is_reset(&mut self, now: &str) {
        let frame = self.frame().await;
        assert_eq!(frame.event.as_deref(), Some("reset"), "{frame:?}");
        assert_eq!(
            (frame.data.as_str(), frame.id.as_deref()),
            ("{}", Some(now))
        );
    }

    /// Nothing comes but what says where it begins.
    async fn is_silent(&mut self) {
        if let Ok(event) = tokio::time::timeout(SILENCE, self.event()).await {
            panic!("expected nothing, found {event:?}");
        }
    }

    /// Applies what comes up to the revision `end`, but no more than so many frames.
    async fn take(&mut self, shown: &mut BTreeMap<String, WireComment>, end: &str, frames: usize) {
        for _ in 0..frames {
            if self.last_id == end {
                return;
            }
            let frame = self.frame().await;
            assert_eq!(frame.event, None);
            if frame.data.is_empty() {
                continue;
            }
            let event: WireEvent = serde_json::from_str(&frame.data).unwrap();
            match event.change {
                WireChange::Comment(comment) => shown.insert(comment.id.clone(), comment),
                WireChange::Removed(id) => shown.remove(&id),
            };
        }
    }
}

fn comment(event: WireEvent) -> WireComment {
    match event.change {
        WireChange::Comment(comment) => comment,
        WireChange::Removed(id) => panic!("expected a comment, found {id} removed"),
    }
}

fn removed(id: &str, total: usize) -> WireEvent {
    WireEvent {
        change: WireChange::Removed(id.to_owned()),
        total,
    }
}

async fn revision(service: &Service, thread: &str) -> String {
    page(service, thread).await.revision.unwrap()
}

async fn page(service: &Service, thread: &str) -> WirePage {
    let path = format!("/api/posts/{thread}/comments?limit=1000");
    serde_json::from_value(service.json(&path).await).unwrap()
}
