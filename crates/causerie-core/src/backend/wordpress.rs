//! WordPress by its REST interface `wp/v2`, and by its classic comment form where guests may not
//! use that. <https://developer.wordpress.org/rest-api/reference/comments/>

use super::{Capabilities, Submission};
use crate::address::{is_web_address, origin};
use crate::http::percent_encoded;
use crate::text::{between, decoded, find, plain, split};
use crate::{
    Accepts, Author, Comment, CommentId, CommentPage, Error, Fault, Feed, Field, FieldProblem,
    Json, Limits, Moderation, Post, PostAuthor, Refusal, Request, Response, Timestamp,
};

pub(crate) const CAPABILITIES: Capabilities = Capabilities {
    posts: true,
    submit: true,
    moderation: true,
    closing: true,
    edit: false,
    delete: false,
    vote: false,
    preview: false,
    own_limits: false,
    once: true,
    counts: false,
};

/// Seconds between two comments of one reader, as WordPress has it built in.
const FLOOD: u32 = 15;
/// The most that WordPress gives at once.
const PAGE: u32 = 100;

/// The columns of the database, in characters.
pub(crate) fn limits() -> Limits {
    Limits {
        name_max: 245,
        email_max: 100,
        url_max: 200,
        text_max: 65_525,
        ..Limits::default()
    }
}

/// A WordPress site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// All up to the name of a collection.
    rest: String,
    /// What begins the query.
    query: char,
    /// The address of the classic form, where the page is of the same origin.
    form: Option<String>,
}

impl Site {
    /// The site at `endpoint`: its REST interface as `…/wp-json`, or as `…/?rest_route=/` where its
    /// permalinks are plain, or its own address. `page` is the address of the page that asks.
    pub fn new(endpoint: &str, page: &str) -> Self {
        let endpoint = endpoint.trim_end_matches('/');
        let (site, rest, query) =
            match (split(endpoint, "/wp-json"), split(endpoint, "?rest_route=")) {
                (Some((site, _)), _) => (site, format!("{site}/wp-json/wp/v2"), '?'),
                // Every WordPress understands this one.
                (None, plain) => {
                    let site = plain.map_or(endpoint, |(site, _)| site);
                    // WordPress itself writes its address with the name of its script.
                    let site = site.strip_suffix("index.php").unwrap_or(site);
                    let site = site.trim_end_matches('/');
                    (site, format!("{site}/?rest_route=/wp/v2"), '&')
                }
            };
        let is_same_origin = origin(site).is_empty() || origin(site) == origin(page);
        Self {
            form: is_same_origin.then(|| format!("{site}/wp-comments-post.php")),
            rest,
            query,
        }
    }

    fn url(&self, path: &str, query: &str) -> String {
        format!("{}/{path}{}{query}", self.rest, self.query)
    }

    /// Reads one piece: `posts` or `pages`, by `slug` or `id`, and `comments` of a post by page.
    pub(crate) fn read(&self, cursor: &str) -> Request {
        const POST: &str = "_fields=id,comment_status";
        const COMMENT: &str = "_fields=id,parent,author_name,author_url,date_gmt,content,status";
        let (kind, place) = cursor.split_once('/').unwrap_or((cursor, ""));
        let (by, name) = place.split_once('/').unwrap_or((place, ""));
        Request::get(match (kind, by, name) {
            ("comments", post, page) => {
                let which = match page {
                    NEWEST => "order=desc".to_owned(),
                    page => format!("page={page}&order=asc"),
                };
                self.url(
                    "comments",
                    &format!("post={post}&per_page={PAGE}&{which}&orderby=date_gmt&{COMMENT}"),
                )
            }
            (kind, "slug", slug) => {
                self.url(kind, &format!("slug={}&{POST}", percent_encoded(slug)))
            }
            ("", ..) => self.url("posts", POST),
            (kind, _, id) => self.url(&format!("{kind}/{id}"), POST),
        })
    }

