//! What is said when something is not as it should be: what happened, and what to do next.

use causerie_core::{Error, SettingsProblem};

use super::field;
use crate::browser::host::host;
use crate::browser::view::{Build, View, el};
use crate::messages::{Messages, messages, msg};

/// A failure under a `heading`, such as `h1`, with its one useful action: to try again.
pub(crate) fn failure(heading: &str, error: &Error, retry: impl Fn() + 'static) -> View {
    let messages = messages();
    let (title, text) = words(messages, error);
    let again = el("button")
        .class("primary")
        .attr("type", "button")
        .on("click", move |_| retry())
        .say(msg::RETRY);
    problem(heading, &title, &text)
        .child(again)
        .child(details(error))
        .into()
}

/// A comment that did not get through. The way on is the form's own button.
pub(crate) fn not_sent(error: &Error) -> View {
    let messages = messages();
    let (title, text) = words(messages, error);
    let title = format!("{}: {title}", messages.get(msg::NOT_SENT));
    let text = format!("{text} {}", messages.get(msg::TEXT_IS_SAFE));
    problem("p", &title, &text).child(details(error)).into()
}

/// Something that the reader wanted of a comment, and that failed.
pub(crate) fn not_done(error: &Error) -> View {
    let (title, text) = words(messages(), error);
    problem("p", &title, &text).child(details(error)).into()
}

/// What happened, in one line.
pub(crate) fn line(error: &Error) -> String {
    let (title, text) = words(messages(), error);
    format!("{title}: {text}")
}

/// Settings that make no sense, all of them, for the blogger.
pub(crate) fn settings(problems: &[SettingsProblem]) -> View {
    let messages = messages();
    let title = messages.get(msg::SETTINGS);
    host().set_title(&title);
    let prefix = if host().is_page() { "data-" } else { "" };
    let line = |problem: &SettingsProblem| el("li").text(&format!("{prefix}{problem}"));
    problem("h1", &title, &messages.get(msg::SETTINGS_TEXT))
        .child(
            el("ul")
                .attr("lang", "en")
                .children(problems.iter().map(line)),
        )
        .into()
}

fn problem(heading: &str, title: &str, text: &str) -> Build {
    el("div")
        .class("notice")
        .part("notice")
        .attr("data-tone", "problem")
        .attr("role", "alert")
        .child(el(heading).class("title").text(title))
        .child(el("p").text(text))
}

fn details(error: &Error) -> Build {
    el("details")
        .child(el("summary").say(msg::DETAILS))
        .child(el("p").attr("lang", "en").text(&error.to_string()))
}

/// What happened, in a few words and in a sentence with the next step.
fn words(messages: Messages, error: &Error) -> (String, String) {
    let (title, text) = match error {
        Error::Unreachable(_) => (msg::ERROR_UNREACHABLE, msg::ERROR_UNREACHABLE_TEXT),
        Error::TimedOut => (msg::ERROR_TIMEOUT, msg::ERROR_TIMEOUT_TEXT),
        Error::NotFound => (msg::ERROR_NOT_FOUND, msg::ERROR_NOT_FOUND_TEXT),
        Error::Closed => (msg::CLOSED, msg::CLOSED_TEXT),
        Error::GuestsRefused => (msg::ERROR_GUESTS, msg::ERROR_GUESTS_TEXT),
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
            let first = refusal.fields.first().cloned();
            let field = first.map(|problem| field::words(messages, problem.field, problem.fault));
            let text = field.unwrap_or_else(|| refusal.detail.clone());
            return (messages.get(msg::ERROR_REFUSED), text);
        }
    };
    (messages.get(title), messages.get(text))
}
