//! What the client says, in the reader's language.
//!
//! The texts are in `locales/`, one file a language. English is built in, so that there is always
//! something to say; another language is fetched once, when the page begins.

use causerie_core::{Json, Request, Timestamp, filled};

use crate::browser::fetch;
use crate::browser::host::Host;
use crate::browser::intl::{Formats, reader_languages};
use crate::browser::view::Build;
use crate::state::kept::{Kept, handed};

/// The messages, each named as in `locales/en.json`.
pub mod msg {
    use super::{Language, Message};

    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

/// One message: its place in the catalogues, which is the same in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message(usize);

/// The catalogue of one language and its formats. Handed down to every view.
#[derive(Clone, Copy, Debug)]
pub struct Messages(Kept<Catalogue>);

#[derive(Debug)]
struct Catalogue {
    /// BCP 47, with the reader's region.
    tag: String,
    /// Texts, or their plural forms by `Intl.PluralRules` category.
    texts: Vec<Json>,
    formats: Formats,
}

#[derive(Debug)]
struct Language {
    tag: &'static str,
    version: &'static str,
}

/// The messages of the view that is being built.
#[inline(never)]
pub fn messages() -> Messages {
    handed()
}

/// The language to speak, BCP 47: the page's own where it declares one, else the first of the
/// reader's that there is a catalogue for, else English. The region stays: it decides how dates
/// are written.
pub fn choose(declared: Option<String>) -> String {
    let is_known = |tag: &String| find(tag).is_some() || primary(tag) == "en";
    let readers = reader_languages().into_iter().filter(is_known);
    match declared.filter(is_known) {
        // The page says "fr", its reader "fr-CA": both are right.
        Some(page) => readers
            .into_iter()
            .find(|tag| primary(tag) == page)
            .unwrap_or(page),
        None => readers
            .into_iter()
            .next()
            .unwrap_or_else(|| "en".to_owned()),
    }
}

fn find(tag: &str) -> Option<&'static Language> {
    msg::OTHERS
        .iter()
        .find(|language| language.tag == primary(tag))
}

fn primary(tag: &str) -> String {
    tag.split('-')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

impl Messages {
    /// The messages of the language `tag`, fetched where they are not built in. English, where the
    /// catalogue does not come. `None` where the host is gone by then.
    pub async fn load(host: Host, tag: String) -> Option<Self> {
        let fetched = match find(&tag) {
            Some(language) => Self::fetch(host, language).await,
            None => None,
        };
        let english = || read(msg::ENGLISH).unwrap_or_default();
        // Where a catalogue fails, dates do not stay in its language either.
        let is_english = primary(&tag) == "en";
        let tag = if fetched.is_some() || is_english {
            tag
        } else {
            "en".to_owned()
        };
        let formats = host.formats(&tag)?;
        Some(Self(Kept::new(Catalogue {
            tag,
            texts: fetched.unwrap_or_else(english),
            formats,
        })))
    }

    async fn fetch(host: Host, language: &Language) -> Option<Vec<Json>> {
        let Language { tag, version } = language;
        let address = host.asset(&format!("locales/{tag}.json?v={version}"));
        let response = fetch::send(Request::get(address)).await.ok()?;
        read(&response.body)
    }

    /// The language, BCP 47, without a region: what the texts are in.
    pub fn language(self) -> String {
        self.0.with(|catalogue| primary(&catalogue.tag))
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
            .with(|catalogue| filled(catalogue.form(message, "other"), values))
    }

    /// What comes before and after one placeholder of a message, for one that is more than text.
    pub fn around(self, message: Message, placeholder: &str) -> (String, String) {
        const MARK: char = '\0';
        let text = self.with(message, &[(placeholder, "\0")]);
        let (before, after) = text.split_once(MARK).unwrap_or((&text, ""));
        (before.to_owned(), after.to_owned())
    }

    /// A message that counts: `n` fills its `{n}` and chooses its form.
    #[inline(never)]
    pub fn count(self, message: Message, n: usize) -> String {
        self.0.with(|catalogue| {
            let form = catalogue.form(message, &catalogue.formats.plural(n));
            filled(form, &[("n", &catalogue.formats.number(n))])
        })
    }

    /// A number alone.
    pub fn number(self, n: usize) -> String {
        self.0.with(|catalogue| catalogue.formats.number(n))
    }

    /// A day.
    pub fn date(self, time: Timestamp) -> String {
        self.0.with(|catalogue| catalogue.formats.date(time))
    }

    /// A day and the time of day.
    pub fn date_time(self, time: Timestamp) -> String {
        self.0.with(|catalogue| catalogue.formats.date_time(time))
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
                .with(|catalogue| catalogue.formats.ago(seconds as f64)),
        }
    }
}

impl Catalogue {
    /// The text of a message; of one with plural forms that of `category`, else that of `other`.
    fn form(&self, message: Message, category: &str) -> &str {
        let text = self.texts.get(message.0).unwrap_or(&Json::Null);
        let forms = [text.get(category), text.get("other"), text];
        let found = forms.into_iter().find(|form| !form.str().is_empty());
        found.map_or("", Json::str)
    }
}

/// The texts of a catalogue, in its order.
fn read(catalogue: &str) -> Option<Vec<Json>> {
    match Json::parse(catalogue) {
        Ok(Json::Object(members)) => Some(members.into_iter().map(|(_, text)| text).collect()),
        Ok(Json::List(texts)) => Some(texts),
        _ => None,
    }
}

impl Build {
    /// Appends a message without placeholders.
    #[inline(never)]
    pub fn say(self, message: Message) -> Self {
        self.text(&messages().get(message))
    }
}
