use serde::{Deserialize, Deserializer};

use crate::backend::contract::{accepts_from_wire, is_web_address};
use crate::{Accepts, Error, Response, Timestamp};

/// A blog post. Read from a JSON Feed 1.1 item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its id in the feed.
    pub id: String,
    /// Its own address.
    pub url: Option<String>,
    /// Empty for a post without one.
    pub title: String,
    /// The body as HTML. **Untrusted**: to be sanitized before it is shown.
    pub html: String,
    /// A sentence or two of plain text.
    pub summary: String,
    /// The address of its main image.
    pub image: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// Plain words.
    pub tags: Vec<String>,
    /// Those of the post, else of the feed.
    pub authors: Vec<PostAuthor>,
    /// BCP 47, of the post, else of the feed.
    pub language: Option<String>,
    /// The key of its conversation: what the feed's `_causerie` extension says, else the id.
    pub thread: String,
    /// How many comments are announced, where the feed says.
    pub comment_count: Option<usize>,
    /// What the post takes, where the feed says; open else.
    pub accepts: Accepts,
}

/// Who wrote a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PostAuthor {
    /// Plain text.
    #[serde(default)]
    pub name: String,
    /// Their site.
    #[serde(default)]
    pub url: Option<String>,
    /// The address of their picture.
    #[serde(default)]
    pub avatar: Option<String>,
}

/// A blog: what a JSON Feed tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The blog's name; empty when a single item was read.
    pub title: String,
    /// A sentence about it.
    pub description: String,
    /// BCP 47.
    pub language: Option<String>,
    /// In the feed's order.
    pub posts: Vec<Post>,
}

impl Feed {
    /// Reads [JSON Feed 1.1](https://www.jsonfeed.org/version/1.1/): a whole feed, or a bare item,
    /// which becomes a feed of one. What version 1.0 called `author` is understood.
    ///
    /// # Errors
    /// When the server refused, or answered something else than a feed or an item.
    pub fn parse(response: &Response) -> Result<Self, Error> {
        if !response.is_success() {
            return Err(response.status_error(""));
        }
        let wire: WireFeed = response.json("a JSON Feed or one of its items")?;
        let (title, description, items) = match (wire.items, wire.item) {
            (Some(items), _) => (wire.title, wire.description, items),
            (None, item) if item.id.is_some() => (
                String::new(),
                String::new(),
                vec![WireItem {
                    title: wire.title,
                    ..item
                }],
            ),
            (None, _) => {
                return Err(Error::WrongShape {
                    expected: "a JSON Feed or one of its items",
                    found: "an object with neither `items` nor `id`".to_owned(),
                });
            }
        };
        let language = wire.language;
        let authors = or_single(wire.authors, wire.author);
        let posts = items
            .into_iter()
            .map(|item| item.into_post(&authors, language.as_deref()))
            .collect();
        Ok(Self {
            title,
            description,
            language,
            posts,
        })
    }

    /// The post whose id, thread or address is `key`.
    pub fn find(&self, key: &str) -> Option<&Post> {
        let is_it =
            |post: &&Post| post.id == key || post.thread == key || post.url.as_deref() == Some(key);
        self.posts.iter().find(is_it)
    }
}

impl Post {
    /// Minutes to read it, at least 1: 230 words a minute, and 500 characters a minute in scripts
    /// that write no spaces.
    pub fn reading_minutes(&self) -> usize {
        let (mut words, mut ideographs) = (0, 0);
        let (mut in_tag, mut in_word) = (false, false);
        for letter in self.html.chars() {
            match letter {
                '<' => in_tag = true,
                '>' => in_tag = false,
                _ if in_tag => continue,
                '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' => ideographs += 1,
                _ if letter.is_alphanumeric() => {
                    words += usize::from(!in_word);
                    in_word = true;
                    continue;
                }
                // An apostrophe does not end a word that began before it.
                '\'' | '’' => continue,
                _ => {}
            }
            in_word = false;
        }
        (words / 230 + ideographs / 500).max(1)
    }
}

#[derive(Deserialize)]
struct WireFeed {
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    language: Option<String>,
    #[serde(default)]
    authors: Vec<PostAuthor>,
    author: Option<PostAuthor>,
    items: Option<Vec<WireItem>>,
    /// The same object read as an item; the members that both know are above.
    #[serde(flatten)]
    item: WireItem,
}

#[derive(Default, Deserialize)]
struct WireItem {
    #[serde(default, deserialize_with = "string_or_number")]
    id: Option<String>,
    url: Option<String>,
    #[serde(default)]
    title: String,
    content_html: Option<String>,
    content_text: Option<String>,
    #[serde(default)]
    summary: String,
    image: Option<String>,
    date_published: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    authors: Vec<PostAuthor>,
    author: Option<PostAuthor>,
    language: Option<String>,
    #[serde(rename = "_causerie", default)]
    causerie: WireExtension,
}

#[derive(Default, Deserialize)]
struct WireExtension {
    thread: Option<String>,
    comment_count: Option<usize>,
    #[serde(default)]
    accepts: String,
}

impl WireItem {
    fn into_post(self, feed_authors: &[PostAuthor], feed_language: Option<&str>) -> Post {
        let id = self.id.or_else(|| self.url.clone()).unwrap_or_default();
        let mut authors = or_single(self.authors, self.author);
        if authors.is_empty() {
            authors = feed_authors.to_vec();
        }
        for author in &mut authors {
            author.url = author.url.take().filter(|url| is_web_address(url));
        }
        Post {
            thread: self.causerie.thread.unwrap_or_else(|| id.clone()),
            id,
            url: self.url,
            title: self.title,
            html: self
                .content_html
                .unwrap_or_else(|| paragraphs(&self.content_text.unwrap_or_default())),
            summary: self.summary,
            image: self.image,
            published: self.date_published.as_deref().and_then(Timestamp::parse),
            tags: self.tags,
            authors,
            language: self.language.or_else(|| feed_language.map(str::to_owned)),
            comment_count: self.causerie.comment_count,
            accepts: accepts_from_wire(&self.causerie.accepts),
        }
    }
}

fn or_single(authors: Vec<PostAuthor>, author: Option<PostAuthor>) -> Vec<PostAuthor> {
    if authors.is_empty() {
        author.into_iter().collect()
    } else {
        authors
    }
}

/// Plain text as HTML: a paragraph wherever a line is empty.
fn paragraphs(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let paragraphs = escaped.replace("\r\n", "\n");
    paragraphs
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| format!("<p>{}</p>", paragraph.trim().replace('\n', "<br>")))
        .collect()
}

/// The format asks readers to take an id of another type as text.
fn string_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(serde_json::Number),
    }
    Ok(Option::<Id>::deserialize(deserializer)?.map(|id| match id {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    }))
}
