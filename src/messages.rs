//! What the client says, in the reader's language.
//!
//! The texts are in `locales/`, one file a language. English is built in, so that there is always
//! something to say; another language is fetched once, when the page begins.

use std::borrow::Cow;

use causerie_core::{Request, Timestamp};
use leptos::prelude::*;
use serde_json::Value;

use crate::browser::intl::{Formats, reader_languages};
use crate::browser::{fetch, page};

/// The messages, each named as in `locales/en.json`.
pub mod msg {
    use std::borrow::Cow;

    use super::{Language, Message, Text};

    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

/// One message: a place in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message(usize);

/// The catalogue of one language and its formats. Handed to every view by context.
#[derive(Clone, Copy, Debug)]
pub struct Messages(StoredValue<Catalogue, LocalStorage>);

#[derive(Debug)]
struct Catalogue {
    tag: Cow<'static, str>,
    texts: Cow<'static, [Text]>,
    formats: Formats,
}

#[derive(Clone, Debug)]
enum Text {
    Plain(Cow<'static, str>),
    /// By the plural category, as `Intl.PluralRules` names it.
    Plural(Cow<'static, [(Cow<'static, str>, Cow<'static, str>)]>),
}

#[derive(Debug)]
struct Language {
    tag: &'static str,
    version: &'static str,
}

/// The messages of the view that is being built.
#[inline(never)]
pub fn messages() -> Messages {
    expect_context()
}

/// The language to speak: the page's own where it declares one, else the first of the reader's
/// that there is a catalogue for, else English.
pub fn choose(declared: Option<&str>) -> &'static str {
    let wanted = match declared {
        Some(tag) => vec![tag.to_owned()],
        None => reader_languages(),
    };
    let primary = |tag: &str| {
        tag.split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let known = |tag: &String| {
        let tag = primary(tag);
        if tag == "en" {
            return Some("en");
        }
        msg::OTHERS
            .iter()
            .map(|language| language.tag)
            .find(|known| *known == tag)
    };
    wanted.iter().find_map(known).unwrap_or("en")
}

impl Messages {
    /// The English messages.
    pub fn english() -> Self {
        Self::new(Cow::Borrowed("en"), Cow::Borrowed(msg::ENGLISH))
    }

    /// The messages of the language `tag`, fetched where they are not built in. English, where the
    /// catalogue does not come.
    pub async fn load(tag: &'static str) -> Self {
        let Some(language) = msg::OTHERS.iter().find(|language| language.tag == tag) else {
            return Self::english();
        };
        let address = page::asset(&format!("locales/{tag}.json?v={}", language.version));
        let response = fetch::send(Request::get(address)).await;
        let catalogue = response
            .ok()
            .and_then(|response| serde_json::from_str(&response.body).ok());
        match catalogue {
            Some(Value::Object(catalogue)) => {
                let english = msg::NAMES.iter().zip(msg::ENGLISH);
                let text = |(name, english): (&&str, &Text)| {
                    catalogue
                        .get(*name)
                        .and_then(Text::read)
                        .unwrap_or_else(|| english.clone())
                };
                Self::new(Cow::Borrowed(tag), english.map(text).collect())
            }
            _ => Self::english(),
        }
    }

    fn new(tag: Cow<'static, str>, texts: Cow<'static, [Text]>) -> Self {
        let formats = Formats::new(&tag);
        Self(StoredValue::new_local(Catalogue {
            tag,
            texts,
            formats,
        }))
    }

    /// The language, BCP 47.
    #[inline(never)]
    pub fn language(self) -> String {
        self.0.with_value(|catalogue| catalogue.tag.to_string())
    }

    /// A message without placeholders.
    #[inline(never)]
    pub fn get(self, message: Message) -> String {
        self.with(message, &[])
    }

    /// A message with its `{placeholders}` filled in.
    #[inline(never)]
    pub fn with(self, message: Message, values: &[(&str, &str)]) -> String {
        self.0
            .with_value(|catalogue| filled(catalogue.texts[message.0].form("other"), values))
    }

    /// What comes before and after one placeholder of a message, for one that is more than text.
    pub fn around(self, message: Message, placeholder: &str) -> (String, String) {
        const MARK: &str = "\u{0}";
        let text = self.with(message, &[(placeholder, MARK)]);
        let (before, after) = text.split_once(MARK).unwrap_or((&text, ""));
        (before.to_owned(), after.to_owned())
    }

    /// A message that counts: `n` fills its `{n}` and chooses its form.
    #[inline(never)]
    pub fn count(self, message: Message, n: usize) -> String {
        self.0.with_value(|catalogue| {
            let form = catalogue.texts[message.0].form(&catalogue.formats.plural_category(n));
            filled(form, &[("n", &catalogue.formats.number(n))])
        })
    }

    /// A number alone.
    #[inline(never)]
    pub fn number(self, n: usize) -> String {
        self.0.with_value(|catalogue| catalogue.formats.number(n))
    }

    /// A day.
    #[inline(never)]
    pub fn date(self, time: Timestamp) -> String {
        self.0.with_value(|catalogue| catalogue.formats.date(time))
    }

    /// A day and the time of day.
    #[inline(never)]
    pub fn date_time(self, time: Timestamp) -> String {
        self.0
            .with_value(|catalogue| catalogue.formats.date_time(time))
    }

    /// How long ago `time` was, at `now`. A time ahead of this device's clock counts as now when
    /// clocks may just differ, and is given as a day otherwise.
    pub fn ago(self, time: Timestamp, now: Timestamp) -> String {
        let seconds = now.ms().saturating_sub(time.ms()) / 1_000;
        match seconds {
            ..-86_400 => self.date(time),
            -86_400..60 => self.get(msg::JUST_NOW),
            _ => self
                .0
                .with_value(|catalogue| catalogue.formats.ago(seconds)),
        }
    }
}

impl Text {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Plain(text.clone().into())),
            Value::Object(forms) => {
                let form = |(category, form): (&String, &Value)| {
                    Some((category.clone().into(), form.as_str()?.to_owned().into()))
                };
                Some(Self::Plural(forms.iter().filter_map(form).collect()))
            }
            _ => None,
        }
    }

    /// The form for a plural category: its own, else that of `other`.
    fn form(&self, category: &str) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Plural(forms) => {
                let of = |wanted: &str| forms.iter().find(|(category, _)| category == wanted);
                of(category)
                    .or_else(|| of("other"))
                    .map_or("", |(_, form)| form)
            }
        }
    }
}

/// `text` with each `{name}` replaced by its value. Values are not looked through again.
fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, placeholder)) = rest.split_once('{') {
        let (name, after) = placeholder.split_once('}').unwrap_or((placeholder, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(before);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled + rest
}
