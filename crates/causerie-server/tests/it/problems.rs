//! Every refusal is a problem of the contract's table, whoever refuses.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use causerie_server::ServiceSettings;
use std::net::SocketAddr;

use crate::service::{Service, problem};

const COMMENT: &str = r#"{ "author": { "name": "Ada" }, "content": "Hello." }"#;

#[tokio::test]
async fn bad_queries() {
    let service = Service::new();
    for query in [
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=ten",
        "limit=",
        "limit=1.5",
        "limit=%2B5",
        "limit=99999999999999999999999",
        "limit=1&limit=2",
        "cursor=",
        "cursor=nonsense",
        "cursor=AQAAAZCpyZXYAAAAAAAABB",
        "cursor=AgAAAZCpyZXYAAAAAAAABBk",
        "cursor=%00",
    ] {
        let answer = service
            .get(&format!("/api/posts/open/comments?{query}"))
            .await;
        assert_eq!(
            problem(&answer),
            ("invalid-query".to_owned(), 400),
            "{query}"
        );
    }
}

#[tokio::test]
async fn bad_bodies() {
    let service = Service::new();
    for body in [
        "",
        "{",
        "null",
        "[]",
        "\"text\"",
        "{}",
        r#"{ "author": {}, "content": 1 }"#,
        r#"{ "author": ["Ada"], "content": "x" }"#,
        r#"[null, { "name": "Ada" }, "x", null]"#,
        r#"{ "author": { "name": null }, "content": "x" }"#,
        r#"{ "author": { "name": "\ud800" }, "content": "x" }"#,
        r#"{ "author": { "name": "Ada" }, "content": "x" } more"#,
    ] {
        let answer = service.post_raw("open", body).await;
        assert_eq!(problem(&answer), ("invalid-json".to_owned(), 400), "{body}");
    }
    let deep = "[".repeat(60_000);
    assert_eq!(
        problem(&service.post_raw("open", &deep).await).0,
        "invalid-json"
    );
    let large = format!(
        r#"{{ "author": {{ "name": "{}" }} }}"#,
        "x".repeat(64 * 1024)
    );
    let answer = service.post_raw("open", &large).await;
    assert_eq!(problem(&answer), ("too-large".to_owned(), 413));
}

#[tokio::test]
async fn bad_headers() {
    let service = Service::new();
    let post = |headers: &[(&str, &str)]| {
        let mut request = Request::post("/api/posts/open/comments");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        service.call(request.body(Body::from(COMMENT)).unwrap())
    };
    let json = ("content-type", "application/json; charset=utf-8");
    for types in [
        &[][..],
        &[("content-type", "text/plain")],
        &[("content-type", "")],
    ] {
        assert_eq!(
            problem(&post(types).await),
            ("unsupported-media-type".to_owned(), 415)
        );
    }
    let too_long = "k".repeat(101);
    for keys in [
        &[][..],
        &[("idempotency-key", "")],
        &[("idempotency-key", "a b")],
        &[("idempotency-key", "é")],
        &[("idempotency-key", &too_long)],
        &[("idempotency-key", "a"), ("idempotency-key", "b")],
    ] {
        let headers = [&[json], keys].concat();
        let answer = post(&headers).await;
        assert_eq!(
            problem(&answer),
            ("idempotency-key-missing".to_owned(), 400),
            "{keys:?}"
        );
    }
}

#[tokio::test]
async fn unknown_paths_and_threads() {
    let service = Service::new();
    for (path, code) in [
        ("/api", "not-found"),
        ("/api/", "not-found"),
        ("/api/nothing", "not-found"),
        ("/api/posts/", "not-found"),
        ("/api/posts//comments", "thread-not-found"),
        ("/api/posts/open/comments/first/text", "not-found"),
        ("/api/posts/nowhere/comments/first", "thread-not-found"),
        ("/api/posts/nowhere", "thread-not-found"),
        ("/api/posts/nowhere/comments", "thread-not-found"),
        ("/api/posts/%00", "thread-not-found"),
        ("/api/posts/%ff%fe/comments", "thread-not-found"),
        ("/api/posts/..%2f..%2fetc%2fpasswd", "thread-not-found"),
    ] {
        let answer = service.get(path).await;
        assert_eq!(problem(&answer), (code.to_owned(), 404), "{path}");
    }
    let answer = service.post_raw("nowhere", COMMENT).await;
    assert_eq!(problem(&answer).0, "thread-not-found");
}

