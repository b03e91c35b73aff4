//! A stand-in for `wasm-streams`.
//!
//! Leptos depends on it for server functions, which the client has none of. The real crate exports
//! three classes to JavaScript, and what is exported no linker may drop: 4 kB of the client's 100
//! for streams that nothing opens. `[patch.crates-io]` in the root manifest puts this crate in its
//! place; it has the few functions that are named, and their streams are empty.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use wasm_bindgen::{JsValue, UnwrapThrowExt};

/// A stream between Rust and JavaScript, always empty.
#[derive(Debug)]
pub struct ReadableStream;

impl ReadableStream {
    /// Takes a stream and drops it.
    pub fn from_stream<S: Stream<Item = Result<JsValue, JsValue>> + 'static>(_: S) -> Self {
        Self
    }

    /// Takes a stream of JavaScript's and drops it.
    pub fn from_raw(_: web_sys::ReadableStream) -> Self {
        Self
    }

    /// An empty stream for JavaScript.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        web_sys::ReadableStream::new().unwrap_throw()
    }

    /// An empty stream for Rust.
    pub fn into_stream(self) -> Empty {
        Empty
    }
}

/// A stream that has ended.
#[derive(Debug)]
pub struct Empty;

impl Stream for Empty {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}
