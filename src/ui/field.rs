//! One field of the form: its label, its control, and what is wrong with it.

use causerie_core::{Fault, Field};

use crate::browser::dom;
use crate::browser::view::{Build, el};
use crate::messages::{Message, Messages, messages, msg};
use crate::state::composer::Composer;

/// A one-line field.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    pub(crate) field: Field,
    pub(crate) label: Message,
    /// What is said beside the label of an optional field, and always of the e-mail address.
    pub(crate) remark: Message,
    /// The input's type.
    pub(crate) kind: &'static str,
    /// What the browser may fill in.
    pub(crate) autocomplete: &'static str,
}

/// The view of a one-line field of the composer whose ids begin with `prefix`.
pub(crate) fn line(composer: Composer, prefix: &str, line: &Line, is_needed: bool) -> Build {
    let is_private = line.field == Field::Email;
    let remark = (!is_needed || is_private).then(|| el("span").class("remark").say(line.remark));
    let label = el("label").say(line.label).text(" ").children(remark);
    let input = el("input")
        .attr("type", line.kind)
        .attr("autocomplete", line.autocomplete)
        .maybe_attr("required", is_needed.then_some(""));
    field(composer, prefix, line.field, label, input)
}

/// A field around its `label` and its `control`.
pub(crate) fn field(
    composer: Composer,
    prefix: &str,
    field: Field,
    label: Build,
    control: Build,
) -> Build {
    let messages = messages();
    let id = control_id(prefix, field);
    let fault_id = format!("{id}-fault");
    let control = control
        .attr("id", &id)
        .part("field")
        .attr("dir", "auto")
        .attr("aria-describedby", &fault_id)
        .live_flag("aria-invalid", move || composer.fault(field).is_some())
        .live_property("value", move || {
            composer.draft.with(|draft| typed(draft, field).into())
        })
        .on("input", move |event| {
            composer.edit(field, dom::value(&event));
        });
    let fault = move || match composer.fault(field) {
        Some(fault) => words(messages, field, fault),
        None => String::new(),
    };
    el("div")
        .class("field")
        .child(label.attr("for", &id))
        .child(control)
        .child(
            el("p")
                .class("fault")
                .attr("id", &fault_id)
                .live_text(fault),
        )
}

/// The id of a field's control.
pub(crate) fn control_id(prefix: &str, field: Field) -> String {
    format!("{prefix}-{}", field.as_str())
}

pub(crate) fn words(messages: Messages, field: Field, fault: Fault) -> String {
    match fault {
        _ if field == Field::Parent => messages.get(msg::FAULT_PARENT),
        Fault::Required => messages.get(msg::FAULT_REQUIRED),
        Fault::TooShort { min, .. } => messages.count(msg::FAULT_SHORT, min),
        Fault::TooLong { max, .. } => messages.count(msg::FAULT_LONG, max),
        Fault::NotAnEmail => messages.get(msg::FAULT_EMAIL),
        Fault::NotAnAddress => messages.get(msg::FAULT_ADDRESS),
        Fault::Other(words) => words,
    }
}

fn typed(draft: &causerie_core::Draft, field: Field) -> &str {
    match field {
        Field::Name => &draft.name,
        Field::Email => &draft.email,
        Field::Url => &draft.url,
        Field::Text => &draft.text,
        Field::Parent => "",
    }
}
