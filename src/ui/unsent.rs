//! Comments that are on their way: what is said of each in its row, and of all above the
//! conversation, with drafts that wait to be finished.

use causerie_core::{Accepts, CommentId, Entry, State};

use super::comment::shown_name;
use super::{composer, notice};
use crate::browser::view::{Build, View, el, nothing};
use crate::browser::{clock, dom};
use crate::messages::{Message, messages, msg};
use crate::state::outbox::Item;
use crate::state::thread::{Thread, element_id};

/// How far the comment is, and what its author may do.
pub(crate) fn view(thread: Thread, id: &CommentId, key: &str) -> View {
    let messages = messages();
    let outbox = thread.outbox;
    let follow = {
        let key = key.to_owned();
        move || outbox.item(&key)
    };
    let (said, wait) = (follow.clone(), follow.clone());
    let words = move || said().map(|item| words(thread, &item)).unwrap_or_default();
    let wait = move || match wait().map(|item| item.entry.state) {
        Some(State::Waiting { until, .. }) if outbox.is_online.get() => {
            let left = until.ms() - outbox.now.get().ms();
            match (left.max(0) as usize).div_ceil(1_000) {
                seconds if seconds > 90 => {
                    messages.count(msg::NEXT_TRY_MINUTES, seconds.div_ceil(60))
                }
                seconds => messages.count(msg::NEXT_TRY, seconds),
            }
        }
        _ => String::new(),
    };
    let row = element_id(id);
    let button = |label: Message, shows: fn(Thread, &Item) -> bool, act: Act| {
        let (follow, key, row) = (follow.clone(), key.to_owned(), row.clone());
        el("button")
            .part("button")
            .attr("type", "button")
            .live_flag("hidden", move || {
                !follow().is_some_and(|item| shows(thread, &item))
            })
            .on("click", move |_| {
                let Some(item) = outbox.item(&key) else {
                    return;
                };
                match act {
                    // The button goes. Who has pressed it by key stays with the row.
                    Act::Hasten => {
                        outbox.change(item, Entry::hasten);
                        dom::focus_next_frame(thread.host, row.clone());
                    }
                    Act::Discard => {
                        outbox.change(item, |entry| entry.discard(clock::now()));
                        dom::focus_first_next_frame(thread.host, &row, SHOWN);
                    }
                    Act::Edit => edit(thread, item),
                }
            })
            .say(label)
    };
    el("div")
        .class("unsent")
        .child(el("p").attr("role", "status").live_text(words))
        .child(el("p").class("remark").live_text(wait))
        .child(
            el("p")
                .class("actions")
                .part("actions")
                .child(button(msg::SEND_NOW, may_hasten, Act::Hasten))
                .child(button(msg::EDIT, may_edit, Act::Edit))
                .child(button(msg::DISCARD, may_discard, Act::Discard))
                .child(button(msg::UNDO, is_discarded, Act::Hasten)),
        )
        .into()
}

/// What a button does.
#[derive(Clone, Copy)]
enum Act {
    Hasten,
    Edit,
    Discard,
}

const SHOWN: &str = ".unsent button:not([hidden])";

fn may_hasten(_: Thread, item: &Item) -> bool {
    !matches!(
        item.entry.state,
        State::Queued | State::Sending { .. } | State::Discarded { .. }
    )
}

/// Where comments are closed, or could not be read, there is no form.
fn may_edit(thread: Thread, item: &Item) -> bool {
    let has_form = thread.is_read() && thread.accepts.get() != Accepts::Closed;
    has_form && item.entry.may_change() && !is_discarded(thread, item)
}

fn may_discard(thread: Thread, item: &Item) -> bool {
    !matches!(item.entry.state, State::Sending { .. }) && !is_discarded(thread, item)
}

fn is_discarded(_: Thread, item: &Item) -> bool {
    matches!(item.entry.state, State::Discarded { .. })
}

fn edit(thread: Thread, item: Item) {
    let letter = &item.entry.letter;
    if thread.give_back(letter, None) {
        let parent = letter.parent.as_ref();
        let place = parent.filter(|parent| thread.live(parent).is_some());
        dom::focus_next_frame(thread.host, composer::control_of(place));
        thread.outbox.remove(item);
    }
}

fn words(thread: Thread, item: &Item) -> String {
    let messages = messages();
    let is_online = thread.outbox.is_online.get();
    let said = messages.get(match &item.entry.state {
        State::Unsure => msg::UNSURE,
        State::Discarded { .. } => msg::DISCARDED,
        State::Refused(_) => {
            let error = thread.outbox.refusal(&item.entry);
            return error.map(|error| notice::line(&error)).unwrap_or_default();
        }
        _ if !is_online => msg::OFFLINE,
        State::Waiting {
            unreached: true, ..
        } => msg::NOT_REACHED,
        State::Waiting { .. } => msg::BUSY,
        State::Queued | State::Sending { .. } => msg::SENDING,
    });
    if item.is_kept() {
        said
    } else {
        format!("{said} {}", messages.get(msg::NOT_KEPT))
    }
}

/// What is not sent yet: comments of all pages that this one can send, and drafts of this page.
pub(crate) fn summary(thread: Thread) -> Build {
    let messages = messages();
    let outbox = thread.outbox;
    let count = move || {
        outbox
            .items
            .with(|items| items.iter().filter(|it| waits(it)).count())
    };
    let line = move || match count() {
        0 => String::new(),
        count => messages.count(msg::UNSENT, count),
    };
    let now = el("button")
        .part("button")
        .attr("type", "button")
        .live_flag("hidden", move || {
            !outbox.items.with(|items| items.iter().any(is_waiting))
        })
        .on("click", move |_| outbox.hasten())
        .say(msg::SEND_NOW);
    el("div")
        .class("summary")
        .live_flag("hidden", move || count() == 0)
        .child(el("p").attr("role", "status").live_text(line))
        .child(now)
}

fn is_waiting(item: &Item) -> bool {
    matches!(item.entry.state, State::Waiting { .. })
}

fn waits(item: &Item) -> bool {
    !matches!(
        item.entry.state,
        State::Sending { .. } | State::Discarded { .. }
    )
}

/// The drafts of this page, each with the way to it.
pub(crate) fn drafts(thread: Thread) -> View {
    let messages = messages();
    let drafts = thread.drafts.get();
    if drafts.is_empty() {
        return nothing();
    }
    let button = |parent: &Option<CommentId>| {
        let answered = parent.as_ref().and_then(|parent| thread.comment(parent));
        let label = match answered {
            Some(answered) => messages.with(msg::REPLY_TO, &[("name", &shown_name(&answered))]),
            None => messages.get(msg::WRITE),
        };
        let parent = parent.clone();
        el("button")
            .part("button")
            .attr("type", "button")
            .text(&label)
            .on("click", move |_| {
                let place = thread.open_draft(parent.as_ref());
                dom::focus_next_frame(thread.host, composer::control_of(place));
            })
    };
    el("div")
        .class("summary")
        .child(el("p").text(&messages.count(msg::DRAFTS, drafts.len())))
        .children(drafts.iter().map(button))
        .into()
}
