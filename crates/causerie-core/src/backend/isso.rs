//! Isso, from 0.13 on. <https://isso-comments.de/docs/reference/server-api/>

use super::{Act, Capabilities, Done, Submission};
use crate::address::is_web_address;
use crate::http::percent_encoded;
use crate::text::{between, decoded, find};
use crate::{
    Author, Comment, CommentId, CommentPage, Error, Fault, Field, Json, Limits, Method, Moderation,
    Request, Response, Timestamp, Votes,
};

pub(crate) const CAPABILITIES: Capabilities = Capabilities {
    posts: false,
    submit: true,
    moderation: true,
    closing: false,
    edit: true,
    delete: true,
    vote: true,
    preview: true,
    own_limits: true,
    once: false,
    counts: true,
};

/// Isso's `max-age` as it comes, in milliseconds. It does not tell another one.
pub(crate) const EDIT_WINDOW: i64 = 15 * 60 * 1_000;

/// Threads asked for at once, and replies to one comment.
const PAGE: usize = 100;

pub(crate) fn limits() -> Limits {
    Limits {
        needs_name: false,
        url_max: 254,
        text_min: 3,
        text_max: 65_535,
        ..Limits::default()
    }
}

/// An Isso server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    base: String,
}

impl Server {
    /// The server at `base`, with or without a slash at its end.
    pub fn new(base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    /// A cursor is the query that leads to the piece.
    pub(crate) fn list_comments(&self, thread: &str, cursor: &str) -> Request {
        let uri = percent_encoded(thread);
        self.ask(
            Method::Get,
            &format!("?uri={uri}&sort=oldest&limit={PAGE}&nested_limit={PAGE}{cursor}"),
        )
    }

    pub(crate) fn submit(&self, comment: &Submission) -> Request {
        let draft = comment.draft.draft();
        let given = |text: &String| Json::from(Some(text.as_str()).filter(|text| !text.is_empty()));
        let parent = comment.parent.and_then(|id| id.as_str().parse().ok());
        // Without a title, the server would have to be able to read the page itself.
        let title = match comment.title {
            "" => comment.thread,
            title => title,
        };
        let body = Json::object(vec![
            ("text", draft.text.as_str().into()),
            ("author", given(&draft.name)),
            ("email", given(&draft.email)),
            ("website", given(&draft.url)),
            ("parent", parent.map_or(Json::Null, i64::into)),
            ("title", title.into()),
        ]);
        let uri = percent_encoded(comment.thread);
        self.tell(Method::Post, &format!("new?uri={uri}"), &body)
    }

    pub(crate) fn act(&self, act: &Act) -> Request {
        let text = |text: &str| vec![("text", text.into())];
        let path = |id: &CommentId| format!("id/{}", percent_encoded(id.as_str()));
        let (method, path, members) = match act {
            Act::Source(id) => {
                return self.ask(Method::Get, &format!("{}?plain=1", path(id)));
            }
            Act::Edit(id, new) => (Method::Put, path(id), text(new)),
            Act::Delete(id) => (Method::Delete, path(id), Vec::new()),
            Act::Vote(id, likes) => {
                let vote = if *likes { "like" } else { "dislike" };
                (Method::Post, format!("{}/{vote}", path(id)), Vec::new())
            }
            Act::Preview(new) => (Method::Post, "preview".to_owned(), text(new)),
        };
        self.tell(method, &path, &Json::object(members))
    }

    fn ask(&self, method: Method, path: &str) -> Request {
        // The cookie is what lets an author change a comment.
        Request::new(method, format!("{}/{path}", self.base)).with_cookies()
    }

    fn tell(&self, method: Method, path: &str, body: &Json) -> Request {
        self.ask(method, path)
            .with_body("application/json", body.to_text())
    }
}

pub(crate) fn parse_comments(cursor: &str, response: &Response) -> Result<CommentPage, Error> {
    check_status(response)?;
    let wire: Json = response.json("a thread of Isso")?;
    let Some(roots) = wire.get("replies").as_list() else {
        return Err(Error::WrongShape {
            expected: "a thread of Isso",
            found: "no list `replies`".to_owned(),
        });
    };
    let mut next = Vec::new();
    // What a piece left out, in pieces of the same size; a later piece was counted already.
    let mut ask_for_rest = |of: &Json, query: &str| {
        let hidden = of.get("hidden_replies").count().unwrap_or_default();
        let pieces = 1..=hidden.div_ceil(PAGE);
        next.extend(pieces.map(|piece| format!("{query}&offset={}", piece * PAGE)));
    };
    let is_first = cursor.is_empty();
    if is_first {
        ask_for_rest(&wire, "");
    }
    let mut comments = Vec::new();
    for root in roots {
        comments.extend(read_comment(root));
        comments.extend(root.get("replies").list().iter().filter_map(read_comment));
        if let Some(id) = root.get("id").text() {
            ask_for_rest(root, &format!("&parent={id}"));
        }
    }
    Ok(CommentPage {
        comments,
        // Of all levels; in a piece of replies that of these alone.
        announced: wire
            .get("total_replies")
            .count()
            .filter(|_| find(cursor, "parent").is_none()),
        limits: is_first.then(|| read_limits(wire.get("config"))),
        next,
        ..CommentPage::default()
    })
}

fn read_limits(config: &Json) -> Limits {
    let is_set = |member| config.get(member).is_true();
    Limits {
        needs_name: is_set("require-author"),
        needs_email: is_set("require-email"),
        ..limits()
    }
}

fn read_comment(wire: &Json) -> Option<Comment> {
    let count = |member| wire.get(member).count().unwrap_or_default();
    let time = |member| Timestamp::from_seconds(&wire.get(member).text()?);
    Some(Comment {
        id: CommentId::new(&wire.get("id").text()?),
        parent: wire.get("parent").text().as_deref().map(CommentId::new),
        author: Author {
            name: decoded(wire.get("author").str()),
            url: Some(decoded(wire.get("website").str())).filter(|url| is_web_address(url)),
            wrote_post: false,
        },
        html: wire.get("text").str().to_owned(),
        published: time("created"),
        updated: time("modified"),
        moderation: match count("mode") {
            1 => Moderation::Published,
            4 => Moderation::Deleted,
            _ => Moderation::Held,
        },
        votes: Some(Votes {
            up: count("likes"),
            down: count("dislikes"),
        }),
    })
}

pub(crate) fn parse_submitted(response: &Response) -> Result<Comment, Error> {
    check_status(response)?;
    let wire: Json = response.json("the stored comment")?;
    read_comment(&wire).ok_or_else(|| Error::WrongShape {
        expected: "the stored comment",
        found: "an object without `id`".to_owned(),
    })
}

pub(crate) fn parse_act(act: &Act, response: &Response) -> Result<Done, Error> {
    check_status(response)?;
    let wire: Json = response.json("an answer of Isso")?;
    Ok(match act {
        Act::Source(_) | Act::Preview(_) => Done::Text(wire.get("text").str().to_owned()),
        Act::Vote(..) => Done::Voted(Votes {
            up: wire.get("likes").count().unwrap_or_default(),
            down: wire.get("dislikes").count().unwrap_or_default(),
        }),
        // Nothing for one that is gone, the husk of one that has replies.
        Act::Edit(..) | Act::Delete(_) => read_comment(&wire).map_or(Done::Gone, Done::Changed),
    })
}

/// Errors are a page or a line of text.
fn check_status(response: &Response) -> Result<(), Error> {
    if response.is_success() {
        return Ok(());
    }
    let said = between(&response.body, "<p>", "</p>");
    let says = |words| find(&said, words).is_some();
    let limits = limits();
    let at = |fault| Error::at(Field::Text, fault);
    Err(match response.status {
        403 if says("ratelimit") => Error::TooMany {
            retry_after: Some(60),
        },
        400 if says("text is missing") => at(Fault::Required),
        400 if says("too short") => at(Fault::TooShort {
            min: limits.text_min,
            found: 0,
        }),
        400 if says("too long") => at(Fault::TooLong {
            max: limits.text_max,
            found: 0,
        }),
        400 if says("Website") => Error::at(Field::Url, Fault::NotAnAddress),
        400 if says("rfc5321") => Error::at(Field::Email, Fault::NotAnEmail),
        400 | 403 => Error::refused(said),
        _ => response.status_error(&said),
    })
}
