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
        let (date, time) = text.trim().split_at_checked(10)?;
        let mut fields = date.split('-');
        let year = digits(fields.next()?, 4)?;
        let month = digits(fields.next()?, 2).filter(|month| (1..=12).contains(month))?;
        let day = digits(fields.next()?, 2)
            .filter(|&day| day >= 1 && day <= days_in_month(year, month))?;

        let time = time.strip_prefix(['T', 't', ' '])?;
        let zone_at = time.find(['Z', 'z', '+', '-'])?;
        let (clock, zone) = time.split_at_checked(zone_at)?;
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let mut fields = clock.split(':');
        let hour = digits(fields.next()?, 2).filter(|&hour| hour < 24)?;
        let minute = digits(fields.next()?, 2).filter(|&minute| minute < 60)?;
        let second = digits(fields.next()?, 2).filter(|&second| second <= 60)?;
        if fields.next().is_some() {
            return None;
        }

        let seconds =
            days_from_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        Some(Self(
            (seconds - zone_offset(zone)?) * 1_000 + milliseconds(fraction)?,
        ))
    }

    /// Reads seconds since the epoch, such as `1767693122.25`: what is below milliseconds is cut.
    pub(crate) fn from_seconds(text: &str) -> Option<Self> {
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let seconds: i64 = seconds.parse().ok()?;
        Some(Self(seconds.checked_mul(1_000)? + milliseconds(fraction)?))
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

fn digits(text: &str, width: usize) -> Option<i64> {
    let plain = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn milliseconds(fraction: &str) -> Option<i64> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digit = |at: usize| {
        fraction
            .as_bytes()
            .get(at)
            .map_or(0, |byte| i64::from(byte - b'0'))
    };
    Some(digit(0) * 100 + digit(1) * 10 + digit(2))
}

/// Seconds east of UTC for `Z` or `+hh:mm`.
fn zone_offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, clock) = zone.split_at_checked(1)?;
    let (hours, minutes) = clock.split_once(':')?;
    let hours = digits(hours, 2).filter(|&hours| hours < 24)?;
    let minutes = digits(minutes, 2).filter(|&minutes| minutes < 60)?;
    let offset = hours * 3_600 + minutes * 60;
    Some(if sign == "-" { -offset } else { offset })
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let next = if month == 12 {
        days_from_epoch(year + 1, 1, 1)
    } else {
        days_from_epoch(year, month + 1, 1)
    };
    next - days_from_epoch(year, month, 1)
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
