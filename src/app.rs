//! The whole of it: builds the state, hands it down by context, and places the front or a post.

use causerie_core::{Accepts, Config, Settings, Shows};

use crate::browser::host::{Host, host};
use crate::browser::view::{View, el};
use crate::browser::{page, task};
use crate::messages::{self, Messages, messages, msg};
use crate::state::Load;
use crate::state::blog::Blog;
use crate::state::clock::Clock;
use crate::state::kept::{Watch, hand_down};
use crate::state::outbox::Outbox;
use crate::state::thread::Thread;
use crate::ui::{front, notice, post, skeleton, thread};

/// The view that `settings` ask for, in the language of its `host`.
pub(crate) fn view(host: Host, settings: &Settings) -> View {
    let language = messages::choose(host.declared_language());
    if host.is_page() {
        page::set_language_if_none(&language);
    }
    let speaking = Watch::new(None);
    task::spawn_scoped(async move {
        speaking.set(Messages::load(host, language).await);
    });
    // What is to be shown is on its way while the messages are.
    let content = Config::read(settings).map(|config| {
        hand_down(Outbox::open(host, &config));
        Content::open(config)
    });
    let content = move || {
        let Some(messages) = speaking.get() else {
            return skeleton::view();
        };
        hand_down(messages);
        hand_down(Clock::start());
        let content = match &content {
            Ok(Content::Blog(blog)) => page(*blog),
            Ok(Content::Thread(thread)) => thread::view(*thread),
            Err(problems) => instead(notice::settings(problems)),
        };
        el("div")
            .class("page")
            .attr("lang", &messages.language())
            .child(content)
            .into()
    };
    el("div").class("causerie").redrawn(content).into()
}

enum Content {
    Blog(Blog),
    Thread(Thread),
}

impl Content {
    fn open(config: Config) -> Self {
        match config.shows.clone() {
            Shows::Blog { feed, post } => Self::Blog(Blog::open(config, feed, post.as_deref())),
            Shows::Thread(key) => Self::Thread(Thread::open(config, key, None, Accepts::Open)),
        }
    }
}

fn page(blog: Blog) -> View {
    hand_down(blog);
    let content = move || match blog.feed.get() {
        Load::Loading => skeleton::view(),
        Load::Failed(error) => instead(notice::failure("h1", &error, move || blog.load())),
        Load::Ready(feed) => match blog.wanted.get() {
            Some(key) => feed
                .find(&key)
                .map_or_else(|| instead(lost(blog)), |post| post::view(&feed, post)),
            None => feed.bare_item().map_or_else(
                || instead(front::view(&feed)),
                |post| post::view(&feed, post),
            ),
        },
    };
    el("div").redrawn(content).into()
}

/// A view without comments, which would otherwise wait behind a snapshot for them.
fn instead(view: View) -> View {
    host().drawn();
    view
}

fn lost(blog: Blog) -> View {
    let messages = messages();
    host().set_title(&messages.get(msg::POST_NOT_FOUND));
    el("div")
        .class("notice")
        .attr("role", "alert")
        .child(el("h1").class("title").say(msg::POST_NOT_FOUND))
        .child(el("p").say(msg::POST_NOT_FOUND_TEXT))
        .children(front::way_back(blog))
        .into()
}
