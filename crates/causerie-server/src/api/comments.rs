//! `GET` and `POST /posts/{thread}/comments`, and how far one of them is.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use causerie_core::contract::{NewComment, WireComment, WirePage, WireStanding};
use causerie_core::{Accepts, CheckedDraft, Draft, Field, Limits};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{IDEMPOTENCY_KEY, Thread};
use crate::AppState;
use crate::problem::Problem;
use crate::rate::client_address;
use crate::store::comments::{self, Added, CommentRow, Cursor, Status};
use crate::store::{now, posts};

/// Comments to a page where the request does not say.
const PAGE: usize = 100;

/// The most comments to a page.
const PAGE_MAX: usize = 1_000;

#[derive(Deserialize)]
pub(crate) struct PageQuery {
    limit: Option<String>,
    cursor: Option<String>,
}

pub(crate) async fn list(
    State(state): State<AppState>,
    Thread(thread): Thread,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Json<WirePage>, Problem> {
    let Query(query) = query.map_err(|error| Problem::InvalidQuery(error.body_text()))?;
    let limit = query.limit.as_deref().map_or(Ok(PAGE), page_limit)?;
    let cursor = query.cursor.as_deref().map_or(Ok(Cursor::START), |text| {
        Cursor::decode(text).ok_or_else(|| {
            Problem::InvalidQuery("cursor: the `next` of an earlier page, found another".to_owned())
        })
    })?;
    let key = thread.clone();
    let read = move |connection: &_| comments::page(connection, &key, cursor, limit);
    let page = state
        .store
        .read(read)
        .await?
        .ok_or(Problem::ThreadNotFound)?;
    Ok(Json(WirePage {
        thread,
        total: page.total,
        accepts: page.accepts.as_str().to_owned(),
        limits: Limits::default(),
        comments: page.comments,
        next: page.next.map(Cursor::encode),
        revision: Some(page.revision.encode()),
    }))
}

/// For whoever has the id, which is its author until it is published: without what it says.
pub(crate) async fn standing(
    State(state): State<AppState>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<WireStanding>, Problem> {
    let Path((thread, id)) = path.map_err(|_| Problem::ThreadNotFound)?;
    let key = id.clone();
    let read = move |connection: &_| comments::standing(connection, &thread, &key);
    let status = state
        .store
        .read(read)
        .await?
        .ok_or(Problem::ThreadNotFound)?;
    Ok(Json(WireStanding {
        id,
        status: status.as_str().to_owned(),
    }))
}

pub(crate) async fn add(
    State(state): State<AppState>,
    Thread(thread): Thread,
    extensions: Extensions,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<WireComment>), Problem> {
    if let Some(limiter) = &state.limiter {
        let address = client_address(&extensions, &headers, state.settings.trust_proxy);
        limiter.check(address).map_err(Problem::TooManyRequests)?;
    }
    let key = thread.clone();
    let accepts = state
        .store
        .read(move |connection| posts::accepts(connection, &key));
    let accepts = accepts.await?.ok_or(Problem::ThreadNotFound)?;
    if !declares_json(&headers) {
        return Err(Problem::UnsupportedMediaType);
    }
    let body = body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::InvalidJson("a whole body, found one that breaks off".to_owned()),
    })?;
    let key = idempotency_key(&headers).ok_or(Problem::IdempotencyKeyMissing)?;
    let new = read_json(&body)?;
    let draft = checked(&new).map_err(|problem| match accepts {
        // There is no point in mending what will not be taken.
        Accepts::Closed => Problem::ThreadClosed,
        Accepts::Open | Accepts::Moderated => problem,
    })?;
    let parent = new.parent.filter(|parent| !parent.is_empty());
    let request = request_hash(&thread, parent.as_deref(), &draft);
    let mut comment = row(thread, parent, &draft);

    if !draft.draft().trap.is_empty() {
        // The same answer to the same request, as for those that are stored.
        comment.id = comments::id_from_bytes(&request[..10]);
        return Ok((StatusCode::ACCEPTED, Json(comment.to_wire())));
    }

    comment.id = comments::new_id()
        .map_err(|error| Problem::Internal(format!("no random bytes: {error}")))?;
    let add = move |connection: &_| comments::add(connection, comment, &key, &request);
    match state.store.write(add).await? {
        Added::Stored(comment) if comment.status == Status::Published.as_wire() => {
            Ok((StatusCode::CREATED, Json(comment)))
        }
        Added::Stored(comment) | Added::Gone(comment) => Ok((StatusCode::ACCEPTED, Json(comment))),
        Added::KeyReused => Err(Problem::IdempotencyKeyReused),
        Added::Closed => Err(Problem::ThreadClosed),
        Added::NoThread => Err(Problem::ThreadNotFound),
        Added::NoParent => Err(Problem::invalid_field(
            Field::Parent,
            "not-found",
            "the comment that is answered is not there",
        )),
    }
}

