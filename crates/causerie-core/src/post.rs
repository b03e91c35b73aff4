use crate::address::{is_web_address, page_key};
use crate::backend::contract::accepts_from_wire;
use crate::{Accepts, Error, Json, Response, Timestamp, text};

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
    /// The key of its conversation: what the feed's `_causerie` extension says, else the id, of an
    /// address as [`page_key`] makes it.
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
        let wire: Json = response.json(expected)?;
        let blog = Inherited {
            authors: authors(&wire),
            language: wire.get("language").text(),
        };
        match wire.get("items").as_list() {
            Some(items) => Ok(Self {
                title: wire.get("title").str().to_owned(),
                description: wire.get("description").str().to_owned(),
                posts: items.iter().map(|item| Post::read(item, &blog)).collect(),
                language: blog.language,
            }),
            None => Self::of_one(&wire, "").ok_or_else(|| Error::WrongShape {
                expected,
                found: "neither `items` nor `id`".to_owned(),
            }),
        }
    }

    /// The item alone, of the blog called `title`; `None` where it is none.
    pub(crate) fn of_one(item: &Json, title: &str) -> Option<Self> {
        let blog = Inherited::default();
        (!item.get("id").is_null()).then(|| Self {
            title: title.to_owned(),
            description: String::new(),
            language: item.get("language").text(),
            posts: vec![Post::read(item, &blog)],
        })
    }

    /// The post, where a bare item was read: then there is no front to show.
    pub fn bare_item(&self) -> Option<&Post> {
        self.posts
            .first()
            .filter(|_| self.title.is_empty() && self.posts.len() == 1)
    }

    /// The post whose id, thread or address is `key`.
    pub fn find(&self, key: &str) -> Option<&Post> {
        let is_it = |post: &&Post| {
            let is_url = |url: &String| url == key || page_key(url) == key;
            post.id == key || post.thread == key || post.url.as_ref().is_some_and(is_url)
        };
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
#[derive(Default)]
struct Inherited {
    authors: Vec<PostAuthor>,
    language: Option<String>,
}

impl Post {
    // Member by member, not derived: feeds are full of small liberties that are no reason to show
    // nothing, and the code is a fifth of the derived one.
    fn read(item: &Json, blog: &Inherited) -> Self {
        let url = item.get("url").text();
        let id = item
            .get("id")
            .text()
            .or_else(|| url.clone())
            .unwrap_or_default();
        let own_authors = authors(item);
        let html = item.get("content_html").text();
        let plain = || item.get("content_text").str();
        let extension = item.get("_causerie");
        Self {
            thread: extension
                .get("thread")
                .text()
                .unwrap_or_else(|| thread_of(&id)),
            comment_count: extension.get("comment_count").count(),
            accepts: accepts_from_wire(extension.get("accepts").str()),
            id,
            url,
            title: item.get("title").str().to_owned(),
            html: html.unwrap_or_else(|| text::paragraphs(plain())),
            summary: item.get("summary").str().to_owned(),
            image: item.get("image").text(),
            published: item
                .get("date_published")
                .text()
                .as_deref()
                .and_then(Timestamp::parse),
            tags: item
                .get("tags")
                .list()
                .iter()
                .map(|tag| tag.str().to_owned())
                .collect(),
            authors: if own_authors.is_empty() {
                blog.authors.clone()
            } else {
                own_authors
            },
            language: item
                .get("language")
                .text()
                .or_else(|| blog.language.clone()),
        }
    }
}

/// The key of a conversation that the feed does not name: an embed on the post's own page comes to
/// the same.
pub fn thread_of(id: &str) -> String {
    if is_web_address(id) {
        page_key(id)
    } else {
        id.to_owned()
    }
}

/// The authors of a feed or an item; what version 1.0 of the format called `author` counts too.
fn authors(object: &Json) -> Vec<PostAuthor> {
    let several = object.get("authors").list();
    let single = Some(object.get("author")).filter(|it| several.is_empty() && !it.is_null());
    let author = |author: &Json| PostAuthor {
        name: author.get("name").str().to_owned(),
        url: author.get("url").text().filter(|url| is_web_address(url)),
        avatar: author.get("avatar").text(),
    };
    several.iter().chain(single).map(author).collect()
}
