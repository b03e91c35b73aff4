//! The reader's clock.

use std::time::Duration;

use causerie_core::Timestamp;
use leptos::prelude::{on_cleanup, set_interval_with_handle, set_timeout};

/// Now, to the millisecond, as this device has it.
pub fn now() -> Timestamp {
    // A float of milliseconds; whole ones fit an i64 for 280 million years.
    Timestamp::from_ms(js_sys::Date::now() as i64)
}

/// Calls `tick` every minute until the current owner is cleaned up.
pub fn every_minute(tick: impl Fn() + 'static) {
    if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(60)) {
        on_cleanup(move || handle.clear());
    }
}

/// Calls `act` after so many seconds, whatever becomes of the view.
pub fn after(seconds: u32, act: impl FnOnce() + 'static) {
    act_after(seconds, Box::new(act));
}

// Not generic: one piece of code for all callers.
#[inline(never)]
fn act_after(seconds: u32, act: Box<dyn FnOnce()>) {
    set_timeout(act, Duration::from_secs(seconds.into()));
}
