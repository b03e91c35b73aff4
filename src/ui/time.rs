//! A moment, said relatively, with the exact one behind it.

use causerie_core::Timestamp;
use leptos::prelude::*;

use super::once::{Once, live, once};
use crate::messages::messages;
use crate::state::clock::Clock;

/// `3 hours ago`, which stays true; hovering shows the exact time.
pub(crate) fn relative(time: Timestamp) -> Once {
    let messages = messages();
    let clock: Clock = expect_context();
    once(view! {
        <time datetime=time.to_string() title=messages.date_time(time)>
            {live(move || messages.ago(time, clock.now_for(time)))}
        </time>
    })
}

/// The day; hovering shows the exact time.
pub(crate) fn day(time: Timestamp) -> Once {
    let messages = messages();
    once(view! {
        <time datetime=time.to_string() title=messages.date_time(time)>
            {messages.date(time)}
        </time>
    })
}
