use serde::{Deserialize, Serialize};

use crate::address::is_web_address;

/// What a reader is writing: everything as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Required.
    pub name: String,
    /// Optional; never published.
    pub email: String,
    /// Optional: their own site.
    pub url: String,
    /// The comment itself: Markdown, or plain text, as the back end takes it.
    pub text: String,
    /// A field that people do not see and machines fill.
    pub trap: String,
}

impl Draft {
    /// Trims every field and checks it: the rules of the composer, and of the server behind it.
    ///
    /// # Errors
    /// One problem for each field that has one, in the order of the form.
    ///
    /// ```
    /// use causerie_core::{Draft, Fault, Field, Limits};
    /// let draft = Draft { name: "Ada".into(), ..Draft::default() };
    /// let problems = draft.check(&Limits::default()).unwrap_err();
    /// assert_eq!((problems[0].field, &problems[0].fault), (Field::Text, &Fault::Required));
    /// ```
    pub fn check(&self, limits: &Limits) -> Result<CheckedDraft, Vec<FieldProblem>> {
        let draft = Self {
            name: self.name.trim().to_owned(),
            email: self.email.trim().to_owned(),
            url: with_scheme(self.url.trim()),
            text: self.text.trim().to_owned(),
            trap: self.trap.clone(),
        };
        let faults = [
            (
                Field::Name,
                line_fault(&draft.name, limits.needs_name, limits.name_max),
            ),
            (
                Field::Email,
                line_fault(&draft.email, limits.needs_email, limits.email_max)
                    .or(email_fault(&draft.email)),
            ),
            (Field::Url, url_fault(&draft.url, limits.url_max)),
            (
                Field::Text,
                length_fault(&draft.text, limits.text_min.max(1), limits.text_max),
            ),
        ];
        let problems: Vec<_> = faults
            .into_iter()
            .filter_map(|(field, fault)| {
                Some(FieldProblem {
                    field,
                    fault: fault?,
                })
            })
            .collect();
        if problems.is_empty() {
            Ok(CheckedDraft(draft))
        } else {
            Err(problems)
        }
    }
}

/// A draft that keeps the rules, trimmed; only [`Draft::check`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedDraft(Draft);

impl CheckedDraft {
    /// One that was checked before this device kept it.
    pub(crate) fn kept(draft: Draft) -> Self {
        Self(draft)
    }

    /// The trimmed draft.
    pub fn draft(&self) -> &Draft {
        &self.0
    }
}

/// What a back end lets through, in Unicode scalar values after trimming.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Whether a comment must be signed. The contract's always must, and do not say so.
    #[serde(skip)]
    pub needs_name: bool,
    /// Whether it needs an e-mail address. The contract's never do.
    #[serde(skip)]
    pub needs_email: bool,
    /// The longest name.
    pub name_max: usize,
    /// The longest e-mail address.
    pub email_max: usize,
    /// The longest site address.
    pub url_max: usize,
    /// The shortest text.
    pub text_min: usize,
    /// The longest text.
    pub text_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            needs_name: true,
            needs_email: false,
            name_max: 80,
            email_max: 254,
            url_max: 500,
            text_min: 1,
            text_max: 10_000,
        }
    }
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The name.
    Name,
    /// The e-mail address.
    Email,
    /// The site.
    Url,
    /// The comment.
    Text,
    /// The comment that is answered: not typed, but refused like a field when it is gone.
    Parent,
}

impl Field {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 5] = [Self::Name, Self::Email, Self::Url, Self::Text, Self::Parent];

    /// Its name in the contract's field map.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Url => "url",
            Self::Text => "content",
            Self::Parent => "parent",
        }
    }
}

/// A field, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// Where.
    pub field: Field,
    /// What.
    pub fault: Fault,
}

/// What can be wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is empty and must not be.
    Required,
    /// Fewer characters than the limit.
    TooShort {
        /// The limit.
        min: usize,
        /// What there is.
        found: usize,
    },
    /// More characters than the limit.
    TooLong {
        /// The limit.
        max: usize,
        /// What there is.
        found: usize,
    },
    /// Not an e-mail address.
    NotAnEmail,
    /// Not an http or https address.
    NotAnAddress,
    /// What the back end said, in its own words.
    Other(String),
}

