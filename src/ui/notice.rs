//! What is said when something is not as it should be: what happened, and what to do next.

use causerie_core::{Error, SettingsProblem};
use leptos::prelude::*;

use super::once::{Once, once};
use crate::browser::page;
use crate::messages::{Messages, messages, msg};

/// A failure with its one useful action: to try again.
pub(crate) fn failure(error: &Error, retry: impl Fn() + 'static) -> Once {
    let messages = messages();
    let (title, text) = words(messages, error);
    once(view! {
        <div class="notice" data-tone="problem" role="alert">
            <p class="title">{title}</p>
            <p>{text}</p>
            <button type="button" class="primary" on:click=move |_| retry()>
                {messages.get(msg::RETRY)}
            </button>
            {details(messages, error)}
        </div>
    })
}

/// A comment that did not get through. The way on is the form's own button.
pub(crate) fn not_sent(error: &Error) -> Once {
    let messages = messages();
    let (title, text) = words(messages, error);
    once(view! {
        <div class="notice" data-tone="problem" role="alert">
            <p class="title">{messages.get(msg::NOT_SENT)} ": " {title}</p>
            <p>{text} " " {messages.get(msg::TEXT_IS_SAFE)}</p>
            {details(messages, error)}
        </div>
    })
}

/// Settings that make no sense, all of them, for the blogger.
pub(crate) fn settings(problems: &[SettingsProblem]) -> Once {
    let messages = messages();
    page::set_title(&messages.get(msg::SETTINGS));
    let problems: Vec<_> = problems.iter().map(|problem| problem.to_string()).collect();
    once(view! {
        <div class="notice" data-tone="problem" role="alert">
            <h1 class="title">{messages.get(msg::SETTINGS)}</h1>
            <p>{messages.get(msg::SETTINGS_TEXT)}</p>
            <ul lang="en">
                {problems.into_iter().map(|problem| view! { <li>{problem}</li> }).collect::<Vec<_>>()}
            </ul>
        </div>
    })
}

fn details(messages: Messages, error: &Error) -> Once {
    once(view! {
        <details>
            <summary>{messages.get(msg::DETAILS)}</summary>
            <p lang="en">{error.to_string()}</p>
        </details>
    })
}

/// What happened, in a few words and in a sentence with the next step.
fn words(messages: Messages, error: &Error) -> (String, String) {
    let (title, text) = match error {
        Error::Unreachable(_) => (msg::ERROR_UNREACHABLE, msg::ERROR_UNREACHABLE_TEXT),
        Error::TimedOut => (msg::ERROR_TIMEOUT, msg::ERROR_TIMEOUT_TEXT),
        Error::NotFound => (msg::ERROR_NOT_FOUND, msg::ERROR_NOT_FOUND_TEXT),
        Error::Closed => (msg::CLOSED, msg::CLOSED_TEXT),
        Error::NotJson { .. } => (msg::ERROR_NOT_JSON, msg::ERROR_NOT_JSON_TEXT),
        Error::WrongShape { .. } => (msg::ERROR_SHAPE, msg::ERROR_SHAPE_TEXT),
        Error::TooMany { retry_after } => {
            let seconds = retry_after.unwrap_or(60) as usize;
            let text = messages.count(msg::ERROR_TOO_MANY_TEXT, seconds);
            return (messages.get(msg::ERROR_TOO_MANY), text);
        }
        Error::Status { status, .. } => {
            let text = messages.with(msg::ERROR_SERVER_TEXT, &[("status", &status.to_string())]);
            return (messages.get(msg::ERROR_SERVER), text);
        }
        Error::Refused(refusal) => {
            return (messages.get(msg::ERROR_REFUSED), refusal.detail.clone());
        }
    };
    (messages.get(title), messages.get(text))
}
