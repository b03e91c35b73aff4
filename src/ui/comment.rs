//! One comment: a row of the list, whatever its depth.

use causerie_core::{Backend, Comment, CommentId, Letter, Moderation, Row};

use super::rich_text::{self, Source};
use super::{actions, composer, edit, notice, time, unsent};
use crate::browser::view::{Build, View, el, nothing, scoped};
use crate::messages::{Message, messages, msg};
use crate::state::live::Below;
use crate::state::thread::{Thread, element_id};

/// The depth beyond which rows are no longer indented; the level is announced all the same.
const DEEPEST_INDENT: usize = 8;

/// The row of one comment.
pub(crate) fn view(thread: Thread, row: &Row) -> View {
    let Row {
        id, depth, answers, ..
    } = row.clone();
    let Some(live) = thread.live(&id) else {
        return nothing();
    };
    let item = el("li")
        .class("comment")
        .part("comment")
        // Its batch stands between it and the list.
        .attr("role", "listitem")
        .attr("id", &element_id(&id))
        .attr("data-depth", &depth.min(DEEPEST_INDENT).to_string())
        .attr("aria-level", &(depth + 1).to_string())
        .attr("tabindex", "-1");
    let (shown, own_id) = (live.clone(), id.clone());
    let item = item.redrawn_at(&live.said, move || {
        let Some(comment) = thread.comment(&own_id) else {
            return nothing();
        };
        said(thread, &comment, answers.as_ref(), shown.place().number)
    });
    let own_key = Letter::key_of(&id).map(str::to_owned);
    if let Some(key) = own_key {
        let status = unsent::view(thread, &id, &key);
        return item
            .live_attr("data-outbox", move || {
                Some(thread.outbox.item(&key)?.entry.state.as_str())
            })
            .child(status)
            .into();
    }
    let (acted, opened, own_id) = (live.clone(), live.clone(), id.clone());
    item.redrawn_at(&live.actions, move || {
        actions::view(thread, &own_id, acted.place())
    })
    .redrawn_at(&live.opened, move || below(thread, &id, opened.below()))
    .into()
}

fn below(thread: Thread, id: &CommentId, below: Below) -> View {
    match below {
        Below::Nothing => nothing(),
        below => scoped(|| match below {
            Below::Reply => composer::reply(thread, id.clone()),
            Below::Edit(text, error) if Backend::ACTS => {
                edit::view(thread, id.clone(), &text, error.as_ref())
            }
            Below::Deleting if Backend::ACTS => edit::deleting(thread, id.clone()),
            Below::Trouble(error) => notice::not_done(&error),
            _ => nothing(),
        }),
    }
}

fn said(thread: Thread, comment: &Comment, answers: Option<&CommentId>, number: usize) -> View {
    let is_flat = number > 0;
    let state = match comment.moderation {
        Moderation::Published | Moderation::Unsent => None,
        Moderation::Held => Some(msg::AWAITING),
        Moderation::Rejected => Some(msg::REJECTED),
        Moderation::Deleted => Some(msg::DELETED),
    };
    let meta = el("p")
        .class("meta")
        .children(is_flat.then(|| note("number", &messages().number(number))))
        .child(author(comment, is_flat))
        .children(
            comment
                .author
                .wrote_post
                .then(|| word("badge", msg::POST_AUTHOR)),
        )
        .children(thread.is_new(comment).then(|| word("badge new", msg::NEW)))
        .children(answers.and_then(|answered| answered_link(thread, answered)))
        .child(permalink(comment))
        .children(comment.updated.map(|_| word("edited", msg::EDITED)));
    el("div")
        .child(meta)
        .children(state.map(|state| word("awaiting", state)))
        .child(rich_text::view(&comment.html, Source::Comment).part("text"))
        .into()
}

fn word(class: &str, message: Message) -> Build {
    note(class, &messages().get(message))
}

fn note(class: &str, text: &str) -> Build {
    el("span").class(class).text(text)
}

/// The name, linked where they gave a site; in the flat list `NAME wrote`.
fn author(comment: &Comment, is_flat: bool) -> Build {
    let (before, after) = match is_flat {
        true => messages().around(msg::WROTE, "name"),
        false => Default::default(),
    };
    let name = match &comment.author.url {
        Some(url) => el("a")
            .attr("href", url)
            .attr("rel", "nofollow ugc noopener")
            .attr("dir", "auto"),
        None => el("bdi"),
    };
    el("span")
        .class("author")
        .part("author")
        .text(&before)
        .child(name.text(&shown_name(comment)))
        .text(&after)
}

fn answered_link(thread: Thread, answered: &CommentId) -> Option<Build> {
    let messages = messages();
    let name = shown_name(&*thread.comment(answered)?);
    // Whoever answers has a number too, and that changes with this one.
    let text = match thread.live(answered)?.place().number {
        0 => messages.with(msg::IN_REPLY_TO, &[("name", &name)]),
        number => {
            let number = messages.number(number);
            messages.with(msg::IN_REPLY_TO_NUMBER, &[("name", &name), ("n", &number)])
        }
    };
    let address = format!("#{}", element_id(answered));
    Some(
        el("a")
            .class("answers")
            .attr("href", &address)
            .attr("dir", "auto")
            .text(&text),
    )
}

fn permalink(comment: &Comment) -> Build {
    let moment = match comment.published {
        Some(published) => time::relative(published),
        None => word("undated", msg::UNDATED).into(),
    };
    let address = format!("#{}", element_id(&comment.id));
    el("a")
        .class("permalink")
        .attr("href", &address)
        .child(moment)
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
