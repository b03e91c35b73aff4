//! Work that waits for something.

use std::future::Future;
use std::pin::Pin;

/// Runs `task` until it ends, even if the view that began it is gone.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    leptos::task::spawn_local(task);
}

/// Runs `task` until it ends or the current owner is cleaned up.
pub fn spawn_scoped(task: impl Future<Output = ()> + 'static) {
    // Boxed, so that the machinery below is compiled once.
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    leptos::task::spawn_local_scoped_with_cancellation(task);
}
