use std::fmt;

use crate::{Fault, Field, FieldProblem, Json, Response};

/// Why a request did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No answer came: no network, no such server, or an origin that is not allowed.
    Unreachable(String),
    /// No answer came in time.
    TimedOut,
    /// The server knows no such address or thread.
    NotFound,
    /// The thread takes no comments any more.
    Closed,
    /// The server takes comments from its own users only.
    GuestsRefused,
    /// The comment was refused, with reasons.
    Refused(Refusal),
    /// Too many requests.
    TooMany {
        /// Seconds to wait, where the server says.
        retry_after: Option<u32>,
    },
    /// The server failed, or refused for a reason not listed here.
    Status {
        /// The HTTP status.
        status: u16,
        /// What the server said about it; may be empty.
        detail: String,
        /// Seconds to wait, where the server says.
        retry_after: Option<u32>,
    },
    /// Something else than JSON came, most often an HTML page.
    NotJson {
        /// The content type found.
        found: String,
    },
    /// JSON came, but not of the shape expected.
    WrongShape {
        /// What was expected.
        expected: &'static str,
        /// What the parser found, and where.
        found: String,
    },
}

/// What an error says about a comment that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server may have it, or not.
    Unknown,
    /// The server does not have it, and may take it later.
    Later,
    /// The server does not have it, and will not take it as it is.
    Refused,
}

/// Why a comment was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In the back end's words.
    pub detail: String,
    /// What is wrong with each field; may be empty.
    pub fields: Vec<FieldProblem>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "no answer: {why}"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::NotFound => f.write_str("not found: check the endpoint and the thread"),
            Self::Closed => f.write_str("the thread is closed"),
            Self::GuestsRefused => f.write_str("guests may not comment"),
            Self::Refused(refusal) => write!(f, "refused: {}", refusal.detail),
            Self::TooMany {
                retry_after: Some(seconds),
            } => {
                write!(f, "too many requests: wait {seconds} s")
            }
            Self::TooMany { retry_after: None } => f.write_str("too many requests: wait a while"),
            Self::Status { status, detail, .. } => {
                write!(f, "the server answered {status} {detail}")
            }
            Self::NotJson { found } => write!(f, "expected JSON, found {found}"),
            Self::WrongShape { expected, found } => write!(f, "expected {expected}, found {found}"),
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// Its name for scripts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut => "timed-out",
            Self::NotFound => "not-found",
            Self::Closed => "closed",
            Self::GuestsRefused => "guests-refused",
            Self::Refused(_) => "refused",
            Self::TooMany { .. } => "too-many",
            Self::Status { .. } => "status",
            Self::NotJson { .. } => "not-json",
            Self::WrongShape { .. } => "wrong-shape",
        }
    }

    /// Seconds to wait, where the server says.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after } | Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// What it says about a comment that was sent.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Unreachable(_)
            | Self::TimedOut
            | Self::NotJson { .. }
            | Self::WrongShape { .. }
            | Self::Status {
                status: 408 | 500..,
                ..
            } => Verdict::Unknown,
            Self::TooMany { .. } => Verdict::Later,
            Self::NotFound
            | Self::Closed
            | Self::GuestsRefused
            | Self::Refused(_)
            | Self::Status { .. } => Verdict::Refused,
        }
    }

    /// A refusal for what is in one field.
    pub(crate) fn at(field: Field, fault: Fault) -> Self {
        Self::Refused(Refusal {
            detail: String::new(),
            fields: vec![FieldProblem { field, fault }],
        })
    }

    /// A refusal in the back end's words.
    pub(crate) fn refused(detail: String) -> Self {
        Self::Refused(Refusal {
            detail,
            fields: Vec::new(),
        })
    }
}

impl Response {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether it is a page for people.
    pub(crate) fn is_page(&self) -> bool {
        self.body.trim_start().starts_with('<')
    }

    /// The error that an unsuccessful status stands for, whatever the back end.
    pub(crate) fn status_error(&self, detail: &str) -> Error {
        // In seconds; a date would need the server's clock.
        let retry_after = self.header("retry-after").parse().ok();
        match self.status {
            404 | 410 => Error::NotFound,
            429 => Error::TooMany { retry_after },
            status => Error::Status {
                status,
                detail: detail.to_owned(),
                retry_after,
            },
        }
    }

    /// Reads the body as JSON, called `expected` in the error.
    pub(crate) fn json(&self, expected: &'static str) -> Result<Json, Error> {
        Json::parse(&self.body).map_err(|at| {
            // The body decides, not the header: many static hosts serve JSON as text/plain.
            match self.body.trim_start().chars().next() {
                Some('{' | '[') => Error::WrongShape {
                    expected,
                    found: format!("no JSON any more after {at} bytes"),
                },
                Some('<') => Error::NotJson {
                    found: "text/html".to_owned(),
                },
                _ => Error::NotJson {
                    found: self.header("content-type").to_owned(),
                },
            }
        })
    }
}
