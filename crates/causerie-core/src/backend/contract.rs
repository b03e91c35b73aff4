//! Causerie's own contract: `docs/contract.md`. The wire types serve the client and the server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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

pub(crate) fn parse_comments(response: &Response) -> Result<CommentPage, Error> {
    check_status(response)?;
    let page: WirePage = response.json("a page of comments")?;
    Ok(CommentPage {
        announced: page.total,
        accepts: accepts_from_wire(&page.accepts),
        limits: page.limits,
        next: page.next,
        comments: page.comments.into_iter().map(Comment::from).collect(),
    })
}

pub(crate) fn parse_submitted(response: &Response) -> Result<Comment, Error> {
    check_status(response)?;
    let comment: WireComment = response.json("the stored comment")?;
    Ok(comment.into())
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

impl From<WireComment> for Comment {
    fn from(wire: WireComment) -> Self {
        Self {
            id: CommentId::new(&wire.id),
            parent: wire
                .parent
                .as_deref()
                .filter(|id| !id.is_empty())
                .map(CommentId::new),
            author: Author {
                name: wire.author.name,
                url: wire.author.url.filter(|url| is_web_address(url)),
                wrote_post: wire.author.post_author,
            },
            html: wire.content_html,
            published: wire.published.as_deref().and_then(Timestamp::parse),
            updated: wire.updated.as_deref().and_then(Timestamp::parse),
            // Whatever this version does not know is not for everybody's eyes yet.
            moderation: match wire.status.as_str() {
                "" | "published" => Moderation::Published,
                _ => Moderation::Held,
            },
        }
    }
}

fn check_status(response: &Response) -> Result<(), Error> {
    if response.is_success() {
        return Ok(());
    }
    let problem: Problem = serde_json::from_str(&response.body).unwrap_or_default();
    let code = problem.kind.strip_prefix(PROBLEM_TYPE).unwrap_or_default();
    Err(match code {
        "thread-closed" => Error::Closed,
        "thread-not-found" => Error::NotFound,
        "invalid-comment" => Error::Refused(Refusal {
            detail: problem.detail,
            fields: problem
                .errors
                .iter()
                .filter_map(|(name, fault)| field_problem(name, fault))
                .collect(),
        }),
        _ => response.status_error(&problem.detail),
    })
}

fn field_problem(name: &str, fault: &WireFault) -> Option<FieldProblem> {
    let field = Field::ALL
        .into_iter()
        .find(|field| field.as_str() == name)?;
    let fault = match fault.code.as_str() {
        "required" => Fault::Required,
        _ => Fault::Other(fault.detail.clone()),
    };
    Some(FieldProblem { field, fault })
}

/// Whether `url` may stand behind a name: http or https, and a host.
pub(crate) fn is_web_address(url: &str) -> bool {
    let scheme_end = url.find("://").unwrap_or(0);
    let (scheme, rest) = url.split_at(scheme_end);
    let host = rest.trim_start_matches("://");
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
        && host.starts_with(|first: char| first.is_alphanumeric() || first == '[')
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
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