#[tokio::test]
async fn wrong_methods() {
    let service = Service::new();
    for (path, allowed) in [
        ("/api/feed.json", "GET,HEAD"),
        ("/api/posts/open", "GET,HEAD"),
        ("/api/posts/open/comments", "GET,HEAD,POST"),
        ("/api/posts/open/comments/first", "GET,HEAD"),
    ] {
        for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "BREW"] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .body(Body::empty());
            let answer = service.call(request.unwrap()).await;
            assert_eq!(
                problem(&answer),
                ("method-not-allowed".to_owned(), 405),
                "{method}"
            );
            assert_eq!(answer.headers()["allow"], allowed, "{method} {path}");
        }
    }
    // The client's files are for people, so no problem details here.
    let answer = service
        .call(Request::post("/").body(Body::empty()).unwrap())
        .await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["allow"]),
        (405, &"GET, HEAD".parse().unwrap())
    );
}

#[tokio::test]
async fn too_many_from_one_address() {
    let settings = ServiceSettings {
        rate_limit: 3,
        ..ServiceSettings::default()
    };
    let service = Service::with(settings);
    let mut statuses = Vec::new();
    for key in ["a", "b", "c", "d"] {
        statuses.push(
            post_from(&service, "192.0.2.1:4711", None, key)
                .await
                .status()
                .as_u16(),
        );
    }
    assert_eq!(statuses, [201, 201, 201, 429]);

    let refused = post_from(&service, "192.0.2.1:4712", None, "d").await;
    assert_eq!(problem(&refused), ("too-many-requests".to_owned(), 429));
    let wait: u32 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=20).contains(&wait), "{wait}");

    // Somebody else, and somebody who only pretends to be: without a proxy the header is a lie.
    assert_eq!(
        post_from(&service, "192.0.2.2:1", None, "e").await.status(),
        201
    );
    let pretended = post_from(&service, "192.0.2.1:1", Some("192.0.2.9"), "f").await;
    assert_eq!(pretended.status(), 429);
    assert_eq!(service.get("/api/posts/open/comments").await.status(), 200);
}

#[tokio::test]
async fn behind_a_proxy_its_word_counts() {
    let settings = ServiceSettings {
        rate_limit: 1,
        trust_proxy: true,
        ..ServiceSettings::default()
    };
    let service = Service::with(settings);
    let proxy = "127.0.0.1:1";
    let cases = [
        ("203.0.113.1", 201),
        // The last address is the proxy's; the first is whatever the visitor made up.
        ("203.0.113.2, 203.0.113.1", 429),
        ("203.0.113.1, 203.0.113.2", 201),
        // A household has a whole network of IPv6.
        ("2001:db8::1", 201),
        ("2001:db8::ffff:1", 429),
    ];
    for (at, (forwarded, expected)) in cases.into_iter().enumerate() {
        let answer = post_from(&service, proxy, Some(forwarded), &format!("key-{at}")).await;
        assert_eq!(answer.status(), expected, "{forwarded}");
    }
}

async fn post_from(
    service: &Service,
    address: &str,
    forwarded: Option<&str>,
    key: &str,
) -> Response<String> {
    let mut request = Request::post("/api/posts/open/comments")
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .extension(ConnectInfo(address.parse::<SocketAddr>().unwrap()));
    if let Some(forwarded) = forwarded {
        request = request.header("x-forwarded-for", forwarded);
    }
    service
        .call(request.body(Body::from(COMMENT)).unwrap())
        .await
}
