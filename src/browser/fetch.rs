//! The network: sends a request of the core and reads its response to the end.

use causerie_core::{Error, Method, Request, Response};
use gloo_net::http::RequestBuilder;
use web_sys::AbortSignal;

/// Milliseconds until a silent server counts as not answering. Long, because a bad line that
/// still moves is better waited for than asked again.
const PATIENCE: u32 = 30_000;

/// Sends `request`.
///
/// # Errors
/// Only where no response came, [`Error::Unreachable`] or [`Error::TimedOut`]: a response with an
/// unhappy status is a response.
pub async fn send(request: Request) -> Result<Response, Error> {
    let signal = AbortSignal::timeout_with_u32(PATIENCE);
    let mut builder = RequestBuilder::new(&request.url)
        .method(match request.method {
            Method::Get => gloo_net::http::Method::GET,
            Method::Post => gloo_net::http::Method::POST,
        })
        .abort_signal(Some(&signal));
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let sent = match request.body {
        Some(body) => {
            builder
                .body(body)
                .map_err(|error| unreachable(&error))?
                .send()
                .await
        }
        None => builder.send().await,
    };
    let no_answer = |error| {
        if signal.aborted() {
            Error::TimedOut
        } else {
            unreachable(&error)
        }
    };
    let response = sent.map_err(no_answer)?;
    let headers = response.headers();
    Ok(Response {
        status: response.status(),
        content_type: headers.get("content-type").unwrap_or_default(),
        retry_after: headers
            .get("retry-after")
            .and_then(|seconds| seconds.parse().ok()),
        body: response.text().await.map_err(no_answer)?,
    })
}

fn unreachable(error: &gloo_net::Error) -> Error {
    Error::Unreachable(error.to_string())
}
