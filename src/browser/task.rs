//! Work that waits for something.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use js_sys::Promise;
use leptos::prelude::{Owner, request_animation_frame};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::page;
use crate::state::kept::at_the_end;

/// Work under way. Boxed, so that what runs it is compiled once.
pub type Task<T> = Pin<Box<dyn Future<Output = T>>>;

/// Runs `task` until it ends, even if the view that began it is gone.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    run(Box::pin(task));
}

/// Runs `task` until it ends or the current owner is cleaned up.
pub fn spawn_scoped(task: impl Future<Output = ()> + 'static) {
    run_scoped(Box::pin(task));
}

/// Calls `act` before the next frame is drawn.
pub fn next_frame(act: impl FnOnce() + 'static) {
    act_next_frame(Box::new(act));
}

/// Ends when the browser has drawn a frame and answered its reader.
pub async fn breathe() {
    // A page that nobody sees draws none.
    if page::is_visible() {
        let frame = Promise::new(&mut |resolve, _| {
            next_frame(move || drop(resolve.call0(&JsValue::UNDEFINED)));
        });
        settled(frame).await;
    }
    // Out of the frame: it would wait for what comes now.
    settled(pause().unwrap_or_else(|_| {
        Promise::new(&mut |resolve, _| {
            let window = web_sys::window();
            let _ = window.map(|window| window.set_timeout_with_callback(&resolve));
        })
    }))
    .await;
}

/// A task of its own: of what is awaited here, nothing fails.
async fn settled(promise: Promise) {
    let _ = JsFuture::from(promise).await;
}

#[wasm_bindgen]
extern "C" {
    /// <https://developer.mozilla.org/docs/Web/API/Scheduler/yield>
    #[wasm_bindgen(js_namespace = scheduler, js_name = yield, catch)]
    fn pause() -> Result<Promise, JsValue>;
}

#[inline(never)]
fn run(task: Task<()>) {
    leptos::task::spawn_local(task);
}

/// What has ended the owner ends the task before its next step. Leptos's own way, an abort handle and a
/// second box, is larger.
#[inline(never)]
fn run_scoped(mut task: Task<()>) {
    let owner = Owner::current().unwrap_or_default();
    let is_over = Rc::new(Cell::new(false));
    let ends = is_over.clone();
    at_the_end(Box::new(move || ends.set(true)));
    run(Box::pin(poll_fn(move |context| {
        if is_over.get() {
            return Poll::Ready(());
        }
        owner.with(|| task.as_mut().poll(context))
    })));
}

#[inline(never)]
fn act_next_frame(act: Box<dyn FnOnce()>) {
    request_animation_frame(act);
}
