//! Importing feeds.

use causerie_server::import::{Import, Summary};
use causerie_server::moderation;
use causerie_server::store::comments::Status;

use crate::service::Service;

#[test]
fn every_problem_is_reported_at_once() {
    let feed = r#"{ "items": [
        { "title": "No id" },
        "no object",
        { "id": "a", "date_published": "yesterday", "_causerie": { "accepts": "maybe", "comments": [
            { "id": "", "author": { "name": "x" }, "content": "x", "published": "2026-03-01T09:00:00Z" },
            { "id": "b", "author": { "name": "x" }, "content": "x", "published": "soon", "status": "lost" }
        ] } },
        { "id": "c", "_causerie": { "comments": [{ "id": "d" }] } }
    ] }"#;
    let problems = Import::parse(feed).unwrap_err().join("\n");
    for expected in [
        "items[0]: expected an id",
        "items[1]: ",
        "items[2]._causerie.accepts: expected open, moderated or closed, found \"maybe\"",
        "items[2].date_published: expected an RFC 3339 time, found \"yesterday\"",
        "id \"\": expected an id without spaces",
        "id \"b\".published: expected an RFC 3339 time, found \"soon\"",
        "id \"b\".status: expected published or held, found \"lost\"",
        "items[3]._causerie: missing field `author`",
    ] {
        assert!(problems.contains(expected), "{expected} in\n{problems}");
    }
    for feed in ["", "[]", "{}", "{\"items\": {}}"] {
        assert_eq!(Import::parse(feed).unwrap_err().len(), 1, "{feed}");
    }
}

#[tokio::test]
async fn importing_again_replaces_text_and_keeps_decisions() {
    let service = Service::new();
    moderation::set_status(&service.store, &["first".into()], Status::Rejected).unwrap();
    moderation::set_accepts(&service.store, "open", causerie_core::Accepts::Moderated).unwrap();
    let feed = Import::parse(
        r#"{ "items": [{ "id": "open", "title": "Renamed", "_causerie": { "comments": [
            { "id": "first", "author": { "name": "Ada" }, "content": "New.",
              "published": "2026-03-01T09:00:00Z" },
            { "id": "second", "author": { "name": "Ada" }, "content": "Changed.",
              "published": "2026-03-01T10:00:00Z" } ] } }] }"#,
    )
    .unwrap();
    let summary = service
        .store
        .write_blocking(|connection| feed.store(connection));
    let expected = Summary {
        posts: 1,
        comments: 2,
    };
    assert_eq!(summary.unwrap(), Ok(expected));
    let post = service.json("/api/posts/open").await;
    assert_eq!(
        (&post["title"], &post["_causerie"]["accepts"]),
        (&"Renamed".into(), &"moderated".into())
    );
    let page = service.page("open", None, 10).await.unwrap();
    assert_eq!(page.comments.len(), 1);
    assert_eq!(page.comments[0].html, "<p>Changed.</p>");
    assert_eq!(page.announced, 2);
}

#[tokio::test]
async fn an_id_of_another_post_changes_nothing() {
    let service = Service::new();
    let feed = Import::parse(
        r#"{ "items": [{ "id": "new", "_causerie": { "comments": [
            { "id": "first", "author": { "name": "x" }, "content": "x",
              "published": "2026-03-01T09:00:00Z" } ] } }] }"#,
    )
    .unwrap();
    let problems = service
        .store
        .write_blocking(|connection| feed.store(connection));
    let problems = problems.unwrap().unwrap_err();
    assert_eq!(
        problems,
        ["comment first: expected a new id, found it at the post open"]
    );
    assert_eq!(service.get("/api/posts/new").await.status(), 404);
}
