//! A post, with its conversation below: as `src/ui/post.rs`, `src/ui/avatar.rs` and `src/ui/time.rs`
//! of the client draw it.

use causerie_core::{Post, PostAuthor, Timestamp};

use super::{rich_text, thread};
use crate::snapshot::Taken;
use crate::snapshot::clean::{self, is_web_address};
use crate::snapshot::markup::{Build, el};
use crate::snapshot::messages::{Messages, msg};

/// The post and its thread.
pub(super) fn view(taken: &Taken, post: &Post) -> Build {
    let messages = &taken.messages;
    let language = post.language.clone();
    let title = match post.title.as_str() {
        "" => messages.get(msg::UNTITLED),
        title => title.to_owned(),
    };
    let heading = el("h1")
        .attr("tabindex", "-1")
        .attr("dir", "auto")
        .text(&title);
    let picture = |address: &String| {
        el("img")
            .class("cover")
            .attr("src", address)
            .attr("alt", "")
    };
    let image = post.image.as_ref().filter(|image| is_web_address(image));
    let article = el("article")
        .class("post")
        .attr("lang", &language.unwrap_or_else(|| messages.language()))
        .child(el("header").child(heading).child(byline(messages, post)))
        .children(image.map(picture))
        .child(rich_text(clean::post(&post.html)))
        .children((!post.tags.is_empty()).then(|| tags(messages, post)));
    el("div").child(article).child(thread::view(taken))
}

/// A moment by its day. The client writes how long ago it was, and keeps that true.
pub(super) fn day(messages: &Messages, time: Timestamp) -> Build {
    el("time")
        .attr("datetime", &time.to_string())
        .text(&messages.date(time))
}

fn byline(messages: &Messages, post: &Post) -> Build {
    let named = || post.authors.iter().filter(|author| !author.name.is_empty());
    let reading = messages.count(msg::READING_MINUTES, post.reading_minutes());
    let meta = el("span")
        .class("meta")
        .children(post.published.map(|time| day(messages, time)))
        .child(el("span").text(&reading));
    el("div")
        .class("byline")
        .attr("lang", &messages.language())
        .child(el("span").class("faces").children(named().map(face)))
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

fn face(author: &PostAuthor) -> Build {
    let picture = author.avatar.as_ref();
    let face = match picture.filter(|address| is_web_address(address)) {
        Some(address) => el("img")
            .class("avatar")
            .attr("src", address)
            .attr("alt", "")
            .attr("width", "40")
            .attr("height", "40"),
        None => el("span")
            .class("avatar")
            .attr("data-hue", &hue(&author.name).to_string())
            .attr("aria-hidden", "true")
            .text(&initials(&author.name)),
    };
    el("span").class("face").child(face)
}

/// The first letters of the first two words; the style makes them capitals.
fn initials(name: &str) -> String {
    let words = name.split_whitespace().take(2);
    words.filter_map(|word| word.chars().next()).collect()
}

/// One of eight colors, the same as the client's.
fn hue(name: &str) -> u32 {
    name.chars().fold(7_u32, |hash, letter| {
        hash.wrapping_mul(31).wrapping_add(letter.into())
    }) % 8
}

fn tags(messages: &Messages, post: &Post) -> Build {
    el("ul")
        .class("tags")
        .attr("role", "list")
        .attr("aria-label", &messages.get(msg::TAGS))
        .children(post.tags.iter().map(|tag| el("li").text(tag)))
}