fn page_limit(text: &str) -> Result<usize, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = digits.then(|| text.parse().ok()).flatten();
    limit
        .filter(|limit| (1..=PAGE_MAX).contains(limit))
        .ok_or_else(|| {
            Problem::InvalidQuery(format!(
                "limit: a number from 1 to {PAGE_MAX}, found {text:?}"
            ))
        })
}

fn declares_json(headers: &HeaderMap) -> bool {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = declared.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn idempotency_key(headers: &HeaderMap) -> Option<String> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    let key = keys.next()?.to_str().ok()?;
    let usable = (1..=100).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    (usable && keys.next().is_none()).then(|| key.to_owned())
}

fn read_json(body: &[u8]) -> Result<NewComment, Problem> {
    let invalid = |error: serde_json::Error| Problem::InvalidJson(error.to_string());
    let json: Value = serde_json::from_slice(body).map_err(invalid)?;
    // Left to itself, serde takes an array for an object whose members come in order.
    for part in [Some(&json), json.get("author")] {
        if part.is_some_and(Value::is_array) {
            return Err(Problem::InvalidJson("an object, found an array".to_owned()));
        }
    }
    serde_json::from_value(json).map_err(invalid)
}

/// The rules of the composer, and two more: no control characters where they could only deceive.
fn checked(new: &NewComment) -> Result<CheckedDraft, Problem> {
    let author = &new.author;
    let email = author.email.as_deref().unwrap_or_default();
    for (field, text) in [
        (Field::Name, author.name.as_str()),
        (Field::Email, email),
        (Field::Text, new.content.as_str()),
        (Field::Parent, new.parent.as_deref().unwrap_or_default()),
    ] {
        let refused = |letter: char| letter == '\0' || field == Field::Email && letter.is_control();
        if text.contains(refused) {
            let detail = "text without control characters, found one";
            return Err(Problem::invalid_field(field, "invalid", detail));
        }
    }
    let draft = Draft {
        name: visible(&author.name).replace(['\n', '\t'], " "),
        email: email.to_owned(),
        url: author.url.clone().unwrap_or_default(),
        text: visible(&new.content),
        trap: new.trap.clone().unwrap_or_default(),
    };
    draft
        .check(&Limits::default())
        .map_err(|problems| Problem::invalid_fields(&problems))
}

/// `text` with plain line ends, and without control characters that show nothing.
fn visible(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let shown = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    lines.chars().filter(shown).collect()
}

/// The comment as it will be stored, but for its id and status.
fn row(thread: String, parent: Option<String>, draft: &CheckedDraft) -> CommentRow {
    let draft = draft.draft();
    CommentRow {
        id: String::new(),
        thread,
        parent,
        name: draft.name.clone(),
        email: draft.email.clone(),
        url: draft.url.clone(),
        post_author: false,
        html: crate::markdown::to_html(&draft.text),
        content: draft.text.clone(),
        published: now(),
        updated: None,
        status: Status::Held,
    }
}

/// What makes two requests the same: what they would store, not how their JSON is written.
fn request_hash(thread: &str, parent: Option<&str>, draft: &CheckedDraft) -> [u8; 32] {
    let draft = draft.draft();
    let parts = [
        thread,
        parent.unwrap_or_default(),
        &draft.name,
        &draft.email,
        &draft.url,
        &draft.text,
    ];
    let mut hasher = Sha256::new();
    for part in parts {
        // With its length, so that no letter can move from one part into the next.
        hasher.update(part.len().to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}
