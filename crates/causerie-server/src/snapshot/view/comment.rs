//! One comment: as `src/ui/comment.rs` of the client draws it.

use causerie_core::{Comment, CommentId, Moderation, Row};

use super::post::day;
use super::{reserved, rich_text};
use crate::snapshot::markup::{Build, el};
use crate::snapshot::messages::{Message, Messages, msg};
use crate::snapshot::{Taken, clean};

/// The depth beyond which rows are no longer indented; the level is announced all the same.
const DEEPEST_INDENT: usize = 8;

/// The row of one comment, which is at `place` in the list, from 0.
pub(super) fn view(taken: &Taken, row: &Row, place: usize) -> Option<Build> {
    let comment = taken.conversation.forest.get(&row.id)?;
    let item = el("li")
        .class("comment")
        .attr("part", "comment")
        // Its batch stands between it and the list.
        .attr("role", "listitem")
        .attr("id", &element_id(&row.id))
        .attr("data-depth", &row.depth.min(DEEPEST_INDENT).to_string())
        .attr("aria-level", &(row.depth + 1).to_string())
        .attr("tabindex", "-1")
        .child(said(taken, comment, row.answers.as_ref(), place))
        .child(reserved::actions(taken, comment, row));
    Some(item)
}

/// The id of the element that shows a comment, and the fragment that leads to it.
pub(crate) fn element_id(id: &CommentId) -> String {
    format!("comment-{id}")
}

/// The name, or a word for the lack of one.
pub(crate) fn shown_name(messages: &Messages, comment: &Comment) -> String {
    match comment.author.name.trim() {
        "" => messages.get(msg::ANONYMOUS),
        name => name.to_owned(),
    }
}

fn said(taken: &Taken, comment: &Comment, answers: Option<&CommentId>, place: usize) -> Build {
    let messages = &taken.messages;
    let word = |class: &str, message: Message| note(class, &messages.get(message));
    let number = taken.is_flat.then(|| messages.number(place + 1));
    let wrote_post = comment.author.wrote_post;
    let is_gone = comment.moderation == Moderation::Deleted;
    let meta = el("p")
        .class("meta")
        .children(number.map(|number| note("number", &number)))
        .child(author(taken, comment))
        .children(wrote_post.then(|| word("badge", msg::POST_AUTHOR)))
        .children(answers.and_then(|answered| answered_link(taken, answered)))
        .child(permalink(messages, comment))
        .children(comment.updated.map(|_| word("edited", msg::EDITED)));
    el("div")
        .child(meta)
        .children(is_gone.then(|| word("awaiting", msg::DELETED)))
        .child(rich_text(clean::comment(&comment.html, messages)).attr("part", "text"))
}

fn note(class: &str, text: &str) -> Build {
    el("span").class(class).text(text)
}

/// The name, linked where they gave a site; in the flat list `NAME wrote`.
fn author(taken: &Taken, comment: &Comment) -> Build {
    let (before, after) = match taken.is_flat {
        true => taken.messages.around(msg::WROTE, "name"),
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
        .attr("part", "author")
        .text(&before)
        .child(name.text(&shown_name(&taken.messages, comment)))
        .text(&after)
}

fn answered_link(taken: &Taken, answered: &CommentId) -> Option<Build> {
    let messages = &taken.messages;
    let name = shown_name(messages, taken.conversation.forest.get(answered)?);
    let text = match taken.number_of(answered) {
        Some(number) => {
            let number = messages.number(number);
            messages.with(msg::IN_REPLY_TO_NUMBER, &[("name", &name), ("n", &number)])
        }
        None => messages.with(msg::IN_REPLY_TO, &[("name", &name)]),
    };
    let link = el("a")
        .class("answers")
        .attr("href", &format!("#{}", element_id(answered)))
        .attr("dir", "auto");
    Some(link.text(&text))
}

fn permalink(messages: &Messages, comment: &Comment) -> Build {
    let moment = match comment.published {
        Some(published) => day(messages, published),
        None => note("undated", &messages.get(msg::UNDATED)),
    };
    el("a")
        .class("permalink")
        .attr("href", &format!("#{}", element_id(&comment.id)))
        .child(moment)
}
