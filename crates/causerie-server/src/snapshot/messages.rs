//! What the client says, from the same catalogues.
//!
//! The client has plural forms, numbers and dates from the browser's `Intl`. Here they are small
//! rules for the languages of `locales/`; one that is added there speaks with English plurals, plain
//! digits and ISO dates until it gets a line below, and the client writes its own over them anyway.

use causerie_core::{Timestamp, filled};
use serde_json::Value;

/// The messages that the catalogues have, each named as in `locales/en.json`, and the catalogues.
#[expect(dead_code, reason = "only the client says all of them")]
pub(super) mod msg {
    use super::Message;

    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

/// One message: its name in the catalogues.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message(&'static str);

/// The catalogue of one language.
#[derive(Debug)]
pub(super) struct Messages {
    /// BCP 47, as the page declares it.
    tag: String,
    texts: Value,
}

impl Messages {
    /// The messages of the language that a page `declared`, where there is a catalogue for it, else
    /// English.
    pub(super) fn of(declared: Option<&str>) -> Self {
        let find = |tag: &str| {
            let tag = primary(tag);
            let found = msg::CATALOGUES.iter().find(|(known, _)| *known == tag);
            // The build has read them.
            found.and_then(|(_, text)| serde_json::from_str(text).ok())
        };
        let known = declared.and_then(|tag| Some((tag, find(tag)?)));
        let (tag, texts) = known.unwrap_or_else(|| ("en", find("en").unwrap_or_default()));
        Self {
            tag: tag.to_owned(),
            texts,
        }
    }

    /// The language, BCP 47, without a region: what the texts are in.
    pub(super) fn language(&self) -> String {
        primary(&self.tag)
    }

    /// A message without placeholders.
    pub(super) fn get(&self, message: Message) -> String {
        self.with(message, &[])
    }

    /// A message with its `{placeholders}` filled in.
    pub(super) fn with(&self, message: Message, values: &[(&str, &str)]) -> String {
        filled(self.form(message, "other"), values)
    }

    /// What comes before and after one placeholder of a message, for one that is more than text.
    pub(super) fn around(&self, message: Message, placeholder: &str) -> (String, String) {
        let text = self.with(message, &[(placeholder, "\0")]);
        let (before, after) = text.split_once('\0').unwrap_or((&text, ""));
        (before.to_owned(), after.to_owned())
    }

    /// A message that counts: `n` fills its `{n}` and chooses its form.
    pub(super) fn count(&self, message: Message, n: usize) -> String {
        let is_one = match self.language().as_str() {
            "fr" => n <= 1,
            _ => n == 1,
        };
        let form = self.form(message, if is_one { "one" } else { "other" });
        filled(form, &[("n", &self.number(n))])
    }

    /// `1,204`.
    pub(super) fn number(&self, n: usize) -> String {
        let digits = n.to_string();
        let gap = match self.language().as_str() {
            "en" => ",",
            "fr" => "\u{202f}",
            _ => return digits,
        };
        let mut number = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                number.push_str(gap);
            }
            number.push(digit);
        }
        number
    }

    /// A day of UTC: what zone the reader is in, only the client knows.
    pub(super) fn date(&self, time: Timestamp) -> String {
        let iso = time.to_string();
        let iso = iso.split('T').next().unwrap_or_default();
        let language = self.language();
        let Some(months) = MONTHS.iter().find(|(known, _)| *known == language) else {
            return iso.to_owned();
        };
        let mut parts = iso.splitn(3, '-').map(|part| part.parse::<usize>().ok());
        let (Some(Some(year)), Some(Some(month)), Some(Some(day))) =
            (parts.next(), parts.next(), parts.next())
        else {
            return iso.to_owned();
        };
        let month = months.1.get(month.wrapping_sub(1)).unwrap_or(&"");
        let is_american = matches!(self.tag.to_ascii_lowercase().as_str(), "en" | "en-us");
        match is_american {
            true => format!("{month} {day}, {year}"),
            false => format!("{day} {month} {year}"),
        }
    }

    fn form(&self, message: Message, category: &str) -> &str {
        let text = &self.texts[message.0];
        let form = [&text[category], &text["other"], text];
        form.into_iter().find_map(Value::as_str).unwrap_or_default()
    }
}

const MONTHS: [(&str, [&str; 12]); 2] = [
    (
        "en",
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    ),
    (
        "fr",
        [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
    ),
];

fn primary(tag: &str) -> String {
    let first = tag.split('-').next().unwrap_or_default();
    first.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_forms() {
        let cases = [
            (None, 1, "1 comment", "March 9, 2026"),
            (Some("en-GB"), 0, "0 comments", "9 March 2026"),
            (Some("EN-us"), 1_204, "1,204 comments", "March 9, 2026"),
            (Some("fr"), 0, "0 commentaire", "9 mars 2026"),
            (
                Some("fr-CA"),
                1_234_567,
                "1\u{202f}234\u{202f}567 commentaires",
                "9 mars 2026",
            ),
            (Some("xx"), 2, "2 comments", "March 9, 2026"),
        ];
        let day = Timestamp::parse("2026-03-09T23:59:00Z").unwrap_or_default();
        for (tag, n, count, date) in cases {
            let messages = Messages::of(tag);
            let found = (messages.count(msg::COMMENTS, n), messages.date(day));
            assert_eq!(found, (count.to_owned(), date.to_owned()), "{tag:?}");
        }
    }

    #[test]
    fn placeholders_are_filled_once() {
        let messages = Messages::of(None);
        let text = messages.with(msg::IN_REPLY_TO, &[("name", "{n} {name}")]);
        assert_eq!(text, "in reply to {n} {name}");
        let around = messages.around(msg::WROTE, "name");
        assert_eq!(around, (String::new(), " wrote".to_owned()));
    }
}
