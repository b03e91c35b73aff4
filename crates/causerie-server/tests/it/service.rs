//! The service under test, spoken to in the client's own words.

use std::path::PathBuf;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http;
use causerie_core::{
    Accepts, Backend, CheckedDraft, Comment, CommentId, Draft, Error, Limits, Method, Request,
    Response, Submission, contract,
};
use causerie_server::import::Import;
use causerie_server::store::Store;
use causerie_server::{AppState, ServiceSettings, app};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

const FEED: &str = r#"{
  "version": "https://jsonfeed.org/version/1.1", "title": "Tests", "language": "en",
  "authors": [{ "name": "Blogger" }],
  "items": [
    { "id": "open", "title": "Open", "date_published": "2026-03-01T08:00:00Z",
      "_causerie": { "accepts": "open", "comments": [
        { "id": "first", "author": { "name": "Ada", "email": "ada@secret.example" },
          "content": "One.", "published": "2026-03-01T09:00:00Z" },
        { "id": "second", "parent": "first", "author": { "name": "Blogger", "post_author": true },
          "content": "Two.", "published": "2026-03-01T10:00:00Z" },
        { "id": "waiting", "author": { "name": "Eve" }, "status": "held",
          "content": "Three.", "published": "2026-03-01T11:00:00Z" } ] } },
    { "id": "moderated", "title": "Moderated", "date_published": "2026-03-03T08:00:00Z",
      "_causerie": { "accepts": "moderated" } },
    { "id": "closed", "title": "Closed", "date_published": "2026-03-02T08:00:00Z",
      "_causerie": { "accepts": "closed" } },
    { "id": "a/b c?é", "title": "An id that needs escaping",
      "date_published": "2026-02-01T08:00:00Z" }
  ] }"#;

const DATABASE: &str = "test.sqlite";

/// A page of the contract, which says everything.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) comments: Vec<Comment>,
    pub(crate) announced: usize,
    pub(crate) accepts: Accepts,
    pub(crate) limits: Limits,
    pub(crate) next: Option<String>,
}

pub(crate) struct Service {
    pub(crate) store: Store,
    pub(crate) router: Router,
    /// Removed with the service.
    folder: TempDir,
}

impl Service {
    pub(crate) fn new() -> Self {
        Self::with(ServiceSettings::default())
    }

    pub(crate) fn with(settings: ServiceSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join(DATABASE)).unwrap();
        let service = Self {
            router: app(AppState::new(store.clone(), settings)),
            store,
            folder,
        };
        service.import();
        service
    }

    /// The file, for a store of another process.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join(DATABASE)
    }

    /// Stores the feed, once more where it is there.
    pub(crate) fn import(&self) {
        let feed = Import::parse(FEED).unwrap();
        self.store
            .write_blocking(|connection| feed.store(connection))
            .unwrap()
            .unwrap();
    }

    /// Sends anything and gives the answer with its body as text.
    pub(crate) async fn call(&self, request: http::Request<Body>) -> http::Response<String> {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        http::Response::from_parts(parts, String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(crate) async fn get(&self, path: &str) -> http::Response<String> {
        let request = http::Request::get(path).body(Body::empty()).unwrap();
        self.call(request).await
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        serde_json::from_str(self.get(path).await.body()).unwrap()
    }

    /// Sends what the client would send.
    pub(crate) async fn send(&self, request: Request) -> Response {
        let mut builder = http::Request::builder()
            .uri(&request.url)
            .method(match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Put => "PUT",
                Method::Delete => "DELETE",
            });
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let body = request.body.map_or_else(Body::empty, Body::from);
        let response = self.call(builder.body(body).unwrap()).await;
        let header = |name| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
        Response {
            status: response.status().as_u16(),
            headers: Response::HEADERS
                .into_iter()
                .filter_map(|name| Some((name, header(name)?)))
                .collect(),
            body: response.body().clone(),
            ..Response::default()
        }
    }

    /// A page of `limit` comments, which the client itself never asks for.
    pub(crate) async fn page(
        &self,
        thread: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page, Error> {
        let backend = backend();
        let cursor = cursor.unwrap_or_default();
        let mut request = backend.list_comments(thread, cursor);
        let (path, query) = request.url.split_once("?limit=").unwrap();
        let rest = query.trim_start_matches(|digit: char| digit.is_ascii_digit());
        request.url = format!("{path}?limit={limit}{rest}");
        let page = backend.parse_comments(cursor, &self.send(request).await)?;
        Ok(Page {
            comments: page.comments,
            announced: page.announced.unwrap(),
            accepts: page.accepts.unwrap(),
            limits: page.limits.unwrap(),
            next: page.next.into_iter().next(),
        })
    }

    pub(crate) async fn post(
        &self,
        thread: &str,
        parent: Option<&str>,
        text: &str,
        key: &str,
    ) -> Result<Comment, Error> {
        let backend = backend();
        let parent = parent.map(CommentId::new);
        let draft = draft(text);
        let submission = submission(thread, parent.as_ref(), &draft, key);
        let response = self.send(backend.submit(&submission)).await;
        stored(backend.parse_submitted(&submission, &response))
    }

    /// Sends a body as it is, as JSON and with a key.
    pub(crate) async fn post_raw(&self, thread: &str, body: &str) -> http::Response<String> {
        let request = http::Request::post(format!("/api/posts/{thread}/comments"))
            .header("content-type", "application/json")
            .header("idempotency-key", "raw")
            .body(Body::from(body.to_owned()));
        self.call(request.unwrap()).await
    }
}

pub(crate) fn backend() -> Backend {
    Backend::Contract(contract::Endpoint::new("/api"))
}

pub(crate) fn draft(text: &str) -> CheckedDraft {
    let draft = Draft {
        name: "Ada".into(),
        email: "ada@secret.example".into(),
        url: "ada.example".into(),
        text: text.into(),
        trap: String::new(),
    };
    draft.check(&Limits::default()).unwrap()
}

pub(crate) fn submission<'a>(
    thread: &'a str,
    parent: Option<&'a CommentId>,
    draft: &'a CheckedDraft,
    key: &'a str,
) -> Submission<'a> {
    Submission {
        thread,
        title: "",
        parent,
        draft,
        key,
    }
}

/// The comment, which this back end always gives back.
pub(crate) fn stored(submitted: Result<Option<Comment>, Error>) -> Result<Comment, Error> {
    submitted.map(|comment| comment.expect("a comment"))
}

/// The problem's last part of the type, and its status.
pub(crate) fn problem(response: &http::Response<String>) -> (String, u16) {
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json",
        "{response:?}"
    );
    let problem: contract::Problem = serde_json::from_str(response.body()).unwrap();
    assert_eq!(problem.status, response.status().as_u16());
    assert!(!problem.title.is_empty() && !problem.detail.is_empty());
    let code = problem.kind.strip_prefix(contract::PROBLEM_TYPE).unwrap();
    (code.to_owned(), problem.status)
}
