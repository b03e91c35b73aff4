//! What a moderator decides, and what readers see of it.

use causerie_core::CommentId;
use causerie_server::moderation;
use causerie_server::store::comments::Status;

use crate::service::{Service, backend, draft, problem, stored, submission};

#[tokio::test]
async fn decisions_show_at_once() {
    let service = Service::new();
    let shown = async || {
        let page = service.page("open", None, 100).await.unwrap();
        let ids: Vec<_> = page
            .comments
            .iter()
            .map(|comment| comment.id.to_string())
            .collect();
        (ids.join(" "), page.announced)
    };
    assert_eq!(shown().await, ("first second".to_owned(), 3));
    moderation::set_status(&service.store, &["waiting".into()], Status::Published).unwrap();
    assert_eq!(shown().await, ("first second waiting".to_owned(), 3));
    moderation::set_status(&service.store, &["waiting".into()], Status::Rejected).unwrap();
    assert_eq!(shown().await, ("first second".to_owned(), 2));
    moderation::delete(&service.store, &["first".into()]).unwrap();
    assert_eq!(shown().await, ("second".to_owned(), 1));
    let page = service.page("open", None, 100).await.unwrap();
    let parent = page.comments[0].parent.as_ref();
    assert_eq!(parent.map(ToString::to_string).as_deref(), Some("first"));

    let id = moderation::reply(&service.store, "second", "Well *said*.").unwrap();
    let page = service.page("open", None, 100).await.unwrap();
    let reply = &page.comments[1];
    assert_eq!(
        (reply.id.as_str(), reply.html.as_str()),
        (id.as_str(), "<p>Well <em>said</em>.</p>")
    );
    assert!(reply.author.wrote_post && reply.author.name == "Blogger");

    let missing = moderation::delete(&service.store, &["first".into(), "second".into()]);
    assert_eq!(
        missing.unwrap_err().to_string(),
        "there is no comment first"
    );
    assert_eq!(shown().await, (id, 1));
}

#[tokio::test]
async fn who_has_sent_a_comment_learns_what_became_of_it() {
    let service = Service::new();
    let client = backend();
    let rejected = async |id: &str| {
        let request = client.ask_after("open", &CommentId::new(id));
        let response = service.send(request.expect("it tells")).await;
        assert!(!response.body.contains("Eve"), "{}", response.body);
        client.is_rejected(&response)
    };
    assert!(!rejected("waiting").await && !rejected("first").await);
    assert!(rejected("unheard of").await);
    moderation::set_status(&service.store, &["waiting".into()], Status::Rejected).unwrap();
    assert!(rejected("waiting").await);
    moderation::delete(&service.store, &["first".into()]).unwrap();
    assert!(rejected("first").await);
    let standing = service.json("/api/posts/open/comments/second").await;
    let expected = serde_json::json!({ "id": "second", "status": "published" });
    assert_eq!(standing, expected);
    // One of another post is not one of this.
    let elsewhere = service.json("/api/posts/closed/comments/second").await;
    assert_eq!(elsewhere["status"], "rejected");
    let nowhere = service.get("/api/posts/none/comments/second").await;
    assert_eq!(problem(&nowhere), ("thread-not-found".into(), 404));
}

#[tokio::test]
async fn an_edited_comment_says_so() {
    let service = Service::new();
    let before = service.page("open", None, 100).await.unwrap();
    assert!(before.comments[0].updated.is_none());
    moderation::edit(&service.store, "first", "One, *or two*. <b>").unwrap();
    let after = service.page("open", None, 100).await.unwrap();
    let edited = &after.comments[0];
    assert_eq!(
        edited.html,
        "<p>One, <em>or two</em>. &lt;b&gt;</p>".to_owned()
    );
    assert!(edited.updated > edited.published);
    assert_eq!(edited.published, before.comments[0].published);
    assert_eq!(after.comments[1], before.comments[1]);
    // It stays as hidden as it was.
    moderation::edit(&service.store, "waiting", "Four.").unwrap();
    let page = service.page("open", None, 100).await.unwrap();
    assert_eq!((page.comments.len(), page.announced), (2, 3));

    let missing = moderation::edit(&service.store, "nobody", "Nothing.");
    assert_eq!(
        missing.unwrap_err().to_string(),
        "there is no comment nobody"
    );
}

#[tokio::test]
async fn a_retry_tells_how_its_comment_stands_now() {
    let service = Service::new();
    let sent = service
        .post("moderated", None, "Hello.", "key")
        .await
        .unwrap();
    let ids = [sent.id.to_string()];
    let status = async || {
        let draft = draft("Hello.");
        let submission = submission("moderated", None, &draft, "key");
        let response = service.send(backend().submit(&submission)).await;
        let comment = stored(backend().parse_submitted(&submission, &response));
        assert_eq!(comment.unwrap().id, sent.id);
        response.status
    };
    assert_eq!(status().await, 202);
    moderation::set_status(&service.store, &ids, Status::Published).unwrap();
    assert_eq!(status().await, 201);
    moderation::set_status(&service.store, &ids, Status::Rejected).unwrap();
    assert_eq!(status().await, 202);
    moderation::delete(&service.store, &ids).unwrap();
    assert_eq!(status().await, 202);
}

#[test]
fn lists_are_lines_of_fields() {
    let service = Service::new();
    let mut out = Vec::new();
    moderation::list_comments(&service.store, Some("open"), Some(Status::Held), &mut out).unwrap();
    moderation::list_posts(&service.store, &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "waiting\theld\t2026-03-01T11:00:00Z\topen\tEve\tThree.\n\
         moderated\tmoderated\t0\tModerated\n\
         closed\tclosed\t0\tClosed\n\
         open\topen\t3\tOpen\n\
         a/b c?é\topen\t0\tAn id that needs escaping\n"
    );
}
