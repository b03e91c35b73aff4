//! What is said between the fields and the buttons: how the text will look, and how sending went.

use causerie_core::{Field, Moderation};

use super::rich_text::{self, Source};
use super::{field, notice};
use crate::browser::view::{View, el, nothing};
use crate::messages::{messages, msg};
use crate::state::composer::{Composer, Status};

/// The text as it will look.
pub(crate) fn preview(composer: Composer) -> View {
    match composer.preview.get() {
        Some(html) => el("div")
            .class("preview")
            .attr("role", "status")
            .child(el("p").class("remark").say(msg::PREVIEW_SHOWN))
            .child(rich_text::view(&html, Source::Comment))
            .into(),
        None => nothing(),
    }
}

/// How it went, beside the button that sent it.
pub(crate) fn view(composer: Composer) -> View {
    let messages = messages();
    let remark = |message| {
        el("p")
            .class("remark")
            .attr("role", "status")
            .say(message)
            .into()
    };
    match composer.status.get() {
        Status::Failed(error) => notice::not_sent(&error),
        Status::Invalid(problems) if !problems.is_empty() => {
            let parent = composer.fault(Field::Parent);
            let about_parent = parent.map(|fault| field::words(messages, Field::Parent, fault));
            let text = about_parent.unwrap_or_else(|| messages.get(msg::FIX_FIELDS));
            el("p")
                .class("fault")
                .attr("role", "alert")
                .text(&text)
                .into()
        }
        _ if !composer.kept.get() => remark(msg::DRAFT_NOT_KEPT),
        _ if composer.restored.get() => remark(msg::DRAFT_RESTORED),
        _ => match composer.arrived() {
            Some(Moderation::Held) => remark(msg::SENT_HELD),
            Some(_) => remark(msg::SENT_PUBLISHED),
            None => nothing(),
        },
    }
}
