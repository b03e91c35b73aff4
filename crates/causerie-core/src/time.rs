use std::fmt;

/// A moment: milliseconds since 1970-01-01T00:00:00 UTC.
///
/// Read from and written as RFC 3339. Written here rather than taken from a crate because the
/// smallest date crate would add 40 kB to the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `ms` milliseconds after the epoch (before it, when negative).
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Reads `2026-03-01T18:04:05.250+01:00`, the profile of ISO 8601 that RFC 3339 section 5.6
    /// defines. `None` for anything else; a leap second counts as the second after it.
    ///
    /// ```
    /// use causerie_core::Timestamp;
    /// assert_eq!(Timestamp::parse("1970-01-01T01:00:00+01:00"), Some(Timestamp::from_ms(0)));
    /// assert_eq!(Timestamp::parse("yesterday"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        // By bytes: each slice of a text would be a check that it splits no letter.
        let (moment, rest) = text.trim().as_bytes().split_at_checked(19)?;
        let is_separated = matches!(
            (moment[4], moment[7], moment[10], moment[13], moment[16]),
            (b'-', b'-', b'T' | b't' | b' ', b':', b':')
        );
        let field = |at, width| number(&moment[at..at + width]);
        let date @ (year, month, day) = (field(0, 4)?, field(5, 2)?, field(8, 2)?);
        let (hour, minute, second) = (field(11, 2)?, field(14, 2)?, field(17, 2)?);
        let days = days_from_epoch(year, month, day);
        let is_valid = is_separated
            && (1..=12).contains(&month)
            && date_from_epoch(days) == date
            && (hour < 24 && minute < 60 && second <= 60);
        let (fraction, zone) = match rest {
            [b'.', rest @ ..] => {
                rest.split_at_checked(rest.iter().position(|byte| !byte.is_ascii_digit())?)?
            }
            _ => (&b"0"[..], rest),
        };
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - zone_offset(zone)?;
        let ms = seconds * 1_000 + milliseconds(fraction)?;
        is_valid.then_some(Self(ms))
    }

    /// Reads seconds since the epoch, such as `1767693122.25`: what is below milliseconds is cut.
    pub(crate) fn from_seconds(text: &str) -> Option<Self> {
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let seconds: i64 = seconds.parse().ok()?;
        Some(Self(
            seconds.checked_mul(1_000)? + milliseconds(fraction.as_bytes())?,
        ))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with milliseconds only where there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, ms) = (self.0.div_euclid(86_400_000), self.0.rem_euclid(86_400_000));
        let (year, month, day) = date_from_epoch(days);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if ms % 1_000 != 0 {
            write!(f, ".{:03}", ms % 1_000)?;
        }
        f.write_str("Z")
    }
}

/// A number of as many digits as there are bytes.
fn number(digits: &[u8]) -> Option<i64> {
    let mut number = 0;
    for digit in digits {
        number = number * 10 + i64::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
    }
    Some(number)
}

/// Of a fraction of a second, whatever its length.
fn milliseconds(fraction: &[u8]) -> Option<i64> {
    let mut first = [b'0'; 3];
    for (place, digit) in first.iter_mut().zip(fraction) {
        *place = *digit;
    }
    let is_number = !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit);
    number(&first).filter(|_| is_number)
}

/// Seconds east of UTC for `Z` or `+hh:mm`.
fn zone_offset(zone: &[u8]) -> Option<i64> {
    match zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let hours = number(&[*h1, *h2]).filter(|&hours| hours < 24)?;
            let minutes = number(&[*m1, *m2]).filter(|&minutes| minutes < 60)?;
            let offset = hours * 3_600 + minutes * 60;
            Some(if *sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}

// Both conversions count years from March, so that the leap day is a year's last and the lengths
// of the months before it follow (153 m + 2) / 5; 146,097 days are 400 Gregorian years, and
// 719,468 days lie between 0000-03-01 and the epoch.

fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn date_from_epoch(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_rfc_3339_allows_and_nothing_else() {
        let cases = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1969-12-31T23:59:59.999Z", Some(-1)),
            ("2024-02-29T12:00:00+00:00", Some(1_709_208_000_000)),
            ("2026-03-01T18:04:05.25+01:00", Some(1_772_384_645_250)),
            ("2026-03-01 18:04:05-00:30", Some(1_772_390_045_000)),
            ("2016-12-31T23:59:60Z", Some(1_483_228_800_000)),
            ("2023-02-29T12:00:00Z", None),
            ("2026-13-01T12:00:00Z", None),
            ("2026-03-01T24:00:00Z", None),
            ("2026-03-01T12:00Z", None),
            ("2026-03-01T12:00:00", None),
            ("2026-03-01", None),
            ("+026-03-01T12:00:00Z", None),
            ("demain à midi", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(
                Timestamp::parse(text).map(Timestamp::ms),
                expected,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ms in -62_000_000_000_000_i64..253_000_000_000_000) {
            let time = Timestamp::from_ms(ms);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = Timestamp::parse(&text);
        }
    }
}
