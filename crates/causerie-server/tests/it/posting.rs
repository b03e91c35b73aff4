//! `POST`: what is stored, and how often.

use causerie_core::{Error, Field, Moderation};
use serde_json::json;

use crate::service::{Service, backend, draft, problem, stored, submission};

#[tokio::test]
async fn a_comment_and_an_answer_to_it_are_published() {
    let service = Service::new();
    let comment = service
        .post("open", None, "Good *evening*.", "a")
        .await
        .unwrap();
    assert_eq!(comment.html, "<p>Good <em>evening</em>.</p>");
    assert_eq!(comment.author.url.as_deref(), Some("https://ada.example"));
    assert_eq!(comment.moderation, Moderation::Published);
    assert!(comment.published.is_some() && !comment.author.wrote_post);
    assert!(comment.id.as_str().len() >= 10);

    let parent = Some(comment.id.as_str());
    let answer = service
        .post("open", parent, "And to you.", "b")
        .await
        .unwrap();
    assert_eq!(answer.parent.as_ref(), Some(&comment.id));
    let page = service.page("open", None, 100).await.unwrap();
    assert_eq!(page.comments[2..], [comment, answer]);
    assert_eq!(page.announced, 5);
}

#[tokio::test]
async fn a_moderated_post_holds_what_it_gets() {
    let service = Service::new();
    let draft = draft("Hello.");
    let submission = submission("moderated", None, &draft, "key");
    let response = service.send(backend().submit(&submission)).await;
    assert_eq!(response.status, 202);
    let comment = stored(backend().parse_submitted(&submission, &response)).unwrap();
    assert_eq!(comment.moderation, Moderation::Held);
    let page = service.page("moderated", None, 100).await.unwrap();
    assert_eq!((page.comments.len(), page.announced), (0, 1));
}

#[tokio::test]
async fn a_closed_post_takes_nothing() {
    let service = Service::new();
    assert_eq!(
        service.post("closed", None, "Hello.", "key").await,
        Err(Error::Closed)
    );
}

#[tokio::test]
async fn the_same_key_stores_once_and_answers_the_same() {
    let service = Service::new();
    let first = service.post("open", None, "Once.", "key").await.unwrap();
    let second = service.post("open", None, "Once.", "key").await.unwrap();
    assert_eq!(first, second);
    assert_eq!(service.page("open", None, 100).await.unwrap().announced, 4);

    let other_text = service.post("open", None, "Twice.", "key").await;
    let other_thread = service.post("moderated", None, "Once.", "key").await;
    for refused in [other_text, other_thread] {
        assert!(
            matches!(refused, Err(Error::Status { status: 422, .. })),
            "{refused:?}"
        );
    }
    // Another key with the same words is somebody who says it again.
    service
        .post(
            "open",
            None,
            "Once.",
            "other key".replace(' ', "-").as_str(),
        )
        .await
        .unwrap();
    assert_eq!(service.page("open", None, 100).await.unwrap().announced, 5);
}

