//! A conversation: how much of it there is, its rows, and the place to write.

use causerie_core::{Accepts, Layout, Moderation, Order};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::once::{Once, live, maybe, nothing, once, redrawn};
use super::{comment, composer, notice, skeleton};
use crate::browser::dom;
use crate::messages::{Message, messages, msg};
use crate::state::Load;
use crate::state::thread::Thread;

/// The conversation, in whatever state it is.
pub fn view(thread: Thread) -> Once {
    let messages = messages();
    let arrived = move || match thread.arrived.get() {
        Some(Moderation::Published) => messages.get(msg::SENT_PUBLISHED),
        Some(Moderation::Held) => messages.get(msg::SENT_HELD),
        None => String::new(),
    };
    once(view! {
        <section class="thread" aria-labelledby="causerie-conversation">
            <header>
                <h2 id="causerie-conversation">{live(move || heading(thread))}</h2>
                {redrawn(move || toolbar(thread))}
            </header>
            {redrawn(move || match thread.first.get() {
                Load::Loading => coming(),
                Load::Failed(error) => notice::failure(&error, move || thread.load()),
                Load::Ready(()) => conversation(thread),
            })}
            <p class="visually-hidden" role="status">
                {live(arrived)}
            </p>
        </section>
    })
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

/// The choices of the reader, as soon as there is something to lay out.
fn toolbar(thread: Thread) -> Once {
    if !thread.has_several.get() {
        return nothing();
    }
    let messages = messages();
    let layout = move |event| {
        let is_flat = dom::value(&event) == "flat";
        thread.set_layout(if is_flat {
            Layout::Flat
        } else {
            Layout::Threads
        });
    };
    let order = move |event| {
        thread.set_order(match dom::value(&event).as_str() {
            "newest" => Order::Newest,
            "discussed" => Order::Discussed,
            _ => Order::Oldest,
        });
    };
    let chosen_layout = thread.layout.get_untracked();
    let chosen_order = thread.order.get_untracked();
    once(view! {
        <div class="toolbar">
            <label>
                <span>{messages.get(msg::VIEW)}</span>
                <select on:change=layout>
                    {option("threads", chosen_layout == Layout::Threads, msg::VIEW_THREADS)}
                    {option("flat", chosen_layout == Layout::Flat, msg::VIEW_FLAT)}
                </select>
            </label>
            <label hidden=move || thread.layout.get() == Layout::Flat>
                <span>{messages.get(msg::SORT)}</span>
                <select on:change=order>
                    {option("oldest", chosen_order == Order::Oldest, msg::SORT_OLDEST)}
                    {option("newest", chosen_order == Order::Newest, msg::SORT_NEWEST)}
                    {option("discussed", chosen_order == Order::Discussed, msg::SORT_DISCUSSED)}
                </select>
            </label>
            <p class="hint">{messages.with(msg::KEYS, &[("next", "J"), ("previous", "K")])}</p>
        </div>
    })
}

fn option(value: &'static str, is_chosen: bool, label: Message) -> Once {
    once(view! {
        <option value=value selected=is_chosen>
            {messages().get(label)}
        </option>
    })
}

fn conversation(thread: Thread) -> Once {
    once(view! {
        {redrawn(move || empty(thread))}
        {list(thread)}
        {redrawn(move || rest(thread))}
        {redrawn(move || match thread.accepts.get() {
            Accepts::Closed => closed(),
            accepts => composer::root(thread, accepts),
        })}
    })
}

fn list(thread: Thread) -> Once {
    let element = NodeRef::<leptos::html::Ol>::new();
    let walk = move |event: KeyboardEvent| {
        let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
        let by = match event.key().as_str() {
            "j" | "J" => 1,
            "k" | "K" => -1,
            _ => return,
        };
        if let Some(element) = element
            .get()
            .filter(|_| !has_modifier && !dom::is_typing(&event))
        {
            dom::move_focus(&element, "li.comment", by);
        }
    };
    once(view! {
        <ol
            role="list"
            class="comments"
            data-many=move || thread.rows.with(|rows| rows.len() > MANY)
            node_ref=element
            on:keydown=walk
        >
            <For
                each=move || thread.rows.get()
                key=|row| (row.id.clone(), row.depth, row.answers.clone())
                children=move |row| comment::view(thread, row)
            />
        </ol>
    })
}

/// Rows from which on those out of sight are not laid out.
const MANY: usize = 500;

/// What follows the comments that are here: more of them, or why there are not more.
fn rest(thread: Thread) -> Once {
    let messages = messages();
    match thread.rest.get() {
        Load::Loading => {
            once(view! { <p class="more" role="status">{messages.get(msg::LOADING_MORE)}</p> })
        }
        Load::Failed(error) => once(view! {
            <p class="more">{messages.get(msg::MORE_FAILED)}</p>
            {notice::failure(&error, move || thread.load())}
        }),
        Load::Ready(()) => {
            let (delivered, announced) = (thread.delivered.get(), thread.announced.get());
            let differ = delivered < announced;
            let text = differ.then(|| messages.count(msg::SHOWN_OF, delivered));
            maybe(text.map(|text| once(view! { <p class="more">{text}</p> })))
        }
    }
}

fn empty(thread: Thread) -> Once {
    if thread.delivered.get() > 0 || thread.announced.get() > 0 {
        return nothing();
    }
    let messages = messages();
    let is_open = thread.accepts.get() != Accepts::Closed;
    let invitation = is_open.then(|| messages.get(msg::EMPTY_INVITES));
    once(view! { <p class="empty">{messages.get(msg::EMPTY)} " " {invitation}</p> })
}

fn closed() -> Once {
    let messages = messages();
    once(view! {
        <div class="notice">
            <p class="title">{messages.get(msg::CLOSED)}</p>
            <p>{messages.get(msg::CLOSED_TEXT)}</p>
        </div>
    })
}

fn coming() -> Once {
    once(view! {
        <p class="visually-hidden" role="status">
            {messages().get(msg::LOADING_COMMENTS)}
        </p>
        {skeleton::view()}
    })
}
