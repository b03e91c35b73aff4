//! Work that waits for something.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::request_animation_frame;

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

#[inline(never)]
fn run(task: Task<()>) {
    leptos::task::spawn_local(task);
}

#[inline(never)]
fn run_scoped(task: Task<()>) {
    leptos::task::spawn_local_scoped_with_cancellation(task);
}

#[inline(never)]
fn act_next_frame(act: Box<dyn FnOnce()>) {
    request_animation_frame(act);
}
