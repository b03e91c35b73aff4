//! A conversation: as `src/ui/thread.rs` of the client draws it, in the batches of
//! `src/browser/list.rs`.

use causerie_core::{Accepts, Row};

use super::{comment, reserved};
use crate::snapshot::Taken;
use crate::snapshot::markup::{Build, el};
use crate::snapshot::messages::msg;

/// Rows that stand in one batch, and in each of the first: what a browser lays out before its first
/// paint is all that the reader waits for here.
const BATCH: usize = 50;
const FIRST_BATCH: usize = 10;

/// Comments from which on rows out of sight are not laid out. The client, which does not come in one
/// piece, is not in such a hurry.
const LONG: usize = 50;

/// The conversation.
pub(super) fn view(taken: &Taken) -> Build {
    let messages = &taken.messages;
    let conversation = &taken.conversation;
    let heading = match conversation.announced {
        0 => messages.get(msg::NO_COMMENTS_COUNT),
        announced => messages.count(msg::COMMENTS, announced),
    };
    let has_several = conversation.forest.len() > 1;
    let head = el("header")
        .child(el("h2").attr("id", "causerie-conversation").text(&heading))
        .children(has_several.then(|| reserved::toolbar(taken)));
    let writing = match conversation.accepts {
        Accepts::Closed => closed(taken),
        accepts => reserved::composer(taken, accepts),
    };
    let content = el("div")
        .children(empty(taken))
        .child(list(taken))
        .children(rest(taken))
        .child(writing);
    el("section")
        .class("thread")
        .attr("part", "thread")
        .attr("aria-labelledby", "causerie-conversation")
        .child(head)
        .child(content)
}

fn list(taken: &Taken) -> Build {
    let is_long = taken.conversation.announced > LONG;
    let batch = |(first, rows): (usize, &[Row])| {
        let size = rows.len();
        let rows = rows.iter().enumerate();
        el("div")
            .class("batch")
            .attr("role", "none")
            .maybe_attr("data-few", (size <= FIRST_BATCH).then_some("true"))
            .children(rows.filter_map(move |(at, row)| comment::view(taken, row, first + at)))
    };
    let (first, rest) = taken.rows.split_at(BATCH.min(taken.rows.len()));
    let firsts = first.chunks(FIRST_BATCH).enumerate();
    let rests = rest.chunks(BATCH).enumerate();
    let batches = firsts
        .map(|(at, rows)| (at * FIRST_BATCH, rows))
        .chain(rests.map(|(at, rows)| ((at + 1) * BATCH, rows)));
    el("ol")
        .class("comments")
        .attr("part", "comments")
        .attr("role", "list")
        .maybe_attr("data-long", is_long.then_some("true"))
        .children(batches.map(batch))
}

/// Why there are not as many as were announced. Of those that were left out for their number nothing
/// is said: the client loads them.
fn rest(taken: &Taken) -> Option<Build> {
    let here = taken.conversation.forest.len();
    let is_less = taken.is_complete && here < taken.conversation.announced;
    let text = is_less.then(|| taken.messages.count(msg::SHOWN_OF, here))?;
    Some(el("p").class("more").text(&text))
}

fn empty(taken: &Taken) -> Option<Build> {
    if taken.conversation.announced > 0 {
        return None;
    }
    let messages = &taken.messages;
    let mut text = messages.get(msg::EMPTY);
    if taken.conversation.accepts != Accepts::Closed {
        text = format!("{text} {}", messages.get(msg::EMPTY_INVITES));
    }
    Some(el("p").class("empty").text(&text))
}

fn closed(taken: &Taken) -> Build {
    let say = |message| taken.messages.get(message);
    el("div")
        .class("notice")
        .child(el("p").class("title").text(&say(msg::CLOSED)))
        .child(el("p").text(&say(msg::CLOSED_TEXT)))
}
