//! Strong entity tags, and 304 for whoever has the answer already (RFC 9110, sections 8.8 and 13).

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// Gives every successful answer to GET and HEAD a tag made of its bytes.
///
/// It stands outside the compression: each encoding of an answer has its own bytes and, as a
/// strong tag demands, its own tag. A stream of events has no end at which its tag would be known.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let wanted = if_none_match(request.headers());
    let response = next.run(request).await;
    let (mut parts, body) = response.into_parts();
    let is_stream = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|media_type| media_type == "text/event-stream");
    if !reads || is_stream || parts.status != StatusCode::OK {
        let headers = &mut parts.headers;
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        return Response::from_parts(parts, body);
    }
    let bytes = match to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(error) => {
            return Problem::Internal(format!("an answer broke off: {error}")).into_response();
        }
    };
    let tag = format!(
        "\"{}\"",
        BASE64URL_NOPAD.encode(&Sha256::digest(&bytes)[..12])
    );
    let known = wanted.iter().any(|wanted| wanted == "*" || *wanted == tag);
    // Base64 in quotes is a header value.
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    parts
        .headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    if known {
        parts.status = StatusCode::NOT_MODIFIED;
        for name in [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_ENCODING,
        ] {
            parts.headers.remove(name);
        }
        return Response::from_parts(parts, Body::empty());
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

/// The tags of `If-None-Match`, compared weakly as section 13.1.2 has it.
fn if_none_match(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        // A tag of ours holds no comma, so a tag that does is none of ours.
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").to_owned())
        .collect()
}
