//! A moment, with the exact one behind it.

use causerie_core::Timestamp;

use crate::browser::view::{Build, View, el};
use crate::messages::messages;
use crate::state::clock::Clock;
use crate::state::kept::handed;

/// `3 hours ago`, which stays true for who reads on; hovering shows the exact time.
pub(crate) fn relative(time: Timestamp) -> View {
    let messages = messages();
    let clock: Clock = handed();
    let ago = move || messages.ago(time, clock.now_for(time));
    if clock.moves(time) {
        moment(time).live_text(ago).into()
    } else {
        moment(time).text(&ago()).into()
    }
}

/// The day; hovering shows the exact time.
pub(crate) fn day(time: Timestamp) -> View {
    moment(time).text(&messages().date(time)).into()
}

fn moment(time: Timestamp) -> Build {
    el("time")
        .attr("datetime", &time.to_string())
        .attr("title", &messages().date_time(time))
}
