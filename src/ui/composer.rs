//! Where the reader writes.

use causerie_core::{Accepts, CommentId, Field};

use super::comment::shown_name;
use super::field::{self, Line, control_id};
use super::outcome;
use crate::browser::host::host;
use crate::browser::view::{Build, View, el};
use crate::browser::{Event, dom};
use crate::messages::{messages, msg};
use crate::state::composer::Composer;
use crate::state::live::Below;
use crate::state::thread::{Thread, element_id};

/// The place to open a new thread.
pub(crate) fn root(thread: Thread, accepts: Accepts) -> View {
    let messages = messages();
    let is_moderated = accepts == Accepts::Moderated;
    let remark = is_moderated.then(|| el("p").class("remark").say(msg::MODERATED_TEXT));
    let heading = el("h3").attr("id", "causerie-write").say(msg::WRITE);
    el("section")
        .class("write")
        .attr("aria-labelledby", "causerie-write")
        .child(heading)
        .children(remark)
        .child(form(
            Composer::open(thread, None),
            &messages.get(msg::FIELD_TEXT),
            None,
        ))
        .into()
}

/// The place to answer one comment, inside its row. It takes the focus, and gives it back.
pub(crate) fn reply(thread: Thread, parent: CommentId) -> View {
    let messages = messages();
    let name = thread
        .comment(&parent)
        .map(|comment| shown_name(&comment))
        .unwrap_or_default();
    let row = element_id(&parent);
    dom::focus_next_frame(thread.host, control_of(Some(&parent)));
    let answered = parent.clone();
    let close = move || {
        thread.open_below(&answered, &Below::Nothing);
        dom::focus_next_frame(thread.host, row.clone());
    };
    let label = messages.with(msg::YOUR_REPLY, &[("name", &name)]);
    let close_by_key = close.clone();
    let button = el("button")
        .attr("type", "button")
        .on("click", move |_| close())
        .say(msg::CANCEL);
    el("div")
        .class("write")
        .on("keydown", move |event| {
            if dom::is_key(&event, "Escape") {
                close_by_key();
            }
        })
        .child(form(
            Composer::open(thread, Some(parent)),
            &label,
            Some(button),
        ))
        .into()
}

/// The id of the control with the text of an answer to `parent`, or of a new thread.
pub(crate) fn control_of(parent: Option<&CommentId>) -> String {
    control_id(&prefix_of(parent), Field::Text)
}

fn prefix_of(parent: Option<&CommentId>) -> String {
    match parent {
        Some(parent) => format!("causerie-{}", element_id(parent)),
        None => "causerie-new".to_owned(),
    }
}

const LINES: [Line; 3] = [
    Line {
        field: Field::Name,
        label: msg::FIELD_NAME,
        remark: msg::OPTIONAL,
        kind: "text",
        autocomplete: "name",
    },
    Line {
        field: Field::Email,
        label: msg::FIELD_EMAIL,
        remark: msg::NEVER_PUBLISHED,
        kind: "email",
        autocomplete: "email",
    },
    Line {
        field: Field::Url,
        label: msg::FIELD_URL,
        remark: msg::OPTIONAL,
        kind: "url",
        autocomplete: "url",
    },
];

fn form(composer: Composer, label: &str, close: Option<Build>) -> Build {
    let messages = messages();
    let prefix = &prefix_of(composer.parent.as_ref());
    let host = host();
    let form_id = format!("{prefix}-form");
    let id = form_id.clone();
    composer.on_fault(move || dom::focus_first_next_frame(host, &id, "[aria-invalid]"));
    let is_sending = move || composer.is_under_way();
    let preview = composer.can_preview().then(|| {
        el("button")
            .attr("type", "button")
            .on("click", move |_| composer.ask_preview())
            .say(msg::PREVIEW)
    });
    let limits = composer.limits();
    let lines = LINES.iter().map(|line| {
        let is_needed = match line.field {
            Field::Name => limits.needs_name,
            Field::Email => limits.needs_email,
            _ => false,
        };
        field::line(composer, prefix, line, is_needed)
    });
    let send = move |event: Event| {
        event.prevent_default();
        composer.send();
    };
    // The button does not wait for the form's event: a browser goes through the page before that, which
    // takes it 9 ms with 10,000 comments.
    let button = el("button")
        .class("primary")
        .part("button")
        .attr("type", "submit")
        .on("click", send)
        .live_flag("aria-disabled", is_sending)
        .live_text(move || {
            messages.get(if is_sending() {
                msg::SENDING
            } else {
                msg::SEND
            })
        });
    el("form")
        .attr("id", &form_id)
        .part("composer")
        .attr("novalidate", "")
        .on("submit", send)
        .on("keydown", move |event| match dom::enter(&event) {
            Some(dom::Enter::ChoosesAWord) => event.prevent_default(),
            Some(dom::Enter::Sends) => {
                event.prevent_default();
                composer.send();
            }
            None => {}
        })
        .child(text(composer, prefix, label))
        .child(el("div").class("identity").children(lines))
        .child(trap(composer))
        .child(remember(composer))
        .redrawn(move || outcome::preview(composer))
        .redrawn(move || outcome::view(composer))
        .child(
            el("div")
                .class("buttons")
                .child(button)
                .children(preview)
                .children(close),
        )
}

fn text(composer: Composer, prefix: &str, label: &str) -> Build {
    let messages = messages();
    let left = move || {
        let max = composer.limits().text_max;
        let used = composer
            .draft
            .with(|draft| draft.text.trim().chars().count());
        match max.checked_sub(used) {
            Some(left) => messages.count(msg::CHARACTERS_LEFT, left),
            None => messages.count(msg::CHARACTERS_OVER, used - max),
        }
    };
    let control = el("textarea").attr("rows", "5").attr("required", "");
    field::field(
        composer,
        prefix,
        Field::Text,
        el("label").text(label),
        control,
    )
    .child(el("p").class("left").live_text(left))
}

/// A field that people neither see nor reach. What fills it is no person.
fn trap(composer: Composer) -> Build {
    let input = el("input")
        .attr("type", "text")
        .attr("tabindex", "-1")
        .attr("autocomplete", "off")
        .on("input", move |event| {
            composer
                .draft
                .update(|draft| draft.trap = dom::value(&event));
        });
    let text = messages().get(msg::TRAP);
    el("label")
        .class("trap")
        .attr("aria-hidden", "true")
        .text(&text)
        .child(input)
}

fn remember(composer: Composer) -> Build {
    let input = el("input")
        .attr("type", "checkbox")
        .live_property("checked", move || composer.remember.get().into())
        .on("change", move |event| {
            composer.set_remember(dom::is_checked(&event));
        });
    el("label")
        .class("check")
        .child(input)
        .child(el("span").say(msg::REMEMBER))
}
