//! Room for what needs scripts. `hidden` hides it from whoever reads without our style sheet; with
//! it, it is as large as what the client puts there, and not seen, heard or reached
//! (`style/thread.css`). It holds the same elements where their texts decide how large that is.

use causerie_core::{Accepts, Comment, Layout, Moderation, Order, Row};

use crate::snapshot::Taken;
use crate::snapshot::markup::{Build, el};
use crate::snapshot::messages::{Message, msg};

/// Below a comment: one line of buttons, where the client has any.
pub(super) fn actions(taken: &Taken, comment: &Comment, row: &Row) -> Build {
    let conversation = &taken.conversation;
    let is_there = comment.moderation != Moderation::Deleted;
    let takes_answers = is_there && conversation.accepts != Accepts::Closed;
    let has_votes = is_there && conversation.can.vote && comment.votes.is_some();
    let folds = !taken.is_flat && conversation.forest.replies(row.at) > 0;
    el("p")
        .class("actions")
        .flag("hidden", takes_answers || has_votes || folds)
}

/// Beside the heading: how the conversation is laid out.
pub(super) fn toolbar(taken: &Taken) -> Build {
    let messages = &taken.messages;
    let choice = |label: Message, options: &[(Message, bool)]| {
        let option = |(text, is_chosen): &(Message, bool)| {
            el("option")
                .flag("selected", *is_chosen)
                .text(&messages.get(*text))
        };
        let label = el("span").text(&messages.get(label));
        let select = el("select").children(options.iter().map(option));
        el("label").child(label).child(select)
    };
    let config = &taken.config;
    let view = [
        (msg::VIEW_THREADS, config.layout == Layout::Threads),
        (msg::VIEW_FLAT, config.layout == Layout::Flat),
    ];
    let sort = [
        (msg::SORT_OLDEST, config.order == Order::Oldest),
        (msg::SORT_NEWEST, config.order == Order::Newest),
        (msg::SORT_DISCUSSED, config.order == Order::Discussed),
    ];
    let keys = messages.with(msg::KEYS, &[("next", "J"), ("previous", "K")]);
    el("div")
        .class("toolbar")
        .flag("hidden", true)
        .child(choice(msg::VIEW, &view))
        .children((!taken.is_flat).then(|| choice(msg::SORT, &sort)))
        .child(el("p").class("hint").text(&keys))
}

/// Below the comments: where the reader writes, as `src/ui/composer.rs` draws it.
pub(super) fn composer(taken: &Taken, accepts: Accepts) -> Build {
    let messages = &taken.messages;
    let say = |element: Build, message: Message| element.text(&messages.get(message));
    let limits = &taken.conversation.limits;
    let is_moderated = accepts == Accepts::Moderated;
    let remark = is_moderated.then(|| say(el("p").class("remark"), msg::MODERATED_TEXT));
    let line = |name: Message, remark: Option<Message>| {
        let remark = remark.map(|remark| say(el("span").class("remark"), remark));
        let label = say(el("label"), name).text(" ").children(remark);
        el("div").class("field").child(label).child(el("input"))
    };
    let optional = |is_needed: bool| (!is_needed).then_some(msg::OPTIONAL);
    let text = el("div")
        .class("field")
        .child(say(el("label"), msg::FIELD_TEXT))
        .child(el("textarea").attr("rows", "5"))
        .child(
            el("p")
                .class("left")
                .text(&messages.count(msg::CHARACTERS_LEFT, limits.text_max)),
        );
    let identity = el("div")
        .class("identity")
        .child(line(msg::FIELD_NAME, optional(limits.needs_name)))
        .child(line(msg::FIELD_EMAIL, Some(msg::NEVER_PUBLISHED)))
        .child(line(msg::FIELD_URL, Some(msg::OPTIONAL)));
    let remember = el("label")
        .class("check")
        .child(el("input").attr("type", "checkbox"))
        .child(say(el("span"), msg::REMEMBER));
    let preview = taken.conversation.can.preview;
    let buttons = el("div")
        .class("buttons")
        .child(say(el("button").class("primary"), msg::SEND))
        .children(preview.then(|| say(el("button"), msg::PREVIEW)));
    let form = el("form")
        .child(text)
        .child(identity)
        .child(remember)
        .child(buttons);
    el("section")
        .class("write")
        .flag("hidden", true)
        .child(say(el("h3"), msg::WRITE))
        .children(remark)
        .child(form)
}
