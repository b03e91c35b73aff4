//! One comment: a row of the list, whatever its depth.

use causerie_core::{Accepts, Comment, CommentId, Layout, Moderation, Row};
use leptos::prelude::*;
use leptos::tachys::html::attribute::custom::custom_attribute;

use super::once::{Once, live, maybe, nothing, once, redrawn};
use super::rich_text::{Source, rich_text};
use super::{composer, time};
use crate::messages::{Message, messages, msg};
use crate::state::thread::{Live, Place, Thread, element_id};

/// The depth beyond which rows are no longer indented; the level is announced all the same.
const DEEPEST_INDENT: usize = 8;

/// The row of one comment.
pub(crate) fn view(thread: Thread, row: Row) -> Once {
    let Row {
        id, depth, answers, ..
    } = row;
    let Some(live) = thread.live(&id) else {
        return nothing();
    };
    let id_of_row = element_id(&id);
    let shown = live.clone();
    let id = StoredValue::new(id);
    // The view macro does not know this attribute.
    let level = custom_attribute("aria-level", (depth + 1).to_string());
    let content = move || {
        let number = shown.place.with(|place| place.number);
        shown
            .comment
            .with(|comment| content(thread, comment, answers.as_ref(), number))
    };
    let actions = move || actions(thread, id, &live);
    let is_answered = Memo::new(move |_| {
        thread
            .replying_to
            .with(|to| to.as_ref() == Some(&id.get_value()))
    });
    let reply = move || {
        maybe(
            is_answered
                .get()
                .then(|| composer::reply(thread, id.get_value())),
        )
    };
    once(view! {
        <li
            class="comment"
            id=id_of_row
            data-depth=depth.min(DEEPEST_INDENT).to_string()
            tabindex="-1"
            {..level}
        >
            {redrawn(content)}
            {redrawn(actions)}
            {redrawn(reply)}
        </li>
    })
}

fn content(thread: Thread, comment: &Comment, answers: Option<&CommentId>, number: usize) -> Once {
    let is_held = comment.moderation == Moderation::Held;
    let author = &comment.author;
    once(view! {
        <p class="meta">
            {(number > 0).then(|| note("number", messages().number(number)))}
            {name(comment, number > 0)}
            {author.wrote_post.then(|| said("badge", msg::POST_AUTHOR))}
            {answers.and_then(|answered| answered_link(thread, answered))}
            {permalink(comment)}
            {comment.updated.map(|_| said("edited", msg::EDITED))}
        </p>
        {is_held.then(|| said("awaiting", msg::AWAITING))}
        <div class="prose" dir="auto" use:rich_text=(comment.html.clone(), Source::Comment)></div>
    })
}

fn said(class: &'static str, message: Message) -> Once {
    note(class, messages().get(message))
}

fn note(class: &'static str, text: String) -> Once {
    once(view! { <span class=class>{text}</span> })
}

/// The name, linked where they gave a site; in the flat list `NAME wrote`.
fn name(comment: &Comment, is_flat: bool) -> Once {
    let name = shown_name(comment);
    let (before, after) = match is_flat {
        true => messages().around(msg::WROTE, "name"),
        false => Default::default(),
    };
    let name = match comment.author.url.clone() {
        Some(url) => once(view! { <a href=url rel="nofollow ugc noopener" dir="auto">{name}</a> }),
        None => once(view! { <bdi>{name}</bdi> }),
    };
    once(view! { <span class="author">{before} {name} {after}</span> })
}

fn answered_link(thread: Thread, answered: &CommentId) -> Option<Once> {
    let messages = messages();
    let answered_row = thread.live(answered)?;
    let name = answered_row.comment.with_untracked(shown_name);
    let text = move || match answered_row.place.with(|place| place.number) {
        0 => messages.with(msg::IN_REPLY_TO, &[("name", &name)]),
        number => {
            let number = messages.number(number);
            messages.with(msg::IN_REPLY_TO_NUMBER, &[("name", &name), ("n", &number)])
        }
    };
    let address = format!("#{}", element_id(answered));
    Some(once(
        view! { <a class="answers" href=address dir="auto">{live(text)}</a> },
    ))
}

fn permalink(comment: &Comment) -> Once {
    let moment = match comment.published {
        Some(published) => time::relative(published),
        None => said("undated", msg::UNDATED),
    };
    let address = format!("#{}", element_id(&comment.id));
    once(view! { <a class="permalink" href=address>{moment}</a> })
}

fn actions(thread: Thread, id: StoredValue<CommentId>, live: &Live) -> Once {
    let messages = messages();
    let Place {
        replies, collapsed, ..
    } = live.place.get();
    let name = live.comment.with_untracked(shown_name);
    let is_open = thread.accepts.get() != Accepts::Closed;
    let reply = is_open.then(|| {
        once(view! {
            <button
                type="button"
                aria-label=messages.with(msg::REPLY_TO, &[("name", &name)])
                on:click=move |_| thread.replying_to.set(Some(id.get_value()))
            >
                {messages.get(msg::REPLY)}
            </button>
        })
    });
    let folds = replies > 0 && thread.layout.get_untracked() == Layout::Threads;
    let fold = folds.then(|| {
        let label = if collapsed {
            msg::SHOW_REPLIES
        } else {
            msg::HIDE_REPLIES
        };
        once(view! {
            <button
                type="button"
                aria-expanded=if collapsed { "false" } else { "true" }
                on:click=move |_| thread.toggle(&id.get_value())
            >
                {messages.count(label, replies)}
            </button>
        })
    });
    once(view! { <p class="actions">{reply} {fold}</p> })
}

/// The name, or a word for the lack of one.
pub(crate) fn shown_name(comment: &Comment) -> String {
    let name = comment.author.name.trim();
    if name.is_empty() {
        messages().get(msg::ANONYMOUS)
    } else {
        name.to_owned()
    }
}
