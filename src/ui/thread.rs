//! A conversation: how much of it there is, its rows, and the place to write.

use causerie_core::{Accepts, Layout, Moderation, Order, Row, State};

use super::{actions, comment, composer, notice, skeleton, unsent};
use crate::browser::dom;
use crate::browser::list::Listed;
use crate::browser::view::{Build, View, el, nothing};
use crate::messages::{Message, messages, msg};
use crate::state::Load;
use crate::state::outbox::Item;
use crate::state::thread::{Thread, comment_of};

/// The conversation, in whatever state it is.
pub fn view(thread: Thread) -> View {
    let messages = messages();
    let is_sending = move || {
        let is_sent = |item: &Item| matches!(item.entry.state, State::Sending { .. });
        thread.outbox.items.with(|items| items.iter().any(is_sent))
    };
    let progress = move || match thread.arrived.get() {
        _ if is_sending() => messages.get(msg::SENDING),
        Some(Moderation::Held) => messages.get(msg::SENT_HELD),
        Some(_) => messages.get(msg::SENT_PUBLISHED),
        None => String::new(),
    };
    let head = el("header")
        .child(
            el("h2")
                .attr("id", "causerie-conversation")
                .live_text(move || heading(thread)),
        )
        .redrawn(move || toolbar(thread));
    let content = move || match thread.first.get() {
        Load::Loading => coming(),
        // What the reader has not sent yet is there all the same.
        Load::Failed(error) => el("div")
            .child(notice::failure("h3", &error, move || thread.load()))
            .child(list(thread))
            .into(),
        Load::Ready(()) => conversation(thread),
    };
    el("section")
        .class("thread")
        .part("thread")
        .attr("aria-labelledby", "causerie-conversation")
        .on("click", move |event| {
            if let Some((act, row)) = dom::pressed(&event)
                && let Some(id) = comment_of(&row)
            {
                actions::press(thread, &act, id);
            }
            // The browser does not look into a shadow tree, and not twice for the same fragment.
            if let Some(fragment) = dom::followed_fragment(&event) {
                thread.lead_to_fragment(&fragment);
            }
        })
        .child(head)
        .child(unsent::summary(thread))
        .child(news(thread))
        .redrawn(content)
        .child(
            el("p")
                .class("visually-hidden")
                .attr("role", "status")
                .live_text(progress),
        )
        .into()
}

/// How many comments are announced; where fewer are here than that, the end of the list says so.
fn heading(thread: Thread) -> String {
    let messages = messages();
    let announced = thread.announced.get().max(thread.delivered.get());
    match (announced, thread.first.get()) {
        (0, Load::Ready(())) => messages.get(msg::NO_COMMENTS_COUNT),
        (0, _) => messages.get(msg::CONVERSATION),
        (announced, _) => messages.count(msg::COMMENTS, announced),
    }
}

/// What others have written meanwhile, as a way to it.
fn news(thread: Thread) -> Build {
    let waiting = move || match thread.news.get() {
        0 => nothing(),
        count => el("button")
            .class("primary")
            .part("button")
            .attr("type", "button")
            .on("click", move |_| thread.go_to_news())
            .text(&messages().count(msg::NEWS, count))
            .into(),
    };
    el("div")
        .class("news")
        .attr("role", "status")
        .redrawn(waiting)
}

/// The choices of the reader, as soon as there is something to lay out.
fn toolbar(thread: Thread) -> View {
    if !thread.has_several.get() {
        return nothing();
    }
    let messages = messages();
    let layout = thread.layout.get_untracked();
    let layouts = el("select")
        .on("change", move |event| {
            let is_flat = dom::value(&event) == "flat";
            thread.set_layout(if is_flat {
                Layout::Flat
            } else {
                Layout::Threads
            });
        })
        .child(option(
            "threads",
            layout == Layout::Threads,
            msg::VIEW_THREADS,
        ))
        .child(option("flat", layout == Layout::Flat, msg::VIEW_FLAT));
    let order = thread.order.get_untracked();
    let orders = el("select")
        .on("change", move |event| {
            thread.set_order(match dom::value(&event).as_str() {
                "newest" => Order::Newest,
                "discussed" => Order::Discussed,
                _ => Order::Oldest,
            });
        })
        .child(option("oldest", order == Order::Oldest, msg::SORT_OLDEST))
        .child(option("newest", order == Order::Newest, msg::SORT_NEWEST))
        .child(option(
            "discussed",
            order == Order::Discussed,
            msg::SORT_DISCUSSED,
        ));
    let is_flat = move || thread.layout.get() == Layout::Flat;
    let keys = messages.with(msg::KEYS, &[("next", "J"), ("previous", "K")]);
    el("div")
        .class("toolbar")
        .part("toolbar")
        .child(el("label").child(el("span").say(msg::VIEW)).child(layouts))
        .child(
            el("label")
                .live_flag("hidden", is_flat)
                .child(el("span").say(msg::SORT))
                .child(orders),
        )
        .child(el("p").class("hint").text(&keys))
        .into()
}

fn option(value: &str, is_chosen: bool, label: Message) -> Build {
    el("option")
        .attr("value", value)
        .maybe_attr("selected", is_chosen.then_some(""))
        .say(label)
}

fn conversation(thread: Thread) -> View {
    let writing = move || match thread.accepts.get() {
        Accepts::Closed => closed(),
        accepts => composer::root(thread, accepts),
    };
    el("div")
        .redrawn(move || unsent::drafts(thread))
        .redrawn(move || empty(thread))
        .child(list(thread))
        .redrawn(move || rest(thread))
        .redrawn(writing)
        .into()
}

impl Listed for Row {
    fn place(&self) -> usize {
        self.at
    }
}

fn list(thread: Thread) -> Build {
    el("ol")
        .class("comments")
        .part("comments")
        .attr("role", "list")
        .live_flag("data-long", move || thread.is_long.get())
        .list(
            move || thread.rows.get(),
            move |row| comment::view(thread, row),
            move || thread.host.drawn(),
        )
}

/// What follows the comments that are here: more of them, or why there are not more.
fn rest(thread: Thread) -> View {
    let messages = messages();
    let more = |text: &str| el("p").class("more").text(text);
    match thread.rest.get() {
        Load::Loading => more(&messages.get(msg::LOADING_MORE))
            .attr("role", "status")
            .into(),
        Load::Failed(error) => el("div")
            .child(more(&messages.get(msg::MORE_FAILED)))
            .child(notice::failure("h3", &error, move || thread.load()))
            .into(),
        Load::Ready(()) => match (thread.delivered.get(), thread.announced.get()) {
            (delivered, announced) if delivered < announced => {
                more(&messages.count(msg::SHOWN_OF, delivered)).into()
            }
            _ => nothing(),
        },
    }
}

fn empty(thread: Thread) -> View {
    if thread.rows.with(|(rows, _)| !rows.is_empty()) || thread.announced.get() > 0 {
        return nothing();
    }
    let messages = messages();
    let mut text = messages.get(msg::EMPTY);
    if thread.accepts.get() != Accepts::Closed {
        text = format!("{text} {}", messages.get(msg::EMPTY_INVITES));
    }
    el("p").class("empty").text(&text).into()
}

fn closed() -> View {
    el("div")
        .class("notice")
        .child(el("p").class("title").say(msg::CLOSED))
        .child(el("p").say(msg::CLOSED_TEXT))
        .into()
}

fn coming() -> View {
    let text = messages().get(msg::LOADING_COMMENTS);
    el("div")
        .child(
            el("p")
                .class("visually-hidden")
                .attr("role", "status")
                .text(&text),
        )
        .child(skeleton::view())
        .into()
}
