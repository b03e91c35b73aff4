use serde_json::Value;

use crate::backend::contract::{accepts_from_wire, is_web_address};
use crate::json;
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostAuthor {
    /// Plain text.
    pub name: String,
    /// Their site.
    pub url: Option<String>,
    /// The address of their picture.
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
        let expected = "a JSON Feed or one of its items";
        let wire: Value = response.json(expected)?;
        let blog = Inherited {
            authors: authors(&wire),
            language: json::text(&wire, "language"),
        };
        match wire.get("items").and_then(Value::as_array) {
            Some(items) => Ok(Self {
                title: json::str(&wire, "title").to_owned(),
                description: json::str(&wire, "description").to_owned(),
                posts: items.iter().map(|item| Post::read(item, &blog)).collect(),
                language: blog.language,
            }),
            None if wire.get("id").is_some() => Ok(Self {
                title: String::new(),
                description: String::new(),
                posts: vec![Post::read(&wire, &blog)],
                language: blog.language,
            }),
            None => Err(Error::WrongShape {
                expected,
                found: "neither `items` nor `id`".to_owned(),
            }),
        }
    }

    /// The post, where a bare item was read: then there is no front to show.
    pub fn bare_item(&self) -> Option<&Post> {
        self.posts
            .first()
            .filter(|_| self.title.is_empty() && self.posts.len() == 1)
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
                _ if !letter.is_whitespace() && !letter.is_ascii_punctuation() => {
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

/// What a post takes from its feed where it does not say itself.
struct Inherited {
    authors: Vec<PostAuthor>,
    language: Option<String>,
}

impl Post {
    // Member by member, not derived: feeds are full of small liberties that are no reason to show
    // nothing, and the code is a fifth of the derived one.
    fn read(item: &Value, blog: &Inherited) -> Self {
        let url = json::text(item, "url");
        let id = json::text(item, "id")
            .or_else(|| url.clone())
            .unwrap_or_default();
        let own_authors = authors(item);
        let html = json::text(item, "content_html");
        let plain = || json::str(item, "content_text");
        let extension = item.get("_causerie").unwrap_or(&Value::Null);
        Self {
            thread: json::text(extension, "thread").unwrap_or_else(|| id.clone()),
            comment_count: json::count(extension, "comment_count"),
            accepts: accepts_from_wire(json::str(extension, "accepts")),
            id,
            url,
            title: json::str(item, "title").to_owned(),
            html: html.unwrap_or_else(|| paragraphs(plain())),
            summary: json::str(item, "summary").to_owned(),
            image: json::text(item, "image"),
            published: json::text(item, "date_published")
                .as_deref()
                .and_then(Timestamp::parse),
            tags: json::list(item, "tags")
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            authors: if own_authors.is_empty() {
                blog.authors.clone()
            } else {
                own_authors
            },
            language: json::text(item, "language").or_else(|| blog.language.clone()),
        }
    }
}

/// The authors of a feed or an item; what version 1.0 of the format called `author` counts too.
fn authors(object: &Value) -> Vec<PostAuthor> {
    let several = json::list(object, "authors");
    let single = object.get("author").filter(|_| several.is_empty());
    let author = |author: &Value| PostAuthor {
        name: json::str(author, "name").to_owned(),
        url: json::text(author, "url").filter(|url| is_web_address(url)),
        avatar: json::text(author, "avatar"),
    };
    several.iter().chain(single).map(author).collect()
}

/// Plain text as HTML: a paragraph wherever a line is empty.
fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        match (line.is_empty(), is_open) {
            (true, true) => html.push_str("</p>"),
            (true, false) => {}
            (false, true) => html.push_str("<br>"),
            (false, false) => html.push_str("<p>"),
        }
        is_open = !line.is_empty();
        for letter in line.chars() {
            match letter {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                letter => html.push(letter),
            }
        }
    }
    if is_open {
        html.push_str("</p>");
    }
    html
}
