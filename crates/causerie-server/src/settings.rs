//! Settings from flags, else the environment, else one TOML file; with every problem at once.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use axum::http::{HeaderValue, Uri};
use clap::ArgMatches;
use clap::parser::ValueSource;

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen. Port 0 asks the system for a free one.
    pub listen: SocketAddr,
    /// The SQLite file.
    pub database: PathBuf,
    /// Whether to fill an empty database with the demo.
    pub demo: bool,
    /// What the service itself needs.
    pub service: ServiceSettings,
}

/// The settings that requests depend on.
#[derive(Clone, Debug, Default)]
pub struct ServiceSettings {
    /// The blog's name in the feed, in place of the imported feed's own.
    pub title: Option<String>,
    /// Where readers reach this service, without a slash at the end.
    pub base_url: Option<String>,
    /// Who may use the API from another origin.
    pub cors_origins: Origins,
    /// Comments per minute and address; 0 for any number.
    pub rate_limit: u32,
    /// Event streams open at the same time; 0 for any number.
    pub streams: usize,
    /// Event streams open at the same time for one address; 0 for any number.
    pub streams_per_address: usize,
    /// Whether `X-Forwarded-For` tells the address, because a proxy of ours writes it.
    pub trust_proxy: bool,
}

/// Origins that may use the API.
#[derive(Clone, Debug)]
pub enum Origins {
    /// All.
    Any,
    /// Those, as the `Origin` header writes them.
    Listed(Vec<HeaderValue>),
}

