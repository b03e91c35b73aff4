//! The network: sends a request of the core and reads its response to the end.

use causerie_core::{Error, Method, Request, Response};
use js_sys::Promise;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::AbortSignal;

use super::device::settled;
use super::html::object;
use super::task::Task;

/// Milliseconds until a silent server counts as not answering. Long, because a bad line that
/// still moves is better waited for than asked again.
const PATIENCE: u32 = 30_000;

/// Sends `request`.
///
/// # Errors
/// Only where no response came, [`Error::Unreachable`] or [`Error::TimedOut`]: a response with an
/// unhappy status is a response.
pub fn send(request: Request) -> Task<Result<Response, Error>> {
    Box::pin(exchange(request, None))
}

/// Sends `request`, unless the boot script did so `ahead` and got a response, and hands on what came of
/// it. One task for all who ask: one of their own, each that waits, is a kilobyte.
pub fn ask(
    request: Request,
    ahead: Option<Promise>,
    take_in: impl FnOnce(Result<Response, Error>) + 'static,
) -> Task<()> {
    Box::pin(hand_on(request, ahead, Box::new(take_in)))
}

async fn hand_on(
    request: Request,
    ahead: Option<Promise>,
    take_in: Box<dyn FnOnce(Result<Response, Error>)>,
) {
    take_in(exchange(request, ahead).await);
}

async fn exchange(request: Request, ahead: Option<Promise>) -> Result<Response, Error> {
    let signal = AbortSignal::timeout_with_u32(PATIENCE);
    let headers = request.headers.iter();
    let headers = headers.map(|(name, value)| (*name, JsValue::from_str(value)));
    let headers = object(&headers.collect::<Vec<_>>());
    let or_default = |is_set: bool, value: &str| {
        if is_set {
            value.into()
        } else {
            JsValue::UNDEFINED
        }
    };
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    };
    let init = object(&[
        ("method", method.into()),
        ("headers", headers.into()),
        ("signal", (&signal).into()),
        ("credentials", or_default(request.with_cookies, "include")),
        ("cache", or_default(request.is_fresh, "no-cache")),
        (
            "body",
            request.body.map_or(JsValue::UNDEFINED, JsValue::from),
        ),
    ]);
    // Made here and not by gloo-net's builder, which is a kilobyte.
    let request = match web_sys::Request::new_with_str_and_init(&request.url, init.unchecked_ref())
    {
        Ok(request) => gloo_net::http::Request::from(request),
        Err(_) => return Err(Error::Unreachable(request.url)),
    };
    let asked = match ahead {
        Some(ahead) => settled(ahead).await,
        None => None,
    };
    let sent = match asked.filter(|response| !response.is_undefined()) {
        Some(response) => Ok(response.unchecked_into::<web_sys::Response>().into()),
        None => request.send().await,
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
    let header = |name| Some((name, headers.get(name)?));
    Ok(Response {
        status: response.status(),
        url: response.url(),
        headers: Response::HEADERS.into_iter().filter_map(header).collect(),
        body: response.text().await.map_err(no_answer)?,
    })
}

/// In the browser's words. Nothing else can go wrong here, and a text for all that gloo-net knows
/// of is a kilobyte.
fn unreachable(error: &gloo_net::Error) -> Error {
    Error::Unreachable(match error {
        gloo_net::Error::JsError(error) => error.message.clone(),
        _ => String::new(),
    })
}
