use std::fmt;

use crate::address::{page_key, path};
use crate::backend::contract::Endpoint;
use crate::backend::static_json::{File, Submit};
use crate::backend::{isso, wordpress};
use crate::{Backend, Order};

/// What the blogger wrote, by name. All values are text.
///
/// | name | meaning |
/// |---|---|
/// | `backend` | `causerie` (default), `wordpress`, `isso` or `static` |
/// | `endpoint` | the comment server's address, absolute or relative to the page; required |
/// | `feed` | the address of a JSON Feed or of one of its items; required for posts, except from WordPress |
/// | `post` | the id, thread or address of the one post to show |
/// | `thread` | the conversation's key; by default it is made of `page` |
/// | `title` | the page's title, for Isso |
/// | `moderated` | `yes` where a moderator sees every comment first and the back end does not say so |
/// | `submit`, `submit-as` | for `static`: the address that takes comments, as `json` (default) or `form` |
/// | `view` | `threads` (default) or `flat` |
/// | `sort` | `oldest` (default), `newest` or `discussed` |
/// | `shows` | `blog` (default), `post` or `thread` |
/// | `page` | the page's own address |
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        let value = value.trim();
        (!value.is_empty()).then_some(value)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Settings {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        Self(
            pairs
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

/// Settings that make sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where comments are read and written.
    pub backend: Backend,
    /// What is to be seen.
    pub shows: Shows,
    /// How the conversation is laid out until the reader chooses.
    pub layout: Layout,
    /// The order of threads until the reader chooses.
    pub order: Order,
    /// The page's title; empty where nobody says.
    pub title: String,
    /// Whether a moderator sees every comment first.
    pub is_moderated: bool,
}

/// What is to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shows {
    /// Posts, each with its conversation.
    Blog {
        /// Where they are; `None` where the back end has them.
        feed: Option<String>,
        /// The one post to show; without it the page shows the blog's front and follows `?post=`.
        post: Option<String>,
    },
    /// One conversation.
    Thread(String),
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Causerie,
    WordPress,
    Isso,
    Static,
}

impl Kind {
    /// Itself, or one that is in this build: whoever loads the module chooses the right one.
    fn or_built(self) -> Self {
        match self {
            Self::WordPress if cfg!(feature = "wordpress") => self,
            Self::Isso if cfg!(feature = "isso") => self,
            Self::Static if cfg!(feature = "static") => self,
            _ if cfg!(feature = "contract") => Self::Causerie,
            _ if cfg!(feature = "wordpress") => Self::WordPress,
            _ if cfg!(feature = "isso") => Self::Isso,
            _ => Self::Static,
        }
    }
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// Every problem at once, so that the blogger mends them in one go.
    ///
    /// ```
    /// use causerie_core::{Config, Settings};
    /// let problems = Config::read(&Settings::from_iter([("sort", "best")]));
    /// assert_eq!(problems.unwrap_err().len(), 3);
    /// ```
    pub fn read(settings: &Settings) -> Result<Self, Vec<SettingsProblem>> {
        let mut reader = Reader {
            settings,
            problems: Vec::new(),
        };
        let kind = [Kind::Causerie, Kind::WordPress, Kind::Isso, Kind::Static][reader.one_of(
            "backend",
            "causerie, wordpress, isso or static",
            &["causerie", "wordpress", "isso", "static"],
        )]
        .or_built();
        let endpoint = reader.required(
            "endpoint",
            "the address of a comment endpoint, such as ./api",
        );
        let shows = reader.shows(kind);
        let layout = [Layout::Threads, Layout::Flat]
            [reader.one_of("view", "threads or flat", &["threads", "flat"])];
        let order = [Order::Oldest, Order::Newest, Order::Discussed][reader.one_of(
            "sort",
            "oldest, newest or discussed",
            &["oldest", "newest", "discussed"],
        )];
        let as_form = reader.one_of("submit-as", "json or form", &["json", "form"]) == 1;
        let is_moderated = reader.one_of("moderated", "yes or no", &["no", "yes"]) == 1;
        let get = |name| settings.get(name).map(str::to_owned);
        let submit = get("submit").map(|address| Submit { address, as_form });
        let page = settings.get("page").unwrap_or_default();
        let config = Self {
            backend: match kind {
                Kind::Causerie => Backend::Contract(Endpoint::new(&endpoint)),
                Kind::WordPress => Backend::WordPress(wordpress::Site::new(&endpoint, page)),
                Kind::Isso => Backend::Isso(isso::Server::new(&endpoint)),
                Kind::Static => Backend::Static(File::new(&endpoint, submit)),
            },
            shows,
            layout,
            order,
            title: get("title").unwrap_or_default(),
            is_moderated,
        };
        if reader.problems.is_empty() {
            Ok(config)
        } else {
            Err(reader.problems)
        }
    }
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found ", self.setting, self.expected)?;
        match &self.found {
            Some(found) => write!(f, "\"{found}\""),
            None => f.write_str("nothing"),
        }
    }
}

struct Reader<'a> {
    settings: &'a Settings,
    problems: Vec<SettingsProblem>,
}

impl Reader<'_> {
    fn shows(&mut self, kind: Kind) -> Shows {
        let get = |name| self.settings.get(name).map(str::to_owned);
        let (feed, post) = (get("feed"), get("post"));
        let thread = get("thread");
        match self.settings.get("shows") {
            Some("thread") => Shows::Thread(self.key("thread", thread, kind)),
            shows => {
                if kind != Kind::WordPress {
                    self.required("feed", "the address of a JSON Feed or of one of its items");
                }
                let is_one = shows == Some("post");
                let post = post.or(thread);
                let post = is_one
                    .then(|| self.key("post", post.clone(), kind))
                    .or(post);
                Shows::Blog { feed, post }
            }
        }
    }

    /// The key of the conversation, by default made of the page's own address. Never empty: that
    /// would be one conversation for all pages.
    fn key(&mut self, setting: &'static str, key: Option<String>, kind: Kind) -> String {
        let page = self.settings.get("page").unwrap_or_default();
        let key = key.unwrap_or_else(|| {
            let path = path(page);
            match kind {
                Kind::Causerie => page_key(page),
                Kind::Isso => path.to_owned(),
                Kind::Static => path.trim_matches('/').to_owned(),
                Kind::WordPress => {
                    let path = path.trim_end_matches('/');
                    path.rsplit_once('/')
                        .map_or(path, |(_, slug)| slug)
                        .to_owned()
                }
            }
        });
        if key.is_empty() {
            let expected = match kind {
                Kind::WordPress => "the post's id or slug, which this page's address does not tell",
                _ => "a key for the conversation, which this page's address does not make",
            };
            self.report(setting, expected, None);
        }
        key
    }

    fn required(&mut self, setting: &'static str, expected: &'static str) -> String {
        let value = self.settings.get(setting);
        if value.is_none() {
            self.report(setting, expected, None);
        }
        value.unwrap_or_default().to_owned()
    }

    /// Which of the choices is set; the first one where none is.
    fn one_of(&mut self, setting: &'static str, expected: &'static str, choices: &[&str]) -> usize {
        let Some(value) = self.settings.get(setting) else {
            return 0;
        };
        let choice = choices.iter().position(|name| *name == value);
        if choice.is_none() {
            self.report(setting, expected, Some(value.to_owned()));
        }
        choice.unwrap_or_default()
    }

    fn report(&mut self, setting: &'static str, expected: &'static str, found: Option<String>) {
        self.problems.push(SettingsProblem {
            setting,
            expected,
            found,
        });
    }
}
