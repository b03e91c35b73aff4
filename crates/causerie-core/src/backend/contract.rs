//! Causerie's own contract: `docs/contract.md`. The wire types serve the client and the server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json;
use crate::{
    Accepts, Author, CheckedDraft, Comment, CommentId, CommentPage, Error, Fault, Field,
    FieldProblem, Limits, Moderation, Refusal, Request, Response, Timestamp,
};

/// Where an endpoint of the contract lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    base: String,
}

impl Endpoint {
    /// The endpoint at `base`, with or without a slash at its end.
    pub fn new(base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    pub(crate) fn list_comments(&self, thread: &str, cursor: Option<&str>, limit: u32) -> Request {
        let mut url = format!("{}?limit={limit}", self.comments_url(thread));
        if let Some(cursor) = cursor {
            url.push_str("&cursor=");
            url.push_str(&percent_encoded(cursor));
        }
        Request::get(url)
    }

    pub(crate) fn submit(
        &self,
        thread: &str,
        parent: Option<&CommentId>,
        draft: &CheckedDraft,
        key: &str,
    ) -> Request {
        let draft = draft.draft();
        let comment = NewComment {
            parent: parent.map(|id| id.as_str().to_owned()),
            author: NewAuthor {
                name: draft.name.clone(),
                email: Some(draft.email.clone()),
                url: Some(draft.url.clone()),
            },
            content: draft.text.clone(),
            trap: Some(draft.trap.clone()),
        };
        // Strings and options of strings: nothing here can fail to become JSON.
        let body = serde_json::to_string(&comment).unwrap_or_default();
        Request::post_json(self.comments_url(thread), body)
            .with_header("idempotency-key", key.to_owned())
    }

    fn comments_url(&self, thread: &str) -> String {
        format!("{}/posts/{}/comments", self.base, percent_encoded(thread))
    }
}

/// `GET /posts/{thread}/comments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WirePage {
    /// The thread's key.
    pub thread: String,
    /// Comments announced: published and held.
    pub total: usize,
    /// `open`, `moderated` or `closed`.
    pub accepts: String,
    /// What the endpoint lets through.
    #[serde(default)]
    pub limits: Limits,
    /// Oldest first.
    pub comments: Vec<WireComment>,
    /// The cursor of the next page.
    #[serde(default)]
    pub next: Option<String>,
}

/// A comment on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireComment {
    /// Its id.
    pub id: String,
    /// The id of what it answers.
    #[serde(default)]
    pub parent: Option<String>,
    /// Who wrote it.
    pub author: WireAuthor,
    /// The text as HTML.
    pub content_html: String,
    /// RFC 3339.
    #[serde(default)]
    pub published: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub updated: Option<String>,
    /// `published` or `held`.
    #[serde(default)]
    pub status: String,
}

/// Who wrote a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireAuthor {
    /// Plain text.
    #[serde(default)]
    pub name: String,
    /// An http or https address.
    #[serde(default)]
    pub url: Option<String>,
    /// Whether this is the author of the post.
    #[serde(default)]
    pub post_author: bool,
}

/// The body of `POST /posts/{thread}/comments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewComment {
    /// The id of what it answers.
    #[serde(default)]
    pub parent: Option<String>,
    /// Who writes.
    pub author: NewAuthor,
    /// Markdown.
    pub content: String,
    /// Filled by machines only.
    #[serde(default)]
    pub trap: Option<String>,
}

/// Who writes a new comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAuthor {
    /// Plain text.
    #[serde(default)]
    pub name: String,
    /// Never published.
    #[serde(default)]
    pub email: Option<String>,
    /// An http or https address.
    #[serde(default)]
    pub url: Option<String>,
}

/// RFC 9457 problem details with a field map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:problem-type:causerie:` and a stable code.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The kind of problem in words.
    #[serde(default)]
    pub title: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// This occurrence in words.
    #[serde(default)]
    pub detail: String,
    /// What is wrong with each field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, WireFault>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireFault {
    /// `required`, `too-short`, `too-long`, `invalid` or `not-found`.
    pub code: String,
    /// In words.
    #[serde(default)]
    pub detail: String,
}

/// What every problem type of the contract starts with.
pub const PROBLEM_TYPE: &str = "urn:problem-type:causerie:";

// The client reads answers member by member, not by derived code: that would be three times the
// bytes, and refuse a whole page for a member that is only odd.

