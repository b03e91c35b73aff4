//! The one error of the API: problem details after RFC 9457.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use causerie_core::contract::{self, WireFault};
use causerie_core::{Fault, FieldProblem};

use crate::store::StoreError;

/// Why a request was not answered as wished. The variants are the table of `docs/contract.md`.
#[derive(Debug)]
pub enum Problem {
    /// The body is not the JSON expected; with what the parser said.
    InvalidJson(String),
    /// `limit` or `cursor` is not acceptable; with what was expected.
    InvalidQuery(String),
    /// No usable `Idempotency-Key` header.
    IdempotencyKeyMissing,
    /// The post takes no comments any more.
    ThreadClosed,
    /// No such path.
    NotFound,
    /// No such post.
    ThreadNotFound,
    /// The path exists and does not know this method.
    MethodNotAllowed,
    /// The body is larger than the endpoint reads.
    TooLarge,
    /// The body is not declared to be JSON.
    UnsupportedMediaType,
    /// What is wrong with each field.
    InvalidComment(BTreeMap<String, WireFault>),
    /// The key came with another body before.
    IdempotencyKeyReused,
    /// Too many requests from this address; how many seconds to wait.
    TooManyRequests(u64),
    /// The endpoint has as many event streams open as it may; how many seconds to wait.
    Busy(u64),
    /// The fault is the endpoint's. The text is for the log and is never sent.
    Internal(String),
}

impl Problem {
    /// The problem of a draft that breaks rules.
    pub fn invalid_fields(problems: &[FieldProblem]) -> Self {
        let faults = problems.iter().map(|problem| {
            (
                problem.field.as_str().to_owned(),
                wire_fault(&problem.fault),
            )
        });
        Self::InvalidComment(faults.collect())
    }

    /// The problem of one field.
    pub fn invalid_field(field: causerie_core::Field, code: &str, detail: &str) -> Self {
        let fault = WireFault {
            code: code.to_owned(),
            detail: detail.to_owned(),
        };
        Self::InvalidComment(BTreeMap::from([(field.as_str().to_owned(), fault)]))
    }

    /// Status, last part of the type, and title.
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidJson(_) => (
                StatusCode::BAD_REQUEST,
                "invalid-json",
                "The body is not the JSON expected",
            ),
            Self::InvalidQuery(_) => (
                StatusCode::BAD_REQUEST,
                "invalid-query",
                "The query is not acceptable",
            ),
            Self::IdempotencyKeyMissing => (
                StatusCode::BAD_REQUEST,
                "idempotency-key-missing",
                "There is no usable Idempotency-Key header",
            ),
            Self::ThreadClosed => (
                StatusCode::FORBIDDEN,
                "thread-closed",
                "The post takes no comments any more",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is no such path"),
            Self::ThreadNotFound => (
                StatusCode::NOT_FOUND,
                "thread-not-found",
                "There is no such post",
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "The path does not know this method",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The body is too large",
            ),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body is not declared to be JSON",
            ),
            Self::InvalidComment(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-comment",
                "The comment was not accepted",
            ),
            Self::IdempotencyKeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "This key came with another body before",
            ),
            Self::TooManyRequests(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many requests",
            ),
            Self::Busy(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "There are too many streams",
            ),
            Self::Internal(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "The endpoint failed",
            ),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::InvalidJson(found) | Self::InvalidQuery(found) => found.clone(),
            Self::IdempotencyKeyMissing => {
                "send one Idempotency-Key header of 1 to 100 visible ASCII characters".to_owned()
            }
            Self::ThreadClosed => "the comments of this post are closed".to_owned(),
            Self::NotFound => "check the path against docs/contract.md".to_owned(),
            Self::ThreadNotFound => "no post has this thread key".to_owned(),
            Self::MethodNotAllowed => "see the Allow header".to_owned(),
            Self::TooLarge => format!("at most {} bytes are read", crate::api::BODY_MAX),
            Self::UnsupportedMediaType => "send Content-Type: application/json".to_owned(),
            Self::InvalidComment(errors) => errors
                .iter()
                .map(|(field, fault)| format!("{field}: {}", fault.detail))
                .collect::<Vec<_>>()
                .join("; "),
            Self::IdempotencyKeyReused => "make a new key for a new comment".to_owned(),
            Self::TooManyRequests(seconds) | Self::Busy(seconds) => {
                format!("wait {seconds} seconds")
            }
            Self::Internal(_) => "it is safe to send again with the same key".to_owned(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, title) = self.kind();
        if let Self::Internal(cause) = &self {
            tracing::error!("{cause}");
        }
        let retry_after = match &self {
            Self::TooManyRequests(seconds) | Self::Busy(seconds) => {
                Some(HeaderValue::from(*seconds))
            }
            _ => None,
        };
        let body = contract::Problem {
            kind: format!("{}{code}", contract::PROBLEM_TYPE),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail(),
            errors: match self {
                Self::InvalidComment(errors) => errors,
                _ => BTreeMap::new(),
            },
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

fn wire_fault(fault: &Fault) -> WireFault {
    let (code, detail) = match fault {
        Fault::Required => ("required", "at least 1 character, found none".to_owned()),
        Fault::TooShort { min, found } => (
            "too-short",
            format!("at least {min} characters, found {found}"),
        ),
        Fault::TooLong { max, found } => (
            "too-long",
            format!("at most {max} characters, found {found}"),
        ),
        Fault::NotAnEmail => ("invalid", "an e-mail address, found none".to_owned()),
        Fault::NotAnAddress => (
            "invalid",
            "an address that begins with http:// or https://, found none".to_owned(),
        ),
        Fault::Other(detail) => ("invalid", detail.clone()),
    };
    WireFault {
        code: code.to_owned(),
        detail,
    }
}
