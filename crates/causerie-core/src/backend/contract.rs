//! Causerie's own contract: `docs/contract.md`. The wire types serve the client and the server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Capabilities, Submission};
use crate::address::is_web_address;
use crate::http::percent_encoded;
use crate::{
    Accepts, Author, Comment, CommentId, CommentPage, Error, Fault, Field, FieldProblem, Json,
    Limits, Moderation, News, Refusal, Request, Response, Timestamp,
};

pub(crate) const CAPABILITIES: Capabilities = Capabilities {
    posts: false,
    submit: true,
    moderation: true,
    closing: true,
    edit: false,
    delete: false,
    vote: false,
    preview: false,
    own_limits: true,
    once: true,
    counts: true,
};

/// Comments asked for at once: few at first, so that reading can begin.
const FIRST_PAGE: u32 = 100;
const NEXT_PAGES: u32 = 1_000;

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

    pub(crate) fn list_comments(&self, thread: &str, cursor: &str) -> Request {
        let url = self.comments_url(thread);
        Request::get(if cursor.is_empty() {
            format!("{url}?limit={FIRST_PAGE}")
        } else {
            let cursor = percent_encoded(cursor);
            format!("{url}?limit={NEXT_PAGES}&cursor={cursor}")
        })
    }

    pub(crate) fn submit(&self, comment: &Submission) -> Request {
        let draft = comment.draft.draft();
        let author = Json::object(vec![
            ("name", draft.name.as_str().into()),
            ("email", draft.email.as_str().into()),
            ("url", draft.url.as_str().into()),
        ]);
        let body = Json::object(vec![
            ("parent", comment.parent.map(CommentId::as_str).into()),
            ("author", author),
            ("content", draft.text.as_str().into()),
            ("trap", draft.trap.as_str().into()),
        ]);
        Request::post_json(self.comments_url(comment.thread), &body)
            .with_header("idempotency-key", comment.key.to_owned())
    }

    /// Asks for the [`WireStanding`] of a comment.
    pub(crate) fn ask_after(&self, thread: &str, id: &CommentId) -> Request {
        let id = percent_encoded(id.as_str());
        Request::get(format!("{}/{id}", self.comments_url(thread)))
    }

    /// Where it tells what has changed since `revision`, as server-sent events.
    pub(crate) fn events(&self, thread: &str, revision: &str) -> String {
        let revision = percent_encoded(revision);
        format!("{}?after={revision}", self.url(thread, "events"))
    }

    fn comments_url(&self, thread: &str) -> String {
        self.url(thread, "comments")
    }

    fn url(&self, thread: &str, what: &str) -> String {
        format!("{}/posts/{}/{what}", self.base, percent_encoded(thread))
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
    /// Names the newest change that the page includes, for [`WireEvent`]s that came after it.
    #[serde(default)]
    pub revision: Option<String>,
}

/// `GET /posts/{thread}/comments/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireStanding {
    /// The id that was asked for.
    pub id: String,
    /// `published`, `held`, or `rejected` for one that nobody will see.
    pub status: String,
}

/// The data of an event of `GET /posts/{thread}/events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireEvent {
    /// What is to be seen now.
    #[serde(flatten)]
    pub change: WireChange,
    /// Comments announced: published and held.
    pub total: usize,
}

/// How one comment is now: the one member `comment` or `removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WireChange {
    /// New, or changed.
    Comment(WireComment),
    /// The id of one that is not to be seen any more.
    Removed(String),
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
    check_status(response)?;
    read_page(&response.json(EXPECTED)?)
}

const EXPECTED: &str = "a page of comments";

/// A page of comments, or a bare list of them.
pub(crate) fn read_page(page: &Json) -> Result<CommentPage, Error> {
    let wrong = |found: &str| Error::WrongShape {
        expected: EXPECTED,
        found: found.to_owned(),
    };
    let comments = page.as_list().or(page.get("comments").as_list());
    let comments = comments.ok_or_else(|| wrong("no list `comments`"))?;
    let comments: Option<Vec<_>> = comments.iter().map(read_comment).collect();
    let comments = comments.ok_or_else(|| wrong("a comment without `id`"))?;
    Ok(CommentPage {
        // A further page may not say it, and the first one always counts.
        announced: page.get("total").count(),
        accepts: Some(accepts_from_wire(page.get("accepts").str())),
        limits: (!page.get("limits").is_null()).then(|| read_limits(page.get("limits"))),
        thread: None,
        next: page.get("next").text().into_iter().collect(),
        revision: page.get("revision").text(),
        comments,
    })
}