impl Default for Origins {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

/// What is wrong with the settings: one line for each.
#[derive(Debug)]
pub struct SettingsProblems(pub Vec<String>);

impl fmt::Display for SettingsProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for SettingsProblems {}

/// The names of all settings: of the flags, in the file and, in capitals after `CAUSERIE_`, of the
/// environment variables.
const NAMES: [&str; 10] = [
    "listen",
    "database",
    "cors-origin",
    "rate-limit",
    "streams",
    "streams-per-address",
    "trust-proxy",
    "title",
    "base-url",
    "demo",
];

/// The file that is read where it is there and nobody names another.
const DEFAULT_FILE: &str = "causerie.toml";

impl Settings {
    /// Reads the settings: `matches` are those of the command, whose arguments hold what the
    /// flags and the environment say.
    ///
    /// # Errors
    /// One line for each problem: the setting, where it came from, what was expected and found.
    pub fn read(matches: &ArgMatches) -> Result<Self, SettingsProblems> {
        let mut reader = Reader::new(matches);
        let settings = Self {
            listen: reader
                .one(
                    "listen",
                    "an address and a port such as 127.0.0.1:8080",
                    |text| text.to_socket_addrs().ok()?.next(),
                )
                .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            database: reader
                .one("database", "the path of a file", |text| {
                    (!text.is_empty() && !text.ends_with('/')).then(|| PathBuf::from(text))
                })
                .unwrap_or_else(|| PathBuf::from("causerie.sqlite")),
            demo: reader.flag("demo"),
            service: ServiceSettings {
                title: reader.one("title", "some words", |text| {
                    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
                }),
                base_url: reader.one("base-url", "an http or https address", |text| {
                    let uri = web_address(text)?;
                    let plain = uri.query().is_none();
                    plain.then(|| text.trim_end_matches('/').to_owned())
                }),
                cors_origins: reader.origins(),
                rate_limit: reader
                    .one(
                        "rate-limit",
                        "a number of comments per minute, or 0",
                        |text| text.parse().ok(),
                    )
                    .unwrap_or(10),
                streams: reader
                    .one("streams", "a number of streams, or 0", |text| {
                        text.parse().ok()
                    })
                    .unwrap_or(1_000),
                streams_per_address: reader
                    .one("streams-per-address", "a number of streams, or 0", |text| {
                        text.parse().ok()
                    })
                    .unwrap_or(20),
                trust_proxy: reader.flag("trust-proxy"),
            },
        };
        if reader.problems.is_empty() {
            Ok(settings)
        } else {
            Err(SettingsProblems(reader.problems))
        }
    }
}

struct Reader<'a> {
    matches: &'a ArgMatches,
    file: toml::Table,
    path: PathBuf,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(matches: &'a ArgMatches) -> Self {
        let named = matches.get_one::<String>("config");
        let path = PathBuf::from(named.map_or(DEFAULT_FILE, String::as_str));
        let mut problems = Vec::new();
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => text.parse().unwrap_or_else(|error: toml::de::Error| {
                let line = error.span().map_or(1, |span| {
                    1 + text[..span.start]
                        .bytes()
                        .filter(|&byte| byte == b'\n')
                        .count()
                });
                let found = error.message();
                problems.push(format!(
                    "{}:{line}: expected TOML, found: {found}",
                    path.display()
                ));
                toml::Table::new()
            }),
            Err(_) if named.is_none() => toml::Table::new(),
            Err(error) => {
                let source = source(matches, "config");
                let path = path.display();
                problems.push(format!(
                    "config{source}: expected a file, found {path}: {error}"
                ));
                toml::Table::new()
            }
        };
        let unknown = file.keys().filter(|key| !NAMES.contains(&key.as_str()));
        problems.extend(unknown.map(|key| {
            let (path, names) = (path.display(), NAMES.join(", "));
            format!("{key} (from {path}): expected one of {names}, found another name")
        }));
        Self {
            matches,
            file,
            path,
            problems,
        }
    }

    /// The value of a setting that has one, read by `parse`; `expected` is for the problem.
    fn one<T>(
        &mut self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let (values, source) = self.find(name)?;
        let parsed = match values.as_slice() {
            [text] => parse(text),
            _ => None,
        };
        if parsed.is_none() {
            let found = values.join(", ");
            self.problems.push(format!(
                "{name}{source}: expected {expected}, found {found:?}"
            ));
        }
        parsed
    }

    fn flag(&mut self, name: &str) -> bool {
        let parse = |text: &str| match text {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        };
        self.one(name, "true or false", parse).unwrap_or(false)
    }

    fn origins(&mut self) -> Origins {
        let Some((values, source)) = self.find("cors-origin") else {
            return Origins::default();
        };
        if values == ["*"] {
            return Origins::Any;
        }
        let mut origins = Vec::new();
        for text in values {
            match origin(&text) {
                Some(origin) => origins.push(origin),
                None => self.problems.push(format!(
                    "cors-origin{source}: expected an origin such as https://blog.example, or * \
                     alone, found {text:?}"
                )),
            }
        }
        Origins::Listed(origins)
    }

    /// What a setting is, and where it came from in parentheses.
    fn find(&mut self, name: &str) -> Option<(Vec<String>, String)> {
        let id = name.replace('-', "_");
        // Not every command has every flag.
        let given = self.matches.try_get_many::<String>(&id).ok().flatten();
        let given: Vec<String> = given.into_iter().flatten().cloned().collect();
        let from_flag = || self.matches.value_source(&id) == Some(ValueSource::CommandLine);
        // An empty variable is how many tools leave one unset.
        if !given.is_empty() && (given != [""] || from_flag()) {
            return Some((given, source(self.matches, name)));
        }
        let source = format!(" (from {})", self.path.display());
        match self.file.get(name)? {
            toml::Value::Array(values) => {
                let texts: Option<_> = values.iter().map(scalar).collect();
                texts.map(|texts| (texts, source))
            }
            value => scalar(value).map(|text| (vec![text], source)),
        }
        .or_else(|| {
            let source = self.path.display();
            self.problems.push(format!(
                "{name} (from {source}): expected a string, number, boolean or list of them, \
                 found something else"
            ));
            None
        })
    }
}

fn source(matches: &ArgMatches, name: &str) -> String {
    let id = name.replace('-', "_");
    match matches.value_source(&id) {
        Some(ValueSource::EnvVariable) => format!(" (from CAUSERIE_{})", id.to_uppercase()),
        _ => format!(" (from --{name})"),
    }
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(boolean) => Some(boolean.to_string()),
        _ => None,
    }
}

fn web_address(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let scheme = uri.scheme_str()?;
    (matches!(scheme, "http" | "https") && uri.host().is_some_and(|host| !host.is_empty()))
        .then_some(uri)
}

/// Reads `https://blog.example:8443`: what browsers send is in lower case and has no path.
fn origin(text: &str) -> Option<HeaderValue> {
    let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let uri = web_address(&text)?;
    let plain = uri.path() == "/" && uri.query().is_none() && !text.contains('@');
    plain.then(|| HeaderValue::from_str(&text).ok()).flatten()
}
