use std::fmt;

use crate::backend::contract::Endpoint;
use crate::{Backend, Order};

/// What the blogger wrote, each value as it stands on the element: `data-endpoint` and so on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The comment endpoint's base address, absolute or relative to the page. Required.
    pub endpoint: Option<String>,
    /// The address of a JSON Feed, or of one of its items. Required.
    pub feed: Option<String>,
    /// The id, thread or address of the one post to show; without it the page shows the blog's
    /// front and follows `?post=`.
    pub post: Option<String>,
    /// `threads` (default) or `flat`.
    pub view: Option<String>,
    /// `oldest` (default), `newest` or `discussed`.
    pub sort: Option<String>,
}

/// Settings that make sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where comments are read and written.
    pub backend: Backend,
    /// Where the posts are.
    pub feed: String,
    /// The one post to show.
    pub post: Option<String>,
    /// How the conversation is laid out until the reader chooses.
    pub layout: Layout,
    /// The order of threads until the reader chooses.
    pub order: Order,
}

/// How a conversation is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Replies below what they answer.
    #[default]
    Threads,
    /// One numbered list in the order of time.
    Flat,
}

/// A setting that makes no sense, in words for the blogger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsProblem {
    /// The setting's name.
    pub setting: &'static str,
    /// What was expected.
    pub expected: &'static str,
    /// What was found; `None` for nothing.
    pub found: Option<String>,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// Every problem at once, so that the blogger mends them in one go.
    ///
    /// ```
    /// use causerie_core::{Config, Settings};
    /// let problems = Config::read(&Settings { sort: Some("best".into()), ..Settings::default() });
    /// assert_eq!(problems.unwrap_err().len(), 3);
    /// ```
    pub fn read(settings: &Settings) -> Result<Self, Vec<SettingsProblem>> {
        let mut problems = Vec::new();
        let endpoint = required(
            &mut problems,
            "endpoint",
            &settings.endpoint,
            "the address of a comment endpoint, such as ./api",
        );
        let feed = required(
            &mut problems,
            "feed",
            &settings.feed,
            "the address of a JSON Feed or of one of its items",
        );
        let layouts = [("threads", Layout::Threads), ("flat", Layout::Flat)];
        let layout = one_of(
            &mut problems,
            "view",
            &settings.view,
            "threads or flat",
            &layouts,
        );
        let orders = [
            ("oldest", Order::Oldest),
            ("newest", Order::Newest),
            ("discussed", Order::Discussed),
        ];
        let order = one_of(
            &mut problems,
            "sort",
            &settings.sort,
            "oldest, newest or discussed",
            &orders,
        );
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            backend: Backend::Contract(Endpoint::new(&endpoint)),
            feed,
            post: filled(&settings.post).map(str::to_owned),
            layout,
            order,
        })
    }
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "data-{}: expected {}, found ",
            self.setting, self.expected
        )?;
        match &self.found {
            Some(found) => write!(f, "\"{found}\""),
            None => f.write_str("nothing"),
        }
    }
}

fn filled(value: &Option<String>) -> Option<&str> {
    value
        .as_deref()
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

fn required(
    problems: &mut Vec<SettingsProblem>,
    setting: &'static str,
    value: &Option<String>,
    expected: &'static str,
) -> String {
    let value = filled(value);
    if value.is_none() {
        problems.push(SettingsProblem {
            setting,
            expected,
            found: None,
        });
    }
    value.unwrap_or_default().to_owned()
}

fn one_of<T: Copy + Default>(
    problems: &mut Vec<SettingsProblem>,
    setting: &'static str,
    value: &Option<String>,
    expected: &'static str,
    choices: &[(&str, T)],
) -> T {
    let Some(value) = filled(value) else {
        return T::default();
    };
    let choice = choices.iter().find(|(name, _)| *name == value);
    if choice.is_none() {
        problems.push(SettingsProblem {
            setting,
            expected,
            found: Some(value.to_owned()),
        });
    }
    choice.map(|&(_, choice)| choice).unwrap_or_default()
}