/// One of the events at [`Endpoint::events`].
pub(crate) fn parse_event(data: &str) -> Option<News> {
    let event = Json::parse(data).ok()?;
    Some(News {
        comment: read_comment(event.get("comment")),
        removed: event.get("removed").text().as_deref().map(CommentId::new),
        announced: event.get("total").count(),
    })
}

/// Whether a [`WireStanding`] says that nobody will see the comment.
pub(crate) fn is_rejected(response: &Response) -> bool {
    let standing: Json = response.json("a comment's standing").unwrap_or_default();
    standing.get("status").str() == "rejected"
}

pub(crate) fn parse_submitted(response: &Response) -> Result<Comment, Error> {
    const EXPECTED: &str = "the stored comment";
    check_status(response)?;
    let comment: Json = response.json(EXPECTED)?;
    let found = "an object without `id`".to_owned();
    read_comment(&comment).ok_or(Error::WrongShape {
        expected: EXPECTED,
        found,
    })
}

/// A comment as [`WireComment`] has it; `None` where it has no id.
pub fn read_comment(wire: &Json) -> Option<Comment> {
    let author = wire.get("author");
    let time = |member| Timestamp::parse(wire.get(member).str());
    Some(Comment {
        id: CommentId::new(&wire.get("id").text()?),
        parent: wire
            .get("parent")
            .text()
            .filter(|id| !id.is_empty())
            .as_deref()
            .map(CommentId::new),
        author: Author {
            name: author.get("name").str().to_owned(),
            url: author.get("url").text().filter(|url| is_web_address(url)),
            wrote_post: author.get("post_author").is_true(),
        },
        html: wire.get("content_html").str().to_owned(),
        published: time("published"),
        updated: time("updated"),
        // Whatever this version does not know is not for everybody's eyes yet.
        moderation: match wire.get("status").str() {
            "" | "published" => Moderation::Published,
            "deleted" => Moderation::Deleted,
            _ => Moderation::Held,
        },
        votes: None,
    })
}

fn read_limits(wire: &Json) -> Limits {
    let default = Limits::default();
    let is_set = |member, default| match wire.get(member) {
        Json::Bool(is_set) => *is_set,
        _ => default,
    };
    Limits {
        // Only a snapshot says these, which may be of a server that has other needs.
        needs_name: is_set("needs_name", default.needs_name),
        needs_email: is_set("needs_email", default.needs_email),
        name_max: wire.get("name_max").count().unwrap_or(default.name_max),
        email_max: wire.get("email_max").count().unwrap_or(default.email_max),
        url_max: wire.get("url_max").count().unwrap_or(default.url_max),
        text_min: wire.get("text_min").count().unwrap_or(default.text_min),
        text_max: wire.get("text_max").count().unwrap_or(default.text_max),
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
    let problem: Json = response.json("problem details").unwrap_or_default();
    let detail = problem.get("detail").str();
    Err(match problem.get("type").str().strip_prefix(PROBLEM_TYPE) {
        Some("thread-closed") => Error::Closed,
        Some("thread-not-found") => Error::NotFound,
        Some("invalid-comment") => {
            let errors = problem.get("errors");
            let fields = Field::ALL
                .into_iter()
                .filter_map(|field| field_problem(errors, field));
            Error::Refused(Refusal {
                detail: detail.to_owned(),
                fields: fields.collect(),
            })
        }
        _ => response.status_error(detail),
    })
}

fn field_problem(errors: &Json, field: Field) -> Option<FieldProblem> {
    let fault = errors.get(field.as_str());
    if fault.is_null() {
        return None;
    }
    let fault = match fault.get("code").str() {
        "required" => Fault::Required,
        _ => Fault::Other(fault.get("detail").str().to_owned()),
    };
    Some(FieldProblem { field, fault })
}
