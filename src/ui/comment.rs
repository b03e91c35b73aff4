//! One comment: a row of the list, whatever its depth.

use std::rc::Rc;

use causerie_core::{Accepts, Act, Comment, CommentId, Layout, Moderation, Row};

use super::rich_text::{self, Source};
use super::{composer, edit, notice, time};
use crate::browser::view::{Build, View, el, nothing};
use crate::browser::{dom, page};
use crate::messages::{Message, messages, msg};
use crate::state::thread::{Below, Live, Place, Thread, element_id};

/// The depth beyond which rows are no longer indented; the level is announced all the same.
const DEEPEST_INDENT: usize = 8;

/// The row of one comment.
pub(crate) fn view(thread: Thread, row: &Row) -> View {
    let Row { id, depth, answers } = row.clone();
    let Some(live) = thread.live(&id) else {
        return nothing();
    };
    let item = el("li")
        .class("comment")
        .part("comment")
        .attr("id", &element_id(&id))
        .attr("data-depth", &depth.min(DEEPEST_INDENT).to_string())
        .attr("aria-level", &(depth + 1).to_string())
        .attr("tabindex", "-1");
    let (shown, acted) = (live.clone(), live.clone());
    let said = move || {
        let number = shown.number();
        shown.comment(|comment| said(thread, comment, answers.as_ref(), number))
    };
    let own_id = id.clone();
    let below = move || match live.below() {
        Below::Nothing => nothing(),
        Below::Reply => composer::reply(thread, own_id.clone()),
        Below::Edit(text, error) => edit::view(thread, own_id.clone(), &text, error.as_ref()),
        Below::Trouble(error) => notice::not_done(&error),
    };
    item.redrawn(said)
        .redrawn(move || actions(thread, &id, &acted))
        .redrawn(below)
        .into()
}

fn said(thread: Thread, comment: &Comment, answers: Option<&CommentId>, number: usize) -> View {
    let is_flat = number > 0;
    let state = match comment.moderation {
        Moderation::Published => None,
        Moderation::Held => Some(msg::AWAITING),
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
    let answered_row = thread.live(answered)?;
    let name = answered_row.comment(shown_name);
    let text = move || match answered_row.number() {
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
            .live_text(text),
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

fn actions(thread: Thread, id: &CommentId, live: &Rc<Live>) -> View {
    let Place {
        replies, collapsed, ..
    } = live.place();
    let is_gone = live.comment(|comment| comment.moderation == Moderation::Deleted);
    let is_open = thread.accepts.get() != Accepts::Closed && !is_gone;
    let reply = is_open
        .then(|| named_button(msg::REPLY, msg::REPLY_TO, live))
        .map(|button| {
            let id = id.clone();
            button.on("click", move |_| thread.open_below(&id, &Below::Reply))
        });
    let is_own = !is_gone && thread.can.edit && thread.is_open_to_change(id);
    let own = is_own.then(|| changes(thread, id));
    let own = own.into_iter().flatten();
    let votes = (thread.can.vote && !is_gone).then(|| votes(thread, id, live));
    let votes = votes.flatten().into_iter().flatten();
    let folds = replies > 0 && thread.layout.get_untracked() == Layout::Threads;
    let fold = folds.then(|| {
        let id = id.clone();
        let label = if collapsed {
            msg::SHOW_REPLIES
        } else {
            msg::HIDE_REPLIES
        };
        button(&messages().count(label, replies))
            .attr("aria-expanded", if collapsed { "false" } else { "true" })
            .on("click", move |_| {
                thread.toggle(&id);
                // The button is drawn anew, with its other face.
                dom::focus_first_next_frame(thread.host, &element_id(&id), "[aria-expanded]");
            })
    });
    el("p")
        .class("actions")
        .part("actions")
        .children(reply)
        .children(own)
        .children(votes)
        .children(fold)
        .into()
}

/// What the author may do to the comment.
fn changes(thread: Thread, id: &CommentId) -> [Build; 2] {
    let (edited, deleted) = (id.clone(), id.clone());
    let edit = button(&messages().get(msg::EDIT)).on("click", move |_| {
        thread.act(edited.clone(), Act::Source(edited.clone()));
    });
    let question = messages().get(msg::DELETE_QUESTION);
    let delete = button(&messages().get(msg::DELETE)).on("click", move |_| {
        if page::confirm(&question) {
            thread.act(deleted.clone(), Act::Delete(deleted.clone()));
        }
    });
    [edit, delete]
}

/// What readers think of it. A vote is a change of the comment, which draws these anew.
fn votes(thread: Thread, id: &CommentId, live: &Rc<Live>) -> Option<[Build; 2]> {
    let votes = live.comment(|comment| comment.votes)?;
    let vote = |likes: bool, sign: &str, count: usize, name: Message| {
        let id = id.clone();
        let count = messages().number(count);
        let name = messages().with(name, &[("n", &count)]);
        button(&format!("{sign} {count}"))
            .attr("data-vote", if likes { "up" } else { "down" })
            .attr("aria-label", &name)
            .attr("title", &name)
            .on("click", move |_| {
                thread.act(id.clone(), Act::Vote(id.clone(), likes));
            })
    };
    Some([
        vote(true, "+", votes.up, msg::LIKE),
        vote(false, "−", votes.down, msg::DISLIKE),
    ])
}

/// A button whose full name says whose comment it is about.
fn named_button(text: Message, full: Message, live: &Rc<Live>) -> Build {
    let messages = messages();
    let name = live.comment(shown_name);
    button(&messages.get(text)).attr("aria-label", &messages.with(full, &[("name", &name)]))
}

fn button(text: &str) -> Build {
    el("button")
        .part("button")
        .attr("type", "button")
        .text(text)
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
