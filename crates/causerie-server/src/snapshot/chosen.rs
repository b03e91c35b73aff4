//! What an element asks for, read as `public/causerie.js` reads it.

use causerie_core::{Config, Json, Request, Settings};

use super::SnapshotError;
use super::fetch::Web;
use super::page::{Element, Page};

/// The settings that an element may have.
const NAMES: [&str; 11] = [
    "backend",
    "endpoint",
    "feed",
    "post",
    "thread",
    "submit",
    "submit-as",
    "view",
    "sort",
    "moderated",
    "config",
];

/// The settings of `element` on the page at `address`, over those of the file that it names.
pub(super) fn read(
    web: &Web,
    page: &Page,
    element: &Element,
    address: &str,
) -> Result<Config, SnapshotError> {
    let own: Vec<_> = NAMES
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), element.setting(name)?.to_owned())))
        .collect();
    let file = match element.setting("config") {
        Some(config) if !config.is_empty() => of_file(web, config)?,
        _ => Vec::new(),
    };
    let shows = match (element.is_page, element.has_post) {
        (true, _) => None,
        (false, true) => Some("post"),
        (false, false) => Some("thread"),
    };
    let shows = shows.map(|shows| ("shows".to_owned(), shows.to_owned()));
    let title = element.attribute("thread-title");
    let title = title
        .filter(|title| !title.is_empty())
        .unwrap_or(&page.title);
    let around = [
        ("page".to_owned(), address.to_owned()),
        ("title".to_owned(), title.to_owned()),
    ];
    // Of two settings with one name the first counts.
    let settings: Settings = own
        .into_iter()
        .chain(shows)
        .chain(file)
        .chain(around)
        .collect();
    Config::read(&settings).map_err(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        let hint = match address {
            "" => " (the page's address is not known: say it by --base)",
            _ => "",
        };
        SnapshotError::new(format!("{}{hint}", problems.join("; ")))
    })
}

fn of_file(web: &Web, address: &str) -> Result<Vec<(String, String)>, SnapshotError> {
    let request = Request::get(address.to_owned());
    let expected = "config: expected a JSON object of settings";
    let (url, response) = web.ask(&request)?;
    match Json::parse(&response.body) {
        Ok(Json::Object(members)) if response.status == 200 => Ok(members
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.text()?)))
            .collect()),
        _ => Err(SnapshotError::new(format!(
            "{url}: {expected}, found something else with status {}: check the attribute config",
            response.status
        ))),
    }
}

impl Element {
    /// An attribute, as it is written.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn setting(&self, name: &str) -> Option<&str> {
        let data = || self.attribute(&format!("data-{name}"));
        self.attribute(name).or_else(data)
    }
}
