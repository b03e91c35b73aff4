//! The whole of it: builds the state, hands it down by context, and places the front or a post.

use std::sync::Arc;

use causerie_core::{Config, Feed, Post, Settings};
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use crate::browser::{HtmlElement, page};
use crate::messages::{self, Messages, messages};
use crate::state::Load;
use crate::state::blog::Blog;
use crate::state::clock::Clock;
use crate::ui::once::{Once, once, redrawn};
use crate::ui::{front, notice, post, skeleton};

/// The view that `settings` ask for, in the language of `element`.
pub(crate) fn view(element: HtmlElement, settings: &Settings) -> Once {
    let language = messages::choose(page::declared_language(&element).as_deref());
    let speaking = RwSignal::new(None);
    spawn_local_scoped_with_cancellation(async move {
        speaking.set(Some(Messages::load(language).await));
    });
    // The feed is on its way while the messages are.
    let blog = Config::read(settings).map(Blog::open);
    let content = move || match speaking.get() {
        None => skeleton::view(),
        Some(messages) => {
            provide_context(messages);
            provide_context(Clock::start());
            match &blog {
                Ok(blog) => page(*blog),
                Err(problems) => notice::settings(problems),
            }
        }
    };
    once(view! { <div class="causerie" lang=language>{redrawn(content)}</div> })
}

fn page(blog: Blog) -> Once {
    provide_context(blog);
    once(redrawn(move || match blog.feed.get() {
        Load::Loading => skeleton::view(),
        Load::Failed(error) => notice::failure(&error, move || blog.load()),
        Load::Ready(feed) => {
            let wanted = blog.wanted.get();
            match find(&feed, wanted.as_deref()) {
                Place::Front => front::view(&feed),
                Place::Post(post) => post::view(&feed, post),
                Place::Nowhere => lost(blog),
            }
        }
    }))
}

enum Place<'a> {
    Front,
    Post(&'a Post),
    Nowhere,
}

fn find<'a>(feed: &'a Arc<Feed>, wanted: Option<&str>) -> Place<'a> {
    match wanted {
        Some(key) => feed.find(key).map_or(Place::Nowhere, Place::Post),
        None => feed.bare_item().map_or(Place::Front, Place::Post),
    }
}

fn lost(blog: Blog) -> Once {
    let messages = messages();
    page::set_title(&messages.get(messages::msg::POST_NOT_FOUND));
    once(view! {
        <div class="notice" role="alert">
            <h1>{messages.get(messages::msg::POST_NOT_FOUND)}</h1>
            <p>{messages.get(messages::msg::POST_NOT_FOUND_TEXT)}</p>
            {front::way_back(blog)}
        </div>
    })
}