fn length_fault(text: &str, min: usize, max: usize) -> Option<Fault> {
    match text.chars().count() {
        0 => Some(Fault::Required),
        found if found < min => Some(Fault::TooShort { min, found }),
        found if found > max => Some(Fault::TooLong { max, found }),
        _ => None,
    }
}

fn line_fault(text: &str, is_needed: bool, max: usize) -> Option<Fault> {
    length_fault(text, 1, max).filter(|fault| is_needed || *fault != Fault::Required)
}

/// Only what cannot be right is refused: the one proof of an address is a letter that arrives.
fn email_fault(email: &str) -> Option<Fault> {
    let plausible = email.is_empty()
        || email.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && !host.contains('@')
                && host.split('.').count() >= 2
                && host.split('.').all(|label| !label.is_empty())
        }) && !email.contains(char::is_whitespace);
    (!plausible).then_some(Fault::NotAnEmail)
}

fn url_fault(url: &str, max: usize) -> Option<Fault> {
    let plausible = url.is_empty() || is_web_address(url);
    line_fault(url, false, max).or((!plausible).then_some(Fault::NotAnAddress))
}

/// People type `ada.example` and mean `https://ada.example`.
fn with_scheme(url: &str) -> String {
    let bare = !url.is_empty() && !url.contains(':') && url.contains('.');
    if bare {
        format!("https://{url}")
    } else {
        url.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str, email: &str, url: &str, text: &str) -> Draft {
        Draft {
            name: name.into(),
            email: email.into(),
            url: url.into(),
            text: text.into(),
            trap: String::new(),
        }
    }

    #[test]
    fn every_rule_has_a_case() {
        let limits = Limits {
            text_min: 3,
            text_max: 5,
            name_max: 4,
            ..Limits::default()
        };
        let cases = [
            (draft("Ada", "", "", "abc"), vec![]),
            (
                draft(" Ada ", " a@b.example ", " ada.example ", "  abc  "),
                vec![],
            ),
            (draft("Zoë😀", "", "", "çéà😀ñ"), vec![]),
            (
                draft("", "", "", ""),
                vec![
                    (Field::Name, Fault::Required),
                    (Field::Text, Fault::Required),
                ],
            ),
            (
                draft("Ada", "", "", "ab"),
                vec![(Field::Text, Fault::TooShort { min: 3, found: 2 })],
            ),
            (
                draft("Ada", "", "", "abcdef"),
                vec![(Field::Text, Fault::TooLong { max: 5, found: 6 })],
            ),
            (
                draft("Adele", "", "", "abc"),
                vec![(Field::Name, Fault::TooLong { max: 4, found: 5 })],
            ),
            (
                draft("Ada", "ada", "", "abc"),
                vec![(Field::Email, Fault::NotAnEmail)],
            ),
            (
                draft("Ada", "a@b@c.example", "", "abc"),
                vec![(Field::Email, Fault::NotAnEmail)],
            ),
            (
                draft("Ada", "a b@c.example", "", "abc"),
                vec![(Field::Email, Fault::NotAnEmail)],
            ),
            (
                draft("Ada", "a@c.", "", "abc"),
                vec![(Field::Email, Fault::NotAnEmail)],
            ),
            (
                draft("Ada", "", "javascript:alert(1)", "abc"),
                vec![(Field::Url, Fault::NotAnAddress)],
            ),
            (
                draft("Ada", "", "https://", "abc"),
                vec![(Field::Url, Fault::NotAnAddress)],
            ),
            (draft("Ada", "", "HTTPS://ada.example/é", "abc"), vec![]),
        ];
        for (draft, expected) in cases {
            let found: Vec<_> = draft
                .check(&limits)
                .err()
                .unwrap_or_default()
                .into_iter()
                .map(|problem| (problem.field, problem.fault))
                .collect();
            assert_eq!(found, expected, "{draft:?}");
        }
    }

    #[test]
    fn a_checked_draft_is_trimmed_and_its_site_has_a_scheme() {
        let checked = draft(" Ada ", "", " ada.example ", " hi ")
            .check(&Limits::default())
            .expect("valid");
        assert_eq!(
            checked.draft(),
            &draft("Ada", "", "https://ada.example", "hi")
        );
    }
}
