//! One field of the form: its label, its control, and what is wrong with it.

use causerie_core::{Fault, Field};
use leptos::prelude::*;

use super::once::{Once, live, live_true, once};
use crate::browser::dom;
use crate::messages::{Message, Messages, messages, msg};
use crate::state::composer::Composer;

/// A one-line field.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    pub(crate) field: Field,
    pub(crate) label: Message,
    /// What is said beside the label; `None` for a required field.
    pub(crate) remark: Option<Message>,
    /// The input's type.
    pub(crate) kind: &'static str,
    /// What the browser may fill in.
    pub(crate) autocomplete: &'static str,
}

/// The view of a one-line field of the composer whose ids begin with `prefix`.
pub(crate) fn line(composer: Composer, prefix: &str, line: Line) -> Once {
    let Line {
        field,
        label,
        remark,
        kind,
        autocomplete,
    } = line;
    let messages = messages();
    let id = control_id(prefix, field);
    let value = move || {
        composer.draft.with(|draft| match field {
            Field::Name => draft.name.clone(),
            Field::Email => draft.email.clone(),
            Field::Url => draft.url.clone(),
            Field::Text | Field::Parent => String::new(),
        })
    };
    once(view! {
        <div class="field">
            <label for=id.clone()>
                {messages.get(label)}
                {remark.map(|remark| once(view! { <span class="remark">{messages.get(remark)}</span> }))}
            </label>
            <input
                id=id.clone()
                type=kind
                autocomplete=autocomplete
                dir="auto"
                required=remark.is_none()
                prop:value=live(value)
                on:input=move |event| composer.edit(field, dom::value(&event))
                aria-invalid=live_true(move || composer.fault(field).is_some())
                aria-describedby=fault_id(&id)
            />
            {fault(composer, field, &id)}
        </div>
    })
}

/// What is wrong with a field, for the control `id`.
pub(crate) fn fault(composer: Composer, field: Field, id: &str) -> Once {
    let messages = messages();
    let id = fault_id(id);
    let text = move || match composer.fault(field) {
        Some(fault) => words(messages, field, fault),
        None => String::new(),
    };
    once(view! { <p class="fault" id=id>{live(text)}</p> })
}

/// The id of a field's control.
pub(crate) fn control_id(prefix: &str, field: Field) -> String {
    format!("{prefix}-{}", field.as_str())
}

/// The id of what is said about the control `id`.
pub(crate) fn fault_id(id: &str) -> String {
    format!("{id}-fault")
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
