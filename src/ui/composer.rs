//! Where the reader writes.

use causerie_core::{Accepts, CommentId, Field, Moderation};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::comment::shown_name;
use super::field::{self, Line, control_id, fault_id};
use super::notice;
use super::once::{Once, live, live_true, nothing, once, redrawn};
use crate::browser::dom;
use crate::messages::{messages, msg};
use crate::state::composer::{Composer, Status};
use crate::state::thread::{Thread, element_id};

/// The place to open a new thread.
pub(crate) fn root(thread: Thread, accepts: Accepts) -> Once {
    let messages = messages();
    let remark = (accepts == Accepts::Moderated)
        .then(|| once(view! { <p class="remark">{messages.get(msg::MODERATED_TEXT)}</p> }));
    once(view! {
        <section class="write" aria-labelledby="causerie-write">
            <h3 id="causerie-write">{messages.get(msg::WRITE)}</h3>
            {remark}
            {form(Composer::open(thread, None), "causerie-new", messages.get(msg::FIELD_TEXT))}
        </section>
    })
}

/// The place to answer one comment, inside its row. It takes the focus, and gives it back.
pub(crate) fn reply(thread: Thread, parent: CommentId) -> Once {
    let messages = messages();
    let answered = thread.live(&parent);
    let name = answered.map(|live| live.comment.with_untracked(shown_name));
    let name = name.unwrap_or_default();
    let row = element_id(&parent);
    let prefix = format!("causerie-{row}");
    let text_id = control_id(&prefix, Field::Text);
    request_animation_frame(move || dom::focus_id(&text_id));
    let close = move || {
        thread.replying_to.set(None);
        dom::focus_id(&row);
    };
    let escape = {
        let close = close.clone();
        move |event: KeyboardEvent| {
            if event.key() == "Escape" && !dom::is_composing(&event) {
                close();
            }
        }
    };
    let label = messages.with(msg::YOUR_REPLY, &[("name", &name)]);
    once(view! {
        <div class="write" on:keydown=escape>
            {form(Composer::open(thread, Some(parent)), &prefix, label)}
            <button type="button" class="quiet" on:click=move |_| close()>
                {messages.get(msg::CANCEL)}
            </button>
        </div>
    })
}

fn form(composer: Composer, prefix: &str, label: String) -> Once {
    let messages = messages();
    let element = NodeRef::<leptos::html::Form>::new();
    let send = move || {
        composer.send();
        let is_invalid = composer
            .status
            .with_untracked(|status| matches!(status, Status::Invalid(_)));
        if let Some(element) = element.get_untracked().filter(|_| is_invalid) {
            // The faults are drawn before the next frame.
            request_animation_frame(move || dom::move_focus(&element, "[aria-invalid]", 0));
        }
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Enter" && dom::is_composing(&event) {
            event.prevent_default();
        } else if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            send();
        }
    };
    let is_sending = move || composer.status.with(|status| *status == Status::Sending);
    let lines = LINES.map(|line| field::line(composer, prefix, line));
    once(view! {
        <form
            node_ref=element
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
            on:keydown=keys
        >
            {text(composer, prefix, label)}
            <div class="identity">{lines}</div>
            {trap(composer)}
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || composer.remember.get()
                    on:change=move |event| composer.set_remember(event_target_checked(&event))
                />
                <span>{messages.get(msg::REMEMBER)}</span>
            </label>
            {redrawn(move || outcome(composer))}
            <button type="submit" class="primary" aria-disabled=live_true(is_sending)>
                {live(move || messages.get(if is_sending() { msg::SENDING } else { msg::SEND }))}
            </button>
        </form>
    })
}

const LINES: [Line; 3] = [
    Line {
        field: Field::Name,
        label: msg::FIELD_NAME,
        remark: None,
        kind: "text",
        autocomplete: "name",
    },
    Line {
        field: Field::Email,
        label: msg::FIELD_EMAIL,
        remark: Some(msg::NEVER_PUBLISHED),
        kind: "email",
        autocomplete: "email",
    },
    Line {
        field: Field::Url,
        label: msg::FIELD_URL,
        remark: Some(msg::OPTIONAL),
        kind: "url",
        autocomplete: "url",
    },
];

fn text(composer: Composer, prefix: &str, label: String) -> Once {
    let messages = messages();
    let id = control_id(prefix, Field::Text);
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
    once(view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id.clone()
                rows="5"
                dir="auto"
                required
                prop:value=live(move || composer.draft.with(|draft| draft.text.clone()))
                on:input=move |event| composer.edit(Field::Text, dom::value(&event))
                aria-invalid=live_true(move || composer.fault(Field::Text).is_some())
                aria-describedby=format!("{} {id}-left", fault_id(&id))
            ></textarea>
            {field::fault(composer, Field::Text, &id)}
            <p class="left" id=format!("{id}-left")>{live(left)}
            </p>
        </div>
    })
}

/// A field that people neither see nor reach. What fills it is no person.
fn trap(composer: Composer) -> Once {
    once(view! {
        <label class="trap" aria-hidden="true">
            {messages().get(msg::TRAP)}
            <input
                type="text"
                tabindex="-1"
                autocomplete="off"
                on:input=move |event| {
                    composer.draft.update(|draft| draft.trap = dom::value(&event));
                }
            />
        </label>
    })
}

/// How it went, beside the button that sent it.
fn outcome(composer: Composer) -> Once {
    let messages = messages();
    let remark =
        |message| once(view! { <p class="remark" role="status">{messages.get(message)}</p> });
    match composer.status.get() {
        Status::Failed(error) => notice::not_sent(&error),
        Status::Invalid(problems) if !problems.is_empty() => {
            let parent = composer.fault(Field::Parent);
            let about_parent = parent.map(|fault| field::words(messages, Field::Parent, fault));
            let text = about_parent.unwrap_or_else(|| messages.get(msg::FIX_FIELDS));
            once(view! { <p class="fault" role="alert">{text}</p> })
        }
        Status::Sent(Moderation::Published) => remark(msg::SENT_PUBLISHED),
        Status::Sent(Moderation::Held) => remark(msg::SENT_HELD),
        _ if !composer.kept.get() => remark(msg::DRAFT_NOT_KEPT),
        _ if composer.restored.get() => remark(msg::DRAFT_RESTORED),
        _ => nothing(),
    }
}
