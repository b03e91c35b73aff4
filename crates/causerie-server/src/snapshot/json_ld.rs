//! The same for search engines: a `BlogPosting` with its comments.
//! <https://schema.org/BlogPosting>, <https://schema.org/Comment>,
//! <https://developers.google.com/search/docs/appearance/structured-data/article>,
//! <https://developers.google.com/search/docs/appearance/structured-data/discussion-forum>

use causerie_core::{Comment, CommentId, Moderation, PostAuthor};
use serde_json::{Map, Value, json};

use super::Taken;
use super::clean::is_web_address;
use super::markup::Data;
use super::view::comment::{element_id, shown_name};

/// The block.
pub(super) fn block(taken: &Taken) -> Data {
    let post = taken.post.as_ref();
    let title = post.map(|post| post.title.as_str()).unwrap_or_default();
    let own_title = Some(title).filter(|title| !title.is_empty());
    let time = post.and_then(|post| post.published);
    let authors = post.map(|post| post.authors.iter().filter(|it| !it.name.is_empty()));
    let authors: Vec<_> = authors.into_iter().flatten().map(person).collect();
    let forest = &taken.conversation.forest;
    let comments = taken.rows.iter().filter_map(|row| {
        let written = forest.get(&row.id)?;
        let is_there = written.moderation != Moderation::Deleted;
        is_there.then(|| comment(taken, written, row.answers.as_ref()))
    });
    let comments: Vec<_> = comments.collect();
    let image = post.and_then(|post| post.image.as_deref());
    let image = image.filter(|address| is_web_address(address));
    let posting = members([
        ("@context", json!("https://schema.org")),
        ("@type", json!("BlogPosting")),
        ("headline", json!(own_title.unwrap_or(&taken.config.title))),
        ("url", json!(url(taken))),
        ("mainEntityOfPage", json!(url(taken))),
        ("datePublished", json!(time.map(|time| time.to_string()))),
        ("image", json!(image)),
        (
            "inLanguage",
            json!(post.and_then(|post| post.language.as_deref())),
        ),
        ("author", json!(authors)),
        ("commentCount", json!(taken.conversation.announced)),
        ("comment", json!(comments)),
    ]);
    Data::new("application/ld+json", &posting)
}

fn comment(taken: &Taken, comment: &Comment, answers: Option<&CommentId>) -> Value {
    let id = |id: &CommentId| format!("{}#{}", page(taken), element_id(id));
    let time = |time: Option<causerie_core::Timestamp>| json!(time.map(|time| time.to_string()));
    let name = shown_name(&taken.messages, comment);
    members([
        ("@type", json!("Comment")),
        ("@id", json!(id(&comment.id))),
        ("url", json!(id(&comment.id))),
        ("datePublished", time(comment.published)),
        ("dateModified", time(comment.updated)),
        ("text", json!(plain(&comment.html))),
        (
            "author",
            members([
                ("@type", json!("Person")),
                ("name", json!(name)),
                ("url", json!(comment.author.url)),
            ]),
        ),
        (
            "parentItem",
            answers.map_or(
                Value::Null,
                |answered| json!({ "@type": "Comment", "@id": id(answered) }),
            ),
        ),
    ])
}

fn person(author: &PostAuthor) -> Value {
    members([
        ("@type", json!("Person")),
        ("name", json!(author.name)),
        ("url", json!(author.url)),
    ])
}

/// The post's address, else the page's.
fn url(taken: &Taken) -> &str {
    let own = taken.post.as_ref().and_then(|post| post.url.as_deref());
    let own = own.filter(|address| is_web_address(address));
    own.unwrap_or(page(taken))
}

/// The page's address, which comments are on.
fn page(taken: &Taken) -> &str {
    let address = taken.address.as_str();
    address.split('#').next().unwrap_or_default()
}

/// An object of those members that have a value.
fn members<const N: usize>(members: [(&str, Value); N]) -> Value {
    let is_said = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        _ => true,
    };
    let said = members.into_iter().filter(|(_, value)| is_said(value));
    let said = said.map(|(name, value)| (name.to_owned(), value));
    Value::Object(said.collect::<Map<_, _>>())
}

/// What there is to read in `html`.
fn plain(html: &str) -> String {
    let broken = html.replace("</p>", "</p> ").replace("<br", " <br");
    let text = ammonia::Builder::empty()
        .clean_content_tags(["script", "style"].into())
        .clean(&broken)
        .to_string();
    let text = htmlize::unescape(&text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
