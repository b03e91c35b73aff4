//! The buttons below a comment: reply, votes, changes by its author, folding. One listener serves
//! those of all rows.

use causerie_core::{Accepts, Act, Backend, Comment, CommentId, Moderation};

use super::comment::shown_name;
use crate::browser::dom;
use crate::browser::view::{Build, View, el, nothing};
use crate::messages::{Message, messages, msg};
use crate::state::live::{Below, Place};
use crate::state::thread::{Thread, element_id};

/// What the reader may do to a comment.
pub(crate) fn view(thread: Thread, id: &CommentId, place: Place) -> View {
    let Some(comment) = thread.comment(id) else {
        return nothing();
    };
    let is_gone = comment.moderation == Moderation::Deleted;
    // What nobody else sees cannot be answered.
    let is_public = comment.moderation == Moderation::Published;
    let is_open = thread.accepts.get_untracked() != Accepts::Closed && is_public;
    let is_own = Backend::ACTS && !is_gone && thread.can.edit && thread.is_open_to_change(id);
    let votes = (Backend::ACTS && thread.can.vote && !is_gone).then(|| votes(&comment));
    let is_flat = place.number > 0;
    let folds = place.replies > 0 && !is_flat;
    el("p")
        .class("actions")
        .part("actions")
        .children(is_open.then(|| reply(&comment)))
        .children(is_own.then(|| button("edit", &messages().get(msg::EDIT))))
        .children(is_own.then(|| button("delete", &messages().get(msg::DELETE))))
        .children(votes.flatten().into_iter().flatten())
        .children(folds.then(|| fold(place)))
        .into()
}

/// Does what the button says that was pressed with `act` in the row of the comment.
pub(crate) fn press(thread: Thread, act: &str, id: CommentId) {
    let row = element_id(&id);
    match act {
        "reply" => thread.open_below(&id, &Below::Reply),
        "edit" if Backend::ACTS => thread.act(id.clone(), Act::Source(id)),
        "delete" if Backend::ACTS => {
            thread.delete(&id);
            dom::focus_first_next_frame(thread.host, &row, ".summary button");
        }
        "fold" => {
            thread.toggle(&id);
            // The button is drawn anew, with its other face.
            dom::focus_first_next_frame(thread.host, &row, "[aria-expanded]");
        }
        // A vote is a change of the comment, which draws the buttons anew.
        _ => thread.act(id.clone(), Act::Vote(id, act == "up")),
    }
}

/// Its full name says whose comment it is about.
fn reply(comment: &Comment) -> Build {
    let name = shown_name(comment);
    let full = messages().with(msg::REPLY_TO, &[("name", &name)]);
    button("reply", &messages().get(msg::REPLY)).attr("aria-label", &full)
}

fn fold(
    Place {
        replies, collapsed, ..
    }: Place,
) -> Build {
    let (label, is_expanded) = if collapsed {
        (msg::SHOW_REPLIES, "false")
    } else {
        (msg::HIDE_REPLIES, "true")
    };
    button("fold", &messages().count(label, replies)).attr("aria-expanded", is_expanded)
}

/// What readers think of it.
fn votes(comment: &Comment) -> Option<[Build; 2]> {
    let votes = comment.votes?;
    let vote = |act: &str, sign: &str, count: usize, name: Message| {
        let count = messages().number(count);
        let name = messages().with(name, &[("n", &count)]);
        button(act, &format!("{sign} {count}"))
            .attr("aria-label", &name)
            .attr("title", &name)
    };
    Some([
        vote("up", "+", votes.up, msg::LIKE),
        vote("down", "−", votes.down, msg::DISLIKE),
    ])
}

fn button(act: &str, text: &str) -> Build {
    el("button")
        .part("button")
        .attr("type", "button")
        .attr("data-act", act)
        .text(text)
}
