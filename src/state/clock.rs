//! What time it is, for the texts that say how long ago something was.

use causerie_core::Timestamp;

use super::kept::Watch;
use crate::browser::clock;

/// One timer for all of them. A text follows the hand that its age needs, and from a day on none:
/// a thread of thousands from last year waits for nothing.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    minute: Watch<Timestamp>,
    hour: Watch<Timestamp>,
}

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

impl Clock {
    /// A clock that runs until the current owner is cleaned up.
    pub fn start() -> Self {
        let now = clock::now();
        let hands = Self {
            minute: Watch::new(now),
            hour: Watch::new(now),
        };
        clock::every_minute(move || {
            let now = clock::now();
            hands.minute.set(now);
            if now.ms() - hands.hour.get_untracked().ms() >= HOUR / 4 {
                hands.hour.set(now);
            }
        });
        hands
    }

    /// Now, followed as closely as the age of `time` needs.
    pub fn now_for(self, time: Timestamp) -> Timestamp {
        if self.age(time) < HOUR {
            self.minute.get()
        } else {
            self.hour.get()
        }
    }

    /// Whether what is said of `time` changes while somebody reads.
    pub fn moves(self, time: Timestamp) -> bool {
        self.age(time) < DAY
    }

    fn age(self, time: Timestamp) -> i64 {
        self.minute.get_untracked().ms().saturating_sub(time.ms())
    }
}
