//! All that an element shows, fetched by the core's requests and read by its parsers.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use causerie_core::{
    Accepts, Capabilities, Config, Error, Feed, Forest, Limits, Post, Request, Response, Shows,
};
use serde_json::Value;
use ureq::ResponseExt;
use url::Url;

use super::SnapshotError;

/// What an element shows.
pub(super) struct Found {
    /// The conversation's key, as it is configured.
    pub(super) key: String,
    /// The blog's name; empty where it is not known.
    pub(super) blog: String,
    pub(super) post: Option<Post>,
    pub(super) conversation: Conversation,
}

/// A whole conversation.
pub(super) struct Conversation {
    /// What the back end calls it.
    pub(super) thread: String,
    pub(super) forest: Forest,
    /// How many comments are announced, and at least as many as are here.
    pub(super) announced: usize,
    pub(super) accepts: Accepts,
    pub(super) limits: Limits,
    /// What the back end can do.
    pub(super) can: Capabilities,
    /// The state that the endpoint says this is, where it says.
    pub(super) revision: Option<Value>,
}

/// Fetches what `config` names.
pub(super) fn fetch(web: &Web, config: &Config) -> Result<Found, SnapshotError> {
    let (feed, wanted) = match &config.shows {
        Shows::Thread(key) => {
            return Ok(Found {
                key: key.clone(),
                blog: String::new(),
                post: None,
                conversation: conversation(web, config, key, None)?,
            });
        }
        Shows::Blog { feed, post } => (feed, post.as_deref()),
    };
    let backend = &config.backend;
    let request = match feed {
        Some(address) => Some(Request::get(address.clone())),
        None => backend.list_posts(wanted),
    };
    let Some(request) = request else {
        return Err(SnapshotError::new(
            "feed: expected the address of a JSON Feed or of one of its items, found nothing",
        ));
    };
    let posts = web.read(&request, |response| match feed {
        Some(_) => Feed::parse(response),
        None => backend.parse_posts(response),
    })?;
    let post = match wanted {
        Some(key) => posts.find(key).ok_or_else(|| {
            let url = web.shown(&request);
            SnapshotError::new(format!(
                "{url}: expected the post {key:?}, found {} others: check the attribute post",
                posts.posts.len()
            ))
        })?,
        None => posts.bare_item().ok_or_else(|| {
            SnapshotError::new(
                "post: expected which post is shown, found a page that lists posts: name one by \
                 the attribute post, or by a feed that is one item",
            )
        })?,
    };
    Ok(Found {
        key: post.thread.clone(),
        blog: posts.title.clone(),
        conversation: conversation(web, config, &post.thread, Some(post))?,
        post: Some(post.clone()),
    })
}

/// Pieces of one conversation, more than any has: a back end that never ends is broken.
const MOST_PIECES: usize = 100_000;

fn conversation(
    web: &Web,
    config: &Config,
    key: &str,
    post: Option<&Post>,
) -> Result<Conversation, SnapshotError> {
    let backend = &config.backend;
    let mut conversation = Conversation {
        thread: key.to_owned(),
        forest: Forest::default(),
        announced: post.and_then(|post| post.comment_count).unwrap_or_default(),
        accepts: match post.map(|post| post.accepts).unwrap_or_default() {
            Accepts::Open if config.is_moderated => Accepts::Moderated,
            accepts => accepts,
        },
        limits: backend.limits(),
        can: backend.capabilities(),
        revision: None,
    };
    let mut waiting = VecDeque::from(backend.first_cursors(key));
    let mut asked = HashSet::new();
    while let Some(cursor) = waiting.pop_front() {
        let request = backend.list_comments(key, &cursor);
        let is_first = asked.is_empty();
        if asked.len() > MOST_PIECES || !asked.insert(cursor.clone()) {
            return Err(SnapshotError::new(format!(
                "{}: expected a conversation that ends, found the same piece again",
                web.shown(&request)
            )));
        }
        let piece = web.read(&request, |response| {
            if is_first {
                conversation.revision = revision(&response.body);
            }
            backend.parse_comments(&cursor, response)
        })?;
        conversation.announced = piece.announced.unwrap_or(conversation.announced);
        conversation.accepts = piece.accepts.unwrap_or(conversation.accepts);
        conversation.limits = piece.limits.unwrap_or(conversation.limits);
        conversation.thread = piece.thread.unwrap_or(conversation.thread);
        waiting.extend(piece.next);
        // What waits for a moderator is for nobody's eyes, wherever it came from.
        let comments = piece.comments.into_iter();
        let public = comments.filter(|comment| comment.moderation.is_public());
        conversation.forest.merge(public);
    }
    conversation.announced = conversation.announced.max(conversation.forest.len());
    Ok(conversation)
}

