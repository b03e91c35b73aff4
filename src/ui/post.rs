//! A post, with its conversation below.

use causerie_core::{Feed, Post};
use leptos::prelude::*;

use super::once::{Once, once};
use super::rich_text::{Source, rich_text};
use super::{avatar, front, thread, time};
use crate::browser::page;
use crate::messages::{messages, msg};
use crate::state::blog::Blog;
use crate::state::thread::Thread;

/// The post and its thread.
pub(crate) fn view(feed: &Feed, post: &Post) -> Once {
    let messages = messages();
    let blog: Blog = expect_context();
    let title = front::title(post);
    let blog_title = if feed.title.is_empty() {
        String::new()
    } else {
        format!(" – {}", feed.title)
    };
    page::set_title(&format!("{title}{blog_title}"));
    let language = post.language.clone().unwrap_or_else(|| messages.language());
    page::set_language(&language);

    let conversation = Thread::open(
        blog.config(),
        post.thread.clone(),
        post.comment_count,
        post.accepts,
    );
    let picture = post
        .image
        .clone()
        .map(|address| once(view! { <img class="cover" src=address alt="" /> }));
    let tags = (!post.tags.is_empty()).then(|| {
        let tags = post
            .tags
            .iter()
            .map(|tag| view! { <li>{tag.clone()}</li> })
            .collect::<Vec<_>>();
        once(view! {
            <ul role="list" class="tags" aria-label=messages.get(msg::TAGS)>
                {tags}
            </ul>
        })
    });
    once(view! {
        {front::way_back(blog)}
        <article class="post" lang=language>
            <header>{front::heading(title)} {byline(post)}</header>
            {picture}
            <div class="prose" dir="auto" use:rich_text=(post.html.clone(), Source::Post)></div>
            {tags}
        </article>
        {thread::view(conversation)}
    })
}

fn byline(post: &Post) -> Once {
    let messages = messages();
    let authors = post.authors.iter().filter(|author| !author.name.is_empty());
    let faces = authors
        .clone()
        .map(|author| avatar::view(&author.name, author.avatar.clone()))
        .collect::<Vec<_>>();
    let names: Vec<_> = authors
        .map(|author| match author.url.clone() {
            Some(url) => once(view! { <a href=url rel="author">{author.name.clone()}</a> }),
            None => once(view! { <span>{author.name.clone()}</span> }),
        })
        .collect();
    once(view! {
        <div class="byline" lang=messages.language()>
            <span class="faces">{faces}</span>
            <p>
                <span class="names">{names}</span>
                <span class="meta">
                    {post.published.map(time::day)}
                    <span>{messages.count(msg::READING_MINUTES, post.reading_minutes())}</span>
                </span>
            </p>
        </div>
    })
}
