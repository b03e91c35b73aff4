//! Answers of real servers, recorded in `tests/recorded/`; its README says how.

use std::fs;
use std::path::Path;

use causerie_core::{CheckedDraft, CommentId, Draft, Limits, Response, Submission};

/// The response of a recording, such as `isso/15-post-ok`.
pub(crate) fn answer(name: &str) -> Response {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/recorded/{name}.http"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let text = text.replace("\r\n", "\n");
    let (_, response) = text.split_once("### RESPONSE\n").expect("a response");
    let (head, body) = response.split_once("\n\n").unwrap_or((response, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let header = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        let known = Response::HEADERS
            .into_iter()
            .find(|it| it.eq_ignore_ascii_case(name))?;
        Some((known, value.to_owned()))
    };
    Response {
        status: status.and_then(|code| code.parse().ok()).expect("a status"),
        headers: lines.filter_map(header).collect(),
        body: body.to_owned(),
        ..Response::default()
    }
}

/// A draft that keeps any rules.
pub(crate) fn draft(name: &str, email: &str, text: &str) -> CheckedDraft {
    let limits = Limits {
        needs_name: false,
        ..Limits::default()
    };
    let draft = Draft {
        name: name.into(),
        email: email.into(),
        text: text.into(),
        ..Draft::default()
    };
    draft.check(&limits).expect("valid")
}

pub(crate) fn submission<'a>(
    thread: &'a str,
    parent: Option<&'a CommentId>,
    draft: &'a CheckedDraft,
) -> Submission<'a> {
    Submission {
        thread,
        title: "A title",
        parent,
        draft,
        key: "key-1",
    }
}
