//! The whole of it: builds the state, hands it down by context, and places the front or a post.

use causerie_core::{Config, Settings};
use leptos::prelude::*;

use crate::browser::view::{View, el};
use crate::browser::{HtmlElement, page, task};
use crate::messages::{self, Messages, messages, msg};
use crate::state::Load;
use crate::state::blog::Blog;
use crate::state::clock::Clock;
use crate::state::kept::Watch;
use crate::ui::{front, notice, post, skeleton};

/// The view that `settings` ask for, in the language of `element`.
pub(crate) fn view(element: &HtmlElement, settings: &Settings) -> View {
    let language = messages::choose(page::declared_language(element));
    page::set_language_if_none(&language);
    let speaking = Watch::new(None);
    task::spawn_scoped(async move {
        speaking.set(Some(Messages::load(language).await));
    });
    // The feed is on its way while the messages are.
    let blog = Config::read(settings).map(Blog::open);
    let content = move || {
        let Some(messages) = speaking.get() else {
            return skeleton::view();
        };
        provide_context(messages);
        provide_context(Clock::start());
        let content = match &blog {
            Ok(blog) => page(*blog),
            Err(problems) => notice::settings(problems),
        };
        el("div")
            .class("page")
            .attr("lang", &messages.language())
            .child(content)
            .into()
    };
    el("div").class("causerie").redrawn(content).into()
}

fn page(blog: Blog) -> View {
    provide_context(blog);
    let content = move || match blog.feed.get() {
        Load::Loading => skeleton::view(),
        Load::Failed(error) => notice::failure("h1", &error, move || blog.load()),
        Load::Ready(feed) => match blog.wanted.get() {
            Some(key) => feed
                .find(&key)
                .map_or_else(|| lost(blog), |post| post::view(&feed, post)),
            None => feed
                .bare_item()
                .map_or_else(|| front::view(&feed), |post| post::view(&feed, post)),
        },
    };
    el("div").redrawn(content).into()
}

fn lost(blog: Blog) -> View {
    let messages = messages();
    page::set_title(&messages.get(msg::POST_NOT_FOUND));
    el("div")
        .class("notice")
        .attr("role", "alert")
        .child(el("h1").class("title").say(msg::POST_NOT_FOUND))
        .child(el("p").say(msg::POST_NOT_FOUND_TEXT))
        .children(front::way_back(blog))
        .into()
}
