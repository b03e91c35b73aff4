//! The blog's front: its posts, the way to each, and back.

use causerie_core::{Feed, Post};
use leptos::prelude::*;

use super::once::{Once, once};
use super::time;
use crate::browser::{dom, page};
use crate::messages::{messages, msg};
use crate::state::blog::Blog;

/// All posts of the feed, in its order.
pub(crate) fn view(feed: &Feed) -> Once {
    let messages = messages();
    let title = if feed.title.is_empty() {
        messages.get(msg::POSTS)
    } else {
        feed.title.clone()
    };
    page::set_title(&title);
    page::set_language(feed.language.as_deref().unwrap_or(&messages.language()));
    let entries = feed.posts.iter().map(entry).collect::<Vec<_>>();
    let is_empty = feed.posts.is_empty();
    once(view! {
        <section class="front">
            <header lang=feed.language.clone()>
                {heading(title)}
                <p class="description">{feed.description.clone()}</p>
            </header>
            <ol role="list" class="posts">{entries}</ol>
            {is_empty.then(|| view! { <p class="empty">{messages.get(msg::NO_POSTS)}</p> })}
        </section>
    })
}

/// The heading of the page. It takes the focus when the reader has come from another post.
pub(crate) fn heading(title: String) -> Once {
    let blog: Blog = expect_context();
    let element = NodeRef::<leptos::html::H1>::new();
    Effect::new(move || {
        if let Some(element) = element.get().filter(|_| blog.has_moved.get_value()) {
            dom::focus_in_place(&element);
        }
    });
    once(view! {
        <h1 node_ref=element tabindex="-1" dir="auto">
            {title}
        </h1>
    })
}

/// The link back to all posts, where the page has more than one.
pub(crate) fn way_back(blog: Blog) -> Option<Once> {
    (!blog.is_single()).then(|| {
        once(view! {
            <nav class="way-back">
                <a
                    href=blog.link(None, None)
                    on:click=move |event| {
                        if !dom::is_for_browser(&event) {
                            event.prevent_default();
                            blog.go(None);
                        }
                    }
                >
                    {messages().get(msg::BACK_TO_POSTS)}
                </a>
            </nav>
        })
    })
}

fn entry(post: &Post) -> Once {
    let messages = messages();
    let blog: Blog = expect_context();
    let title = title(post);
    let count = post.comment_count.map(|count| match count {
        0 => messages.get(msg::NO_COMMENTS_COUNT),
        count => messages.count(msg::COMMENTS, count),
    });
    let language = post.language.clone();
    let address = blog.link(Some(post), None);
    let summary = post.summary.clone();
    let published = post.published;
    let post = StoredValue::new(post.clone());
    let open = move |event: leptos::ev::MouseEvent| {
        if !dom::is_for_browser(&event) {
            event.prevent_default();
            post.with_value(|post| blog.go(Some(post)));
        }
    };
    once(view! {
        <li>
            <article>
                <h2 lang=language.clone() dir="auto">
                    <a href=address on:click=open>{title}</a>
                </h2>
                <p class="summary" lang=language dir="auto">{summary}</p>
                <p class="meta">
                    {published.map(time::day)}
                    {count.map(|count| view! { <span>{count}</span> })}
                </p>
            </article>
        </li>
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