    pub(crate) fn list_posts(&self, wanted: Option<&str>) -> Request {
        const FIELDS: &str = "_embed=author,wp:featuredmedia,wp:term&_fields=id,slug,link,date_gmt,\
             title,content,excerpt,comment_status,_links,_embedded";
        let which = match wanted {
            Some(id) if is_id(id) => format!("include={id}&"),
            Some(slug) => format!("slug={}&", percent_encoded(slug)),
            None => "per_page=20&".to_owned(),
        };
        Request::get(self.url("posts", &format!("{which}{FIELDS}")))
    }

    /// As a form and not as JSON, which WordPress takes alike: a browser sends a form to another
    /// origin without asking first.
    pub(crate) fn submit(&self, comment: &Submission) -> Request {
        let draft = comment.draft.draft();
        let mut fields = vec![
            ("post", comment.thread),
            ("content", &draft.text),
            ("author_name", &draft.name),
        ];
        // An empty address is not a valid one to WordPress, an absent one is.
        let optional = [
            ("author_email", Some(draft.email.as_str())),
            ("author_url", Some(&draft.url)),
            ("parent", comment.parent.map(CommentId::as_str)),
        ];
        for (name, value) in optional {
            fields.extend(
                value
                    .filter(|value| !value.is_empty())
                    .map(|value| (name, value)),
            );
        }
        Request::post_form(format!("{}/comments", self.rest), &fields)
    }

    /// The classic form, which guests may always use where they may comment at all. It answers by
    /// a redirect: here to the newest comments, among which the new one is, if it is published.
    pub(crate) fn submit_otherwise(&self, comment: &Submission, error: &Error) -> Option<Request> {
        let form = self.form.clone()?;
        if !matches!(error, Error::GuestsRefused) {
            return None;
        }
        let draft = comment.draft.draft();
        let newest = format!("post={}&per_page=10&orderby=id&order=desc", comment.thread);
        let fields = [
            ("comment_post_ID", comment.thread),
            (
                "comment_parent",
                comment.parent.map_or("0", CommentId::as_str),
            ),
            ("author", &draft.name),
            ("email", &draft.email),
            ("url", &draft.url),
            ("comment", &draft.text),
            ("redirect_to", &self.url("comments", &newest)),
        ];
        Some(Request::post_form(form, &fields))
    }
}

/// A thread is a post's id or slug. With the id its comments can be asked for at once.
pub(crate) fn first_cursors(thread: &str) -> Vec<String> {
    if is_id(thread) {
        vec![format!("comments/{thread}/1"), format!("posts/id/{thread}")]
    } else {
        vec![format!("posts/slug/{thread}")]
    }
}

/// The newest page, and what it says of the count. That the post still takes comments shows when
/// one is sent.
pub(crate) fn news_cursors(thread: &str) -> Vec<String> {
    vec![format!("comments/{thread}/{NEWEST}")]
}

/// The page of the newest comments, in a cursor.
const NEWEST: &str = "newest";

fn is_id(thread: &str) -> bool {
    !thread.is_empty() && thread.bytes().all(|byte| byte.is_ascii_digit())
}

pub(crate) fn parse(cursor: &str, response: &Response) -> Result<CommentPage, Error> {
    match cursor.strip_prefix("comments/") {
        Some(place) => parse_comments(place, response),
        None => parse_post(cursor, response),
    }
}

fn parse_comments(place: &str, response: &Response) -> Result<CommentPage, Error> {
    check_status(response)?;
    let wire: Json = response.json("a list of comments")?;
    let (post, page) = place.split_once('/').unwrap_or((place, "1"));
    let comments = wire
        .as_list()
        .map(|all| all.iter().filter_map(read_comment));
    let pages: u32 = response.header("x-wp-totalpages").parse().unwrap_or(1);
    let next = (2..=pages).filter(|_| page == "1");
    Ok(CommentPage {
        comments: comments
            .map(Iterator::collect)
            .ok_or_else(|| not_a_list("comments"))?,
        announced: response.header("x-wp-total").parse().ok(),
        next: next.map(|page| format!("comments/{post}/{page}")).collect(),
        thread: Some(post.to_owned()),
        ..CommentPage::default()
    })
}

