//! The buttons below a comment: reply, votes, changes by its author, folding.

use std::rc::Rc;

use causerie_core::{Accepts, Act, CommentId, Layout, Moderation};

use super::comment::shown_name;
use crate::browser::dom;
use crate::browser::view::{Build, View, el};
use crate::messages::{Message, messages, msg};
use crate::state::live::{Below, Live, Place};
use crate::state::thread::{Thread, element_id};

/// What the reader may do to a comment.
pub(crate) fn view(thread: Thread, id: &CommentId, live: &Rc<Live>) -> View {
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
    let delete = button(&messages().get(msg::DELETE)).on("click", move |_| {
        thread.delete(&deleted);
        dom::focus_first_next_frame(thread.host, &element_id(&deleted), ".summary button");
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
