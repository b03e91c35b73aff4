//! `GET`: the feed, a post, and pages of comments.

use causerie_core::{Accepts, Error, Feed, Limits, Response};
use causerie_server::moderation;
use causerie_server::store::comments::Status;

use crate::service::{Service, problem};

#[tokio::test]
async fn the_feed_is_one_that_the_client_reads() {
    let service = Service::new();
    let answer = service.get("/api/feed.json").await;
    assert_eq!(answer.headers()["content-type"], "application/feed+json");
    let feed = Feed::parse(&Response {
        status: 200,
        body: answer.into_body(),
        ..Response::default()
    })
    .unwrap();
    assert_eq!(feed.title, "Tests");
    let posts: Vec<_> = feed
        .posts
        .iter()
        .map(|post| (post.thread.as_str(), post.comment_count, post.accepts))
        .collect();
    assert_eq!(
        posts,
        [
            ("moderated", Some(0), Accepts::Moderated),
            ("closed", Some(0), Accepts::Closed),
            ("open", Some(3), Accepts::Open),
            ("a/b c?é", Some(0), Accepts::Open),
        ]
    );
}

#[tokio::test]
async fn a_post_is_an_item_with_the_extension() {
    let service = Service::new();
    let post = service.json("/api/posts/open").await;
    assert_eq!(post["title"], "Open");
    let expected = serde_json::json!({ "thread": "open", "comment_count": 3, "accepts": "open" });
    assert_eq!(post["_causerie"], expected);
    let escaped = service.json("/api/posts/a%2Fb%20c%3F%C3%A9").await;
    assert_eq!(escaped["_causerie"]["thread"], "a/b c?é");
}

#[tokio::test]
async fn only_published_comments_are_listed_and_held_ones_announced() {
    let service = Service::new();
    let page = service.page("open", None, 100).await.unwrap();
    let ids: Vec<_> = page
        .comments
        .iter()
        .map(|comment| comment.id.as_str())
        .collect();
    assert_eq!(ids, ["first", "second"]);
    assert_eq!((page.announced, page.next), (3, None));
    assert_eq!(
        (page.accepts, page.limits),
        (Accepts::Open, Limits::default())
    );
    assert!(page.comments[1].author.wrote_post && !page.comments[0].author.wrote_post);
    let body = service.get("/api/posts/open/comments").await.into_body();
    assert!(
        !body.contains("secret") && !body.contains("email\":\""),
        "{body}"
    );
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let service = Service::new();
    let mut expected = vec!["One.".to_owned(), "Two.".to_owned()];
    for at in 0..25 {
        let text = format!("Number {at}.");
        service
            .post("open", None, &text, &format!("key-{at}"))
            .await
            .unwrap();
        expected.push(text);
    }
    for limit in [1, 7, 27, 28, 1_000] {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let page = service
                .page("open", cursor.as_deref(), limit)
                .await
                .unwrap();
            assert!(page.comments.len() <= limit as usize);
            found.extend(
                page.comments
                    .into_iter()
                    .map(|comment| comment.html.replace("<p>", "").replace("</p>", "")),
            );
            match page.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(found, expected, "limit {limit}");
    }
}

#[tokio::test]
async fn a_comment_between_two_pages_is_not_lost() {
    let service = Service::new();
    let first = service.page("open", None, 1).await.unwrap();
    service
        .post("open", Some("first"), "In between.", "key")
        .await
        .unwrap();
    let rest = service
        .page("open", first.next.as_deref(), 100)
        .await
        .unwrap();
    let texts: Vec<_> = rest
        .comments
        .iter()
        .map(|comment| comment.html.as_str())
        .collect();
    assert_eq!(texts, ["<p>Two.</p>", "<p>In between.</p>"]);
}

#[tokio::test]
async fn an_unknown_thread_is_not_an_empty_one() {
    let service = Service::new();
    assert_eq!(
        service.page("nowhere", None, 10).await,
        Err(Error::NotFound)
    );
}

#[tokio::test]
async fn many_threads_are_counted_at_once() {
    let service = Service::new();
    let path = "/api/counts?thread=open&thread=nowhere&thread=a%2Fb%20c%3F%C3%A9";
    assert_eq!(
        service.json(path).await,
        serde_json::json!({ "counts": { "open": 3, "nowhere": 0, "a/b c?é": 0 } })
    );
    let too_many = format!("/api/counts?{}", "thread=x&".repeat(101));
    for path in ["/api/counts", too_many.as_str()] {
        assert_eq!(
            problem(&service.get(path).await),
            ("invalid-query".to_owned(), 400)
        );
    }
}

#[tokio::test]
async fn a_revision_is_another_after_each_change_that_readers_see() {
    let service = Service::new();
    let mut seen = vec![revision(&service, "open").await];
    let mut changed = async |expected: bool| {
        let now = revision(&service, "open").await;
        assert_eq!(!seen.contains(&now), expected, "{now} after {seen:?}");
        seen.push(now);
    };
    let (store, waiting) = (&service.store, ["waiting".to_owned()]);
    service.post("open", None, "New.", "key").await.unwrap();
    changed(true).await;
    moderation::edit(store, "first", "Otherwise.").unwrap();
    changed(true).await;
    moderation::set_status(store, &waiting, Status::Published).unwrap();
    changed(true).await;
    moderation::set_status(store, &waiting, Status::Published).unwrap();
    changed(false).await;
    moderation::set_status(store, &waiting, Status::Held).unwrap();
    changed(true).await;
    // What is not published may come and go.
    moderation::edit(store, "waiting", "Otherwise.").unwrap();
    moderation::set_status(store, &waiting, Status::Rejected).unwrap();
    moderation::delete(store, &waiting).unwrap();
    changed(false).await;
    moderation::delete(store, &["second".into()]).unwrap();
    changed(true).await;
    // Nor do changes elsewhere count.
    let elsewhere = revision(&service, "closed").await;
    service
        .post("a/b c?é", None, "New.", "key-2")
        .await
        .unwrap();
    changed(false).await;
    assert_eq!(revision(&service, "closed").await, elsewhere);
}

#[tokio::test]
async fn importing_the_same_again_is_no_change() {
    let service = Service::new();
    let before = revision(&service, "open").await;
    service.import();
    assert_eq!(revision(&service, "open").await, before);
}

async fn revision(service: &Service, thread: &str) -> String {
    let path = format!("/api/posts/{thread}/comments?limit=1");
    let page = service.json(&path).await;
    page["revision"].as_str().unwrap().to_owned()
}