/// A post tells whether it takes comments, and its id where only its slug was known. What is no
/// post may be a page.
fn parse_post(cursor: &str, response: &Response) -> Result<CommentPage, Error> {
    let found = check_status(response).and_then(|()| response.json("a post"));
    let found: Json = match found {
        Err(Error::NotFound) => Json::Null,
        found => found?,
    };
    let post = found.as_list().map_or(Some(&found), |list| list.first());
    let Some(id) = post.and_then(|post| post.get("id").text()) else {
        let page = cursor.strip_prefix("posts/").ok_or(Error::NotFound)?;
        return Ok(CommentPage {
            next: vec![format!("pages/{page}")],
            ..CommentPage::default()
        });
    };
    let is_by_slug = find(cursor, "/slug/").is_some();
    Ok(CommentPage {
        accepts: post.map(accepts),
        next: is_by_slug
            .then(|| format!("comments/{id}/1"))
            .into_iter()
            .collect(),
        thread: Some(id),
        ..CommentPage::default()
    })
}

fn accepts(post: &Json) -> Accepts {
    match post.get("comment_status").str() {
        "closed" => Accepts::Closed,
        _ => Accepts::Open,
    }
}

fn not_a_list(of: &str) -> Error {
    Error::WrongShape {
        expected: "a list",
        found: format!("no list of {of}"),
    }
}

fn read_comment(wire: &Json) -> Option<Comment> {
    Some(Comment {
        id: CommentId::new(&wire.get("id").text()?),
        parent: wire
            .get("parent")
            .text()
            .filter(|id| id != "0")
            .as_deref()
            .map(CommentId::new),
        author: Author {
            name: decoded(wire.get("author_name").str()),
            url: Some(decoded(wire.get("author_url").str())).filter(|url| is_web_address(url)),
            wrote_post: false,
        },
        html: rendered(wire, "content").to_owned(),
        published: time(wire, "date_gmt"),
        updated: None,
        moderation: match wire.get("status").str() {
            "" | "approved" => Moderation::Published,
            _ => Moderation::Held,
        },
        votes: None,
    })
}

fn rendered<'a>(wire: &'a Json, member: &str) -> &'a str {
    wire.get(member).get("rendered").str()
}

/// In UTC, which it does not say.
fn time(wire: &Json, member: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{}Z", wire.get(member).str()))
}

pub(crate) fn parse_posts(response: &Response) -> Result<Feed, Error> {
    check_status(response)?;
    let wire: Json = response.json("a list of posts")?;
    let posts = wire.as_list().ok_or_else(|| not_a_list("posts"))?;
    if posts.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(Feed {
        title: String::new(),
        description: String::new(),
        language: None,
        posts: posts.iter().map(read_post).collect(),
    })
}

fn read_post(wire: &Json) -> Post {
    let embedded = wire.get("_embedded");
    let author = |author: &Json| PostAuthor {
        name: decoded(author.get("name").str()),
        url: author.get("link").text().filter(|url| is_web_address(url)),
        avatar: author.get("avatar_urls").get("96").text(),
    };
    let terms = embedded.get("wp:term").list().iter().flat_map(Json::list);
    let tags = terms.filter(|term| term.get("taxonomy").str() == "post_tag");
    let picture = embedded.get("wp:featuredmedia").list().first();
    let id = wire.get("id").text().unwrap_or_default();
    Post {
        id: wire.get("slug").text().unwrap_or_else(|| id.clone()),
        url: wire.get("link").text(),
        title: plain(rendered(wire, "title")),
        html: rendered(wire, "content").to_owned(),
        summary: plain(rendered(wire, "excerpt")),
        image: picture.and_then(|picture| picture.get("source_url").text()),
        published: time(wire, "date_gmt"),
        tags: tags.map(|tag| decoded(tag.get("name").str())).collect(),
        authors: embedded.get("author").list().iter().map(author).collect(),
        language: None,
        thread: id,
        comment_count: None,
        accepts: accepts(wire),
    }
}

