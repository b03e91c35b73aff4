//! The blog's front: its posts, the way to each, and back.

use causerie_core::{Feed, Post};

use super::time;
use crate::browser::dom;
use crate::browser::host::host;
use crate::browser::view::{Build, View, el};
use crate::messages::{messages, msg};
use crate::state::blog::Blog;
use crate::state::kept::handed;

/// All posts of the feed, in its order.
pub(crate) fn view(feed: &Feed) -> View {
    let messages = messages();
    let title = if feed.title.is_empty() {
        messages.get(msg::POSTS)
    } else {
        feed.title.clone()
    };
    host().set_title(&title);
    host().set_language(feed.language.as_deref().unwrap_or(&messages.language()));
    let head = el("header")
        .maybe_attr("lang", feed.language.as_deref())
        .child(heading(&title))
        .child(el("p").class("description").text(&feed.description));
    let empty = feed
        .posts
        .is_empty()
        .then(|| el("p").class("empty").say(msg::NO_POSTS));
    el("section")
        .class("front")
        .child(head)
        .child(
            el("ol")
                .class("posts")
                .attr("role", "list")
                .children(feed.posts.iter().map(entry)),
        )
        .children(empty)
        .into()
}

/// The heading of the page. It takes the focus when the reader has come from another post.
pub(crate) fn heading(title: &str) -> Build {
    let blog: Blog = handed();
    el("h1")
        .attr("tabindex", "-1")
        .attr("dir", "auto")
        .text(title)
        .with(|element| {
            if blog.has_moved() {
                dom::focus_when_shown(element);
            }
        })
}

/// The link back to all posts, where the page has more than one.
pub(crate) fn way_back(blog: Blog) -> Option<View> {
    let is_alone = blog.is_single() || blog.has_one_post();
    (!is_alone).then(|| {
        let link = link(&blog.link(None, None), move || blog.go(None));
        let link = link.say(msg::BACK_TO_POSTS);
        el("nav").class("way-back").child(link).into()
    })
}

fn entry(post: &Post) -> View {
    let messages = messages();
    let blog: Blog = handed();
    let language = post.language.as_deref();
    let shown = post.clone();
    let link = link(&blog.link(Some(post), None), move || blog.go(Some(&shown)));
    let count = post.comment_count.map(|count| match count {
        0 => messages.get(msg::NO_COMMENTS_COUNT),
        count => messages.count(msg::COMMENTS, count),
    });
    let meta = el("p")
        .class("meta")
        .children(post.published.map(time::day))
        .children(count.map(|count| el("span").text(&count)));
    let article = el("article")
        .child(
            el("h2")
                .maybe_attr("lang", language)
                .attr("dir", "auto")
                .child(link.text(&title(post))),
        )
        .child(
            el("p")
                .class("summary")
                .maybe_attr("lang", language)
                .attr("dir", "auto")
                .text(&post.summary),
        )
        .child(meta);
    el("li").child(article).into()
}

/// A link inside the page, which the browser may still open elsewhere.
fn link(address: &str, go: impl Fn() + 'static) -> Build {
    el("a").attr("href", address).on("click", move |event| {
        if !dom::is_for_browser(&event) {
            event.prevent_default();
            go();
        }
    })
}

/// The post's title, or a word for the lack of one.
pub(crate) fn title(post: &Post) -> String {
    if post.title.is_empty() {
        messages().get(msg::UNTITLED)
    } else {
        post.title.clone()
    }
}
