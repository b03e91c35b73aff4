//! A post, with its conversation below.

use causerie_core::{Feed, Post, PostAuthor};

use super::rich_text::{self, Source};
use super::{avatar, front, thread, time};
use crate::browser::host::host;
use crate::browser::view::{Build, View, el};
use crate::messages::{messages, msg};
use crate::state::blog::Blog;
use crate::state::kept::handed;
use crate::state::thread::Thread;

/// The post and its thread.
pub(crate) fn view(feed: &Feed, post: &Post) -> View {
    let messages = messages();
    let blog: Blog = handed();
    let title = front::title(post);
    match feed.title.as_str() {
        "" => host().set_title(&title),
        blog_title => host().set_title(&format!("{title} – {blog_title}")),
    }
    let language = post.language.clone().unwrap_or_else(|| messages.language());
    host().set_language(&language);

    let picture = |address: &String| {
        el("img")
            .class("cover")
            .attr("src", address)
            .attr("alt", "")
    };
    let article = el("article")
        .class("post")
        .attr("lang", &language)
        .child(
            el("header")
                .child(front::heading(&title))
                .child(byline(post)),
        )
        .children(post.image.as_ref().map(picture))
        .child(rich_text::view(&post.html, Source::Post))
        .children((!post.tags.is_empty()).then(|| tags(post)));
    let conversation = blog.config().map(|config| {
        let thread = post.thread.clone();
        thread::view(Thread::open(
            config,
            thread,
            post.comment_count,
            post.accepts,
        ))
    });
    el("div")
        .children(front::way_back(blog))
        .child(article)
        .children(conversation)
        .into()
}

fn byline(post: &Post) -> Build {
    let messages = messages();
    let named = || post.authors.iter().filter(|author| !author.name.is_empty());
    let faces = named().map(|author| avatar::view(&author.name, author.avatar.clone()));
    let reading = messages.count(msg::READING_MINUTES, post.reading_minutes());
    let meta = el("span")
        .class("meta")
        .children(post.published.map(time::day))
        .child(el("span").text(&reading));
    el("div")
        .class("byline")
        .attr("lang", &messages.language())
        .child(el("span").class("faces").children(faces))
        .child(
            el("p")
                .child(el("span").class("names").children(named().map(name)))
                .child(meta),
        )
}

fn name(author: &PostAuthor) -> Build {
    match &author.url {
        Some(url) => el("a")
            .attr("href", url)
            .attr("rel", "author")
            .text(&author.name),
        None => el("span").text(&author.name),
    }
}

fn tags(post: &Post) -> Build {
    el("ul")
        .class("tags")
        .attr("role", "list")
        .attr("aria-label", &messages().get(msg::TAGS))
        .children(post.tags.iter().map(|tag| el("li").text(tag)))
}