pub(crate) fn parse_submitted(
    comment: &Submission,
    response: &Response,
) -> Result<Option<Comment>, Error> {
    let is_by_form = find(&response.body, "wp-die-message").is_some();
    // A duplicate is a comment that has arrived before. A gateway says 409 too, on its own pages.
    let is_there = response.status == 409 && (is_by_form || !response.is_page());
    if is_there || find(&response.url, "unapproved=").is_some() {
        return Ok(None);
    }
    if is_by_form {
        return Err(form_error(comment, response));
    }
    check_status(response)?;
    const EXPECTED: &str = "the stored comment";
    let wire: Json = response.json(EXPECTED)?;
    let (draft, parent) = (comment.draft.draft(), comment.parent);
    let sent = Comment::unseen("", parent, draft, Timestamp::default());
    let stored = match wire.as_list() {
        Some(newest) => newest
            .iter()
            .filter_map(read_comment)
            .find(|stored| stored.is_same_as(&sent)),
        None => read_comment(&wire),
    };
    // Nothing is settled by an answer without it: whoever stands between may have given that.
    stored.map(Some).ok_or_else(|| Error::WrongShape {
        expected: EXPECTED,
        found: "something else".to_owned(),
    })
}

/// What the classic form says, on a page made for people.
fn form_error(comment: &Submission, response: &Response) -> Error {
    let said = between(&response.body, "wp-die-message\">", "</div>");
    let draft = comment.draft.draft();
    match response.status {
        429 => Error::TooMany {
            retry_after: Some(FLOOD),
        },
        200 if draft.name.is_empty() || draft.email.is_empty() => missing_author(),
        _ => Error::refused(said),
    }
}

fn missing_author() -> Error {
    let required = |field| FieldProblem {
        field,
        fault: Fault::Required,
    };
    Error::Refused(Refusal {
        detail: String::new(),
        fields: vec![required(Field::Name), required(Field::Email)],
    })
}

fn check_status(response: &Response) -> Result<(), Error> {
    if response.is_success() {
        return Ok(());
    }
    let problem: Json = response.json("an error").unwrap_or_default();
    let said = plain(problem.get("message").str());
    let at = |field| Error::at(field, Fault::Other(said.clone()));
    Err(match problem.get("code").str() {
        "rest_comment_login_required" => Error::GuestsRefused,
        "rest_comment_author_data_required" => missing_author(),
        "rest_comment_content_invalid" => Error::at(Field::Text, Fault::Required),
        "comment_content_column_length" => at(Field::Text),
        "comment_author_column_length" => at(Field::Name),
        "comment_author_email_column_length" => at(Field::Email),
        "comment_author_url_column_length" => at(Field::Url),
        "rest_invalid_param" => invalid_parameters(&problem, said),
        "comment_flood" => Error::TooMany {
            retry_after: Some(FLOOD),
        },
        "rest_comment_closed" => Error::Closed,
        "rest_comment_draft_post"
        | "rest_comment_trash_post"
        | "rest_comment_invalid_post_id"
        | "rest_post_invalid_id" => Error::NotFound,
        _ => response.status_error(&said),
    })
}

fn invalid_parameters(problem: &Json, said: String) -> Error {
    let parameters = problem.get("data").get("params");
    let fault = |(name, field)| {
        let said = parameters.get(name).text()?;
        Some(FieldProblem {
            field,
            fault: Fault::Other(plain(&said)),
        })
    };
    let names = [
        ("author_name", Field::Name),
        ("author_email", Field::Email),
        ("author_url", Field::Url),
        ("content", Field::Text),
        ("parent", Field::Parent),
    ];
    Error::Refused(Refusal {
        detail: said,
        fields: names.into_iter().filter_map(fault).collect(),
    })
}
