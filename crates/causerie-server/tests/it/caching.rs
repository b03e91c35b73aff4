//! Entity tags, encodings, and other origins.

use axum::body::Body;
use axum::http::{HeaderValue, Request, Response};
use causerie_server::ServiceSettings;
use causerie_server::settings::Origins;

use crate::service::{Service, problem};

const COMMENTS: &str = "/api/posts/open/comments";

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let service = Service::new();
    for path in ["/api/feed.json", "/api/posts/open", COMMENTS] {
        let first = service.get(path).await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        assert!(tag.starts_with('"') && first.headers()["cache-control"] == "no-cache");
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"x\", {tag}"),
            "*".to_owned(),
        ] {
            let again = conditional(&service, path, &known).await;
            assert_eq!(
                (again.status().as_u16(), again.body().as_str()),
                (304, ""),
                "{known}"
            );
            assert_eq!(again.headers()["etag"], tag.as_str());
            assert!(!again.headers().contains_key("content-type"));
        }
        assert_eq!(conditional(&service, path, "\"x\"").await.status(), 200);
    }
}

#[tokio::test]
async fn a_new_comment_changes_the_tags() {
    let service = Service::new();
    let before = [
        service.get(COMMENTS).await,
        service.get("/api/feed.json").await,
    ];
    service
        .post("open", None, "Something new.", "key")
        .await
        .unwrap();
    let after = [
        service.get(COMMENTS).await,
        service.get("/api/feed.json").await,
    ];
    for (before, after) in before.iter().zip(&after) {
        assert_ne!(before.headers()["etag"], after.headers()["etag"]);
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let service = Service::new();
    let get = service.get(COMMENTS).await;
    let head = service
        .call(Request::head(COMMENTS).body(Body::empty()).unwrap())
        .await;
    assert_eq!((head.status().as_u16(), head.body().as_str()), (200, ""));
    assert_eq!(head.headers()["etag"], get.headers()["etag"]);
    assert_eq!(
        head.headers()["content-length"],
        get.body().len().to_string().as_str()
    );
}

#[tokio::test]
async fn each_encoding_has_its_own_tag() {
    let service = Service::new();
    let mut tags = vec![service.get(COMMENTS).await.headers()["etag"].clone()];
    for encoding in ["br", "gzip"] {
        let request = Request::get(COMMENTS).header("accept-encoding", encoding);
        let answer = service.call(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.headers()["content-encoding"], encoding);
        assert!(
            answer
                .headers()
                .get_all("vary")
                .iter()
                .any(|vary| vary == "accept-encoding")
        );
        tags.push(answer.headers()["etag"].clone());
    }
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2]);
}

#[tokio::test]
async fn a_named_origin_may_read_and_write() {
    let service = with_origins(Origins::Listed(vec![HeaderValue::from_static(
        "https://blog.example",
    )]));
    let read = from(&service, "GET", "https://blog.example").await;
    assert_eq!(
        read.headers()["access-control-allow-origin"],
        "https://blog.example"
    );
    assert_eq!(
        read.headers()["access-control-expose-headers"],
        "date,etag,retry-after"
    );
    assert!(
        !read
            .headers()
            .contains_key("access-control-allow-credentials")
    );
    assert!(
        read.headers()
            .get_all("vary")
            .iter()
            .any(|vary| vary == "origin")
    );

    let preflight = from(&service, "OPTIONS", "https://blog.example").await;
    assert_eq!(
        preflight.headers()["access-control-allow-methods"],
        "GET,POST"
    );
    let allowed = preflight.headers()["access-control-allow-headers"]
        .to_str()
        .unwrap();
    assert_eq!(
        allowed,
        "content-type,idempotency-key,if-none-match,last-event-id"
    );

    // A refusal has to be readable too, or the client could not tell it from a network failure.
    let refused = Request::get("/api/posts/nowhere").header("origin", "https://blog.example");
    let refused = service.call(refused.body(Body::empty()).unwrap()).await;
    assert_eq!(problem(&refused).0, "thread-not-found");
    assert_eq!(
        refused.headers()["access-control-allow-origin"],
        "https://blog.example"
    );
}

#[tokio::test]
async fn no_other_origin_hears_of_cors() {
    let listed = with_origins(Origins::Listed(vec![HeaderValue::from_static(
        "https://blog.example",
    )]));
    for service in [listed, Service::new()] {
        for origin in [
            "https://evil.example",
            "https://blog.example.evil.example",
            "null",
        ] {
            for method in ["GET", "OPTIONS"] {
                let answer = from(&service, method, origin).await;
                let cors: Vec<_> = answer
                    .headers()
                    .keys()
                    .filter(|name| name.as_str().starts_with("access-control-"))
                    .collect();
                assert!(cors.is_empty(), "{method} {origin}: {cors:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_star_is_everybody() {
    let service = with_origins(Origins::Any);
    let answer = from(&service, "GET", "https://anybody.example").await;
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
}

fn with_origins(cors_origins: Origins) -> Service {
    Service::with(ServiceSettings {
        cors_origins,
        ..ServiceSettings::default()
    })
}

async fn from(service: &Service, method: &str, origin: &str) -> Response<String> {
    let request = Request::builder()
        .method(method)
        .uri(COMMENTS)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "idempotency-key");
    service.call(request.body(Body::empty()).unwrap()).await
}

async fn conditional(service: &Service, path: &str, tag: &str) -> Response<String> {
    let request = Request::get(path).header("if-none-match", tag);
    service.call(request.body(Body::empty()).unwrap()).await
}
