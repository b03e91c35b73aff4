//! What is shown, as data for the client, which takes it over without asking the server first.

use std::collections::HashSet;

use causerie_core::{Comment, Limits, Moderation, Post, PostAuthor, Timestamp, Votes};
use serde::Serialize;
use serde_json::{Value, json};

use super::Taken;
use super::markup::Data;
use crate::store::now;

/// The block. Where one of the `earlier` ones says the same, it is that one, with its time: a page
/// about which nothing has changed stays the same to the byte.
pub(super) fn block(taken: &Taken, earlier: &[Value]) -> Data {
    let mut block = Block::of(taken);
    // It says all but the time.
    let says = serde_json::to_value(&block).unwrap_or_default();
    let time = earlier.iter().find_map(|before| {
        let mut members = before.as_object()?.clone();
        let time = members.remove("taken")?;
        (Value::Object(members) == says).then_some(time)
    });
    block.taken = Some(time.unwrap_or_else(|| json!(to_the_second(now()).to_string())));
    Data::new("application/json", &block)
}

/// Without what is below seconds.
fn to_the_second(time: Timestamp) -> Timestamp {
    Timestamp::from_ms(time.ms().div_euclid(1_000) * 1_000)
}

/// `docs/snapshot.md` describes its members.
#[derive(Serialize)]
struct Block<'a> {
    version: u32,
    thread: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    blog: &'a str,
    post: Option<Value>,
    page: Page<'a>,
    complete: bool,
    revision: &'a Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<Value>,
}

/// A page of the contract, with what other back ends say besides.
#[derive(Serialize)]
struct Page<'a> {
    thread: &'a str,
    total: usize,
    accepts: &'static str,
    limits: AllLimits<'a>,
    comments: Vec<WrittenComment<'a>>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct AllLimits<'a> {
    #[serde(flatten)]
    limits: &'a Limits,
    needs_name: bool,
    needs_email: bool,
}

/// A comment of the contract. `deleted` is a status that only other back ends have, as are votes.
#[derive(Serialize)]
struct WrittenComment<'a> {
    id: &'a str,
    parent: Option<&'a str>,
    author: Value,
    content_html: &'a str,
    published: Option<String>,
    updated: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    votes: Option<Value>,
}

impl<'a> Block<'a> {
    fn of(taken: &'a Taken) -> Self {
        let conversation = &taken.conversation;
        let limits = &conversation.limits;
        // Oldest first, as in the contract, whatever the order on the screen.
        let shown: HashSet<_> = taken.rows.iter().map(|row| row.at).collect();
        let comments = conversation.forest.chronicle();
        let comments = comments
            .iter()
            .filter(|row| shown.contains(&row.at))
            .filter_map(|row| conversation.forest.get(&row.id));
        Self {
            version: 1,
            thread: &taken.key,
            blog: &taken.blog,
            post: taken.post.as_ref().map(item),
            page: Page {
                thread: &conversation.thread,
                total: conversation.announced,
                accepts: conversation.accepts.as_str(),
                limits: AllLimits {
                    limits,
                    needs_name: limits.needs_name,
                    needs_email: limits.needs_email,
                },
                comments: comments.map(|comment| written(comment)).collect(),
                next: None,
            },
            complete: taken.is_complete,
            revision: &conversation.revision,
            taken: None,
        }
    }
}

fn written(comment: &Comment) -> WrittenComment<'_> {
    let text = |time: Option<Timestamp>| time.map(|time| time.to_string());
    WrittenComment {
        id: comment.id.as_str(),
        parent: comment.parent.as_ref().map(|id| id.as_str()),
        author: json!({
            "name": comment.author.name,
            "url": comment.author.url,
            "post_author": comment.author.wrote_post,
        }),
        content_html: &comment.html,
        published: text(comment.published),
        updated: text(comment.updated),
        status: match comment.moderation {
            Moderation::Deleted => "deleted",
            _ => "published",
        },
        votes: comment
            .votes
            .map(|Votes { up, down }| json!({ "up": up, "down": down })),
    }
}

/// A post as an item of a [JSON Feed](https://www.jsonfeed.org/version/1.1/), which the core reads
/// back as the same post.
fn item(post: &Post) -> Value {
    let author = |author: &PostAuthor| json!({ "name": author.name, "url": author.url, "avatar": author.avatar });
    json!({
        "id": post.id,
        "url": post.url,
        "title": post.title,
        "content_html": post.html,
        "summary": post.summary,
        "image": post.image,
        "date_published": post.published.map(|time| time.to_string()),
        "tags": post.tags,
        "authors": post.authors.iter().map(author).collect::<Vec<_>>(),
        "language": post.language,
        "_causerie": {
            "thread": post.thread,
            "comment_count": post.comment_count,
            "accepts": post.accepts.as_str(),
        },
    })
}