pub(crate) fn parse_comments(response: &Response) -> Result<CommentPage, Error> {
    const EXPECTED: &str = "a page of comments";
    check_status(response)?;
    let page: Value = response.json(EXPECTED)?;
    let wrong = |found: &str| Error::WrongShape {
        expected: EXPECTED,
        found: found.to_owned(),
    };
    let comments = page.get("comments").and_then(Value::as_array);
    let comments = comments.ok_or_else(|| wrong("no list `comments`"))?;
    let comments: Option<Vec<_>> = comments.iter().map(read_comment).collect();
    let comments = comments.ok_or_else(|| wrong("a comment without `id`"))?;
    Ok(CommentPage {
        announced: json::count(&page, "total").unwrap_or(comments.len()),
        accepts: accepts_from_wire(json::str(&page, "accepts")),
        limits: read_limits(page.get("limits").unwrap_or(&Value::Null)),
        next: json::text(&page, "next"),
        comments,
    })
}

pub(crate) fn parse_submitted(response: &Response) -> Result<Comment, Error> {
    const EXPECTED: &str = "the stored comment";
    check_status(response)?;
    let comment: Value = response.json(EXPECTED)?;
    let found = "an object without `id`".to_owned();
    read_comment(&comment).ok_or(Error::WrongShape {
        expected: EXPECTED,
        found,
    })
}

fn read_comment(wire: &Value) -> Option<Comment> {
    let author = wire.get("author").unwrap_or(&Value::Null);
    let time = |member| Timestamp::parse(json::str(wire, member));
    Some(Comment {
        id: CommentId::new(&json::text(wire, "id")?),
        parent: json::text(wire, "parent")
            .filter(|id| !id.is_empty())
            .as_deref()
            .map(CommentId::new),
        author: Author {
            name: json::str(author, "name").to_owned(),
            url: json::text(author, "url").filter(|url| is_web_address(url)),
            wrote_post: author
                .get("post_author")
                .and_then(Value::as_bool)
                .unwrap_or_default(),
        },
        html: json::str(wire, "content_html").to_owned(),
        published: time("published"),
        updated: time("updated"),
        // Whatever this version does not know is not for everybody's eyes yet.
        moderation: match json::str(wire, "status") {
            "" | "published" => Moderation::Published,
            _ => Moderation::Held,
        },
    })
}

fn read_limits(wire: &Value) -> Limits {
    let default = Limits::default();
    Limits {
        name_max: json::count(wire, "name_max").unwrap_or(default.name_max),
        email_max: json::count(wire, "email_max").unwrap_or(default.email_max),
        url_max: json::count(wire, "url_max").unwrap_or(default.url_max),
        text_min: json::count(wire, "text_min").unwrap_or(default.text_min),
        text_max: json::count(wire, "text_max").unwrap_or(default.text_max),
    }
}

/// An unknown word counts as open: the endpoint itself has the last word when a comment arrives.
pub(crate) fn accepts_from_wire(word: &str) -> Accepts {
    match word {
        "moderated" => Accepts::Moderated,
        "closed" => Accepts::Closed,
        _ => Accepts::Open,
    }
}

impl Accepts {
    /// Its word in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Moderated => "moderated",
            Self::Closed => "closed",
        }
    }
}

fn check_status(response: &Response) -> Result<(), Error> {
    if response.is_success() {
        return Ok(());
    }
    let problem: Value = response.json("problem details").unwrap_or_default();
    let detail = json::str(&problem, "detail");
    Err(
        match json::str(&problem, "type").strip_prefix(PROBLEM_TYPE) {
            Some("thread-closed") => Error::Closed,
            Some("thread-not-found") => Error::NotFound,
            Some("invalid-comment") => {
                let errors = problem.get("errors").unwrap_or(&Value::Null);
                let fields = Field::ALL
                    .into_iter()
                    .filter_map(|field| field_problem(errors, field));
                Error::Refused(Refusal {
                    detail: detail.to_owned(),
                    fields: fields.collect(),
                })
            }
            _ => response.status_error(detail),
        },
    )
}

fn field_problem(errors: &Value, field: Field) -> Option<FieldProblem> {
    let fault = errors.get(field.as_str())?;
    let fault = match json::str(fault, "code") {
        "required" => Fault::Required,
        _ => Fault::Other(json::str(fault, "detail").to_owned()),
    };
    Some(FieldProblem { field, fault })
}

/// Whether `url` may stand behind a name: http or https, and a host.
pub(crate) fn is_web_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else {
        return false;
    };
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host = rest.strip_prefix("//").unwrap_or_default();
    let has_host = host.starts_with(|first: char| !first.is_ascii_punctuation() || first == '[');
    is_web && has_host && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// `text` with everything but RFC 3986's unreserved characters as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}
