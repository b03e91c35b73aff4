//! Work that waits for something.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use leptos::prelude::{Owner, request_animation_frame};

use super::{clock, page};
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

/// Calls `act` when the browser has drawn a frame, answered its reader and done what waited, with the
/// milliseconds that this took, without the wait for the frame.
pub fn breathe(act: impl FnOnce(i64) + 'static) {
    // Not by `scheduler.yield`, which goes on before other tasks: with a frame that is due already
    // each time, those wait for seconds on a slow device, answers of the network among them.
    let when_drawn = move || {
        let began = clock::now();
        clock::after(0, move || act(clock::now().ms() - began.ms()));
    };
    // A page that nobody sees draws no frames.
    if page::is_visible() {
        next_frame(when_drawn);
    } else {
        when_drawn();
    }
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