/// What a page of the contract says beyond what the core reads. That of the first page: what is newer
/// in a later one is then asked for again, and not missed.
fn revision(body: &str) -> Option<Value> {
    let page: Value = serde_json::from_str(body).ok()?;
    page.get("revision").filter(|it| !it.is_null()).cloned()
}

/// The network.
pub(super) struct Web {
    agent: ureq::Agent,
    /// What relative addresses are resolved against.
    base: Option<Url>,
}

/// What a server may take to answer, and to be found.
const PATIENCE: Duration = Duration::from_secs(60);
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 256 << 20;

impl Web {
    pub(super) fn new(base: Option<Url>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("causerie/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT_PATIENCE))
            .timeout_global(Some(PATIENCE));
        Self {
            agent: config.build().into(),
            base,
        }
    }

    /// Asks, and reads the answer by `parse`.
    fn read<T>(
        &self,
        request: &Request,
        parse: impl FnOnce(&Response) -> Result<T, Error>,
    ) -> Result<T, SnapshotError> {
        let (url, response) = self.ask(request)?;
        parse(&response).map_err(|error| {
            let remedy = match error {
                // It says so itself.
                Error::NotFound => "",
                Error::NotJson { .. } | Error::WrongShape { .. } => {
                    ": check the element's attributes"
                }
                _ => ": try again later",
            };
            let error = error.to_string();
            SnapshotError::new(format!("{url}: {}{remedy}", error.trim_end()))
        })
    }

    /// Asks, and gives the absolute address with the answer.
    pub(super) fn ask(&self, request: &Request) -> Result<(Url, Response), SnapshotError> {
        let url = self.resolve(&request.url)?;
        let answer = self.get(request, &url);
        answer
            .map(|response| (url.clone(), response))
            .map_err(|error| {
                let error = error.to_string();
                let error = error.lines().next().unwrap_or_default();
                SnapshotError::new(format!(
                    "{url}: expected an answer, found {error}: check that the server runs and the \
                 address is right"
                ))
            })
    }

    fn get(&self, request: &Request, url: &Url) -> Result<Response, ureq::Error> {
        let mut call = self.agent.get(url.as_str());
        for (name, value) in &request.headers {
            call = call.header(*name, value);
        }
        let mut answer = call.call()?;
        let header = |name: &'static str| {
            let value = answer.headers().get(name)?;
            Some((name, String::from_utf8_lossy(value.as_bytes()).into_owned()))
        };
        let headers = Response::HEADERS.into_iter().filter_map(header).collect();
        let (status, from) = (answer.status().as_u16(), answer.get_uri().to_string());
        let body = answer.body_mut().with_config().limit(LONGEST);
        Ok(Response {
            status,
            url: from,
            headers,
            body: body.lossy_utf8(true).read_to_string()?,
        })
    }

    fn resolve(&self, address: &str) -> Result<Url, SnapshotError> {
        let found = match &self.base {
            Some(base) => base.join(address),
            None => Url::parse(address),
        };
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
        found.ok().filter(is_web).ok_or_else(|| {
            let remedy = match self.base {
                Some(_) => "check the element's attributes",
                None => {
                    "say the page's own address by --base, or by <link rel=\"canonical\"> in the page"
                }
            };
            SnapshotError::new(format!(
                "expected an http or https address, found {address:?}: {remedy}"
            ))
        })
    }

    fn shown(&self, request: &Request) -> String {
        let url = self.resolve(&request.url).map(String::from);
        url.unwrap_or_else(|_| request.url.clone())
    }
}