#[tokio::test]
async fn what_is_written_differently_and_means_the_same_is_the_same() {
    let service = Service::new();
    let bodies = [
        json!({ "author": { "name": "Ada" }, "content": "Hello." }),
        json!({ "author": { "name": " Ada ", "url": "", "email": null }, "content": "Hello.\r\n",
                "parent": null, "trap": "", "unknown": 1 }),
    ];
    let mut answers = Vec::new();
    for body in bodies {
        let answer = service.post_raw("open", &body.to_string()).await;
        answers.push((answer.status().as_u16(), answer.into_body()));
    }
    assert_eq!(answers[0].0, 201);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_retry_is_answered_even_where_the_post_was_closed_since() {
    let service = Service::new();
    let first = service
        .post("open", Some("first"), "Just in time.", "key")
        .await
        .unwrap();
    causerie_server::moderation::set_accepts(
        &service.store,
        "open",
        causerie_core::Accepts::Closed,
    )
    .unwrap();
    causerie_server::moderation::delete(&service.store, &["first".into()]).unwrap();
    let again = service
        .post("open", Some("first"), "Just in time.", "key")
        .await;
    assert_eq!(again, Ok(first));
    assert_eq!(
        service.post("open", None, "Too late.", "new").await,
        Err(Error::Closed)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_at_once_with_one_key_store_one() {
    let service = std::sync::Arc::new(Service::new());
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let service = service.clone();
            tokio::spawn(async move { service.post("open", None, "Once.", "key").await.unwrap() })
        })
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    for task in tasks {
        ids.insert(task.await.unwrap().id);
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(service.page("open", None, 100).await.unwrap().announced, 4);
}

#[tokio::test]
async fn the_honeypot_looks_like_success_and_stores_nothing() {
    let service = Service::new();
    let body = json!({ "author": { "name": "Bot" }, "content": "Buy!", "trap": "yes" }).to_string();
    let answer = service.post_raw("open", &body).await;
    assert_eq!(answer.status(), 202);
    let comment: causerie_core::contract::WireComment =
        serde_json::from_str(answer.body()).unwrap();
    assert_eq!(
        (comment.status.as_str(), comment.content_html.as_str()),
        ("held", "<p>Buy!</p>")
    );
    assert_eq!(service.page("open", None, 100).await.unwrap().announced, 3);
}

#[tokio::test]
async fn each_field_is_named_with_its_fault() {
    let service = Service::new();
    let long = |count| "x".repeat(count);
    let ada = json!({ "name": "Ada" });
    let cases = [
        (
            json!({ "author": { "name": " \n" }, "content": "x" }),
            "name",
            "required",
        ),
        (
            json!({ "author": { "name": long(81) }, "content": "x" }),
            "name",
            "too-long",
        ),
        (
            json!({ "author": { "name": "A\u{0}da" }, "content": "x" }),
            "name",
            "invalid",
        ),
        (
            json!({ "author": { "name": "\u{7}\u{1b}" }, "content": "x" }),
            "name",
            "required",
        ),
        (
            json!({ "author": { "name": "Ada", "email": "ada" }, "content": "x" }),
            "email",
            "invalid",
        ),
        (
            json!({ "author": { "name": "Ada", "email": "a@b\u{7}.example" }, "content": "x" }),
            "email",
            "invalid",
        ),
        (
            json!({ "author": { "name": "Ada", "email": format!("a@b.{}", long(255)) }, "content": "x" }),
            "email",
            "too-long",
        ),
        (
            json!({ "author": { "name": "Ada", "url": "javascript:alert(1)" }, "content": "x" }),
            "url",
            "invalid",
        ),
        (
            json!({ "author": { "name": "Ada", "url": format!("https://a.example/{}", long(500)) }, "content": "x" }),
            "url",
            "too-long",
        ),
        (
            json!({ "author": ada, "content": "" }),
            "content",
            "required",
        ),
        (
            json!({ "author": ada, "content": "a\u{0}b" }),
            "content",
            "invalid",
        ),
        (
            json!({ "author": ada, "content": long(10_001) }),
            "content",
            "too-long",
        ),
        (
            json!({ "author": ada, "content": "x", "parent": "nobody" }),
            "parent",
            "not-found",
        ),
        (
            json!({ "author": ada, "content": "x", "parent": "waiting" }),
            "parent",
            "not-found",
        ),
    ];
    for (body, field, code) in cases {
        let answer = service.post_raw("open", &body.to_string()).await;
        assert_eq!(
            problem(&answer),
            ("invalid-comment".to_owned(), 422),
            "{body}"
        );
        let problem: causerie_core::contract::Problem =
            serde_json::from_str(answer.body()).unwrap();
        let faults: Vec<_> = problem
            .errors
            .iter()
            .map(|(field, fault)| (field.as_str(), fault.code.as_str()))
            .collect();
        assert_eq!(faults, [(field, code)], "{body}");
        assert!(!problem.errors[field].detail.is_empty());
    }
    assert_eq!(service.page("open", None, 100).await.unwrap().announced, 3);
}

#[tokio::test]
async fn the_client_learns_what_is_wrong_with_a_parent_of_another_post() {
    let service = Service::new();
    let refused = service
        .post("moderated", Some("first"), "Hello.", "key")
        .await;
    let Err(Error::Refused(refusal)) = refused else {
        panic!("expected a refusal, found {refused:?}");
    };
    assert_eq!(refusal.fields[0].field, Field::Parent);
}

#[tokio::test]
async fn control_characters_that_show_nothing_are_dropped() {
    let service = Service::new();
    let body = json!({ "author": { "name": "A\u{1b}[2Jda\nB" }, "content": "a\u{7}b\r\nc\td" });
    let answer = service.post_raw("open", &body.to_string()).await;
    let comment: causerie_core::contract::WireComment =
        serde_json::from_str(answer.body()).unwrap();
    assert_eq!(comment.author.name, "A[2Jda B");
    assert_eq!(comment.content_html, "<p>ab<br>\nc\td</p>");
}
