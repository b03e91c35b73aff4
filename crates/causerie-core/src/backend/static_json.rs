//! A file of comments on any host of static files, and perhaps an address that takes new ones: a
//! form service, a function, a repository's bot.
//!
//! The file holds a page of the contract, or only its list of comments.

use super::{Capabilities, Submission, contract};
use crate::text::{find, split};
use crate::{Accepts, Comment, CommentId, CommentPage, Error, Json, Request, Response};

/// A file of comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its address; `{thread}` in it stands for the thread.
    address: String,
    submit: Option<Submit>,
}

/// What takes new comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit {
    /// Where it is.
    pub address: String,
    /// Whether it wants a form instead of JSON.
    pub as_form: bool,
}

const THREAD: &str = "{thread}";

impl File {
    /// The file at `address`, with what takes new comments for it.
    pub fn new(address: &str, submit: Option<Submit>) -> Self {
        Self {
            address: address.to_owned(),
            submit,
        }
    }

    pub(crate) fn capabilities(&self) -> Capabilities {
        Capabilities {
            submit: self.submit.is_some(),
            closing: true,
            own_limits: true,
            ..Capabilities::default()
        }
    }

    pub(crate) fn list_comments(&self, thread: &str) -> Request {
        Request::get(match split(&self.address, THREAD) {
            Some((before, after)) => format!("{before}{thread}{after}"),
            None => self.address.clone(),
        })
    }

    pub(crate) fn parse_comments(&self, response: &Response) -> Result<CommentPage, Error> {
        // A site that writes one file for each commented page has none for the others.
        let is_one_of_many = find(&self.address, THREAD).is_some();
        let mut page = match response.status {
            404 if is_one_of_many => CommentPage::default(),
            200..=299 => contract::read_page(&response.json("a file of comments")?)?,
            _ => return Err(response.status_error("")),
        };
        page.announced = Some(page.announced.unwrap_or(page.comments.len()));
        if self.submit.is_none() {
            page.accepts = Some(Accepts::Closed);
        }
        Ok(page)
    }

    pub(crate) fn submit(&self, comment: &Submission) -> Request {
        let draft = comment.draft.draft();
        let fields = [
            ("thread", comment.thread),
            ("parent", comment.parent.map_or("", CommentId::as_str)),
            ("name", &draft.name),
            ("email", &draft.email),
            ("url", &draft.url),
            ("content", &draft.text),
            ("trap", &draft.trap),
            ("key", comment.key),
        ];
        let address = self
            .submit
            .as_ref()
            .map_or(&self.address, |submit| &submit.address);
        if self.submit.as_ref().is_some_and(|submit| submit.as_form) {
            return Request::post_form(address.clone(), &fields);
        }
        let members = fields.map(|(name, value)| (name, value.into()));
        Request::post_json(address.clone(), &Json::object(members.into()))
    }

    /// Whatever it says, it has taken the comment: what becomes of it shows in the file one day.
    /// But to JSON no page is an answer: that is what captive portals give, and what forms give.
    pub(crate) fn parse_submitted(&self, response: &Response) -> Result<Option<Comment>, Error> {
        let as_form = self.submit.as_ref().is_some_and(|submit| submit.as_form);
        match response.status {
            200..=202 if as_form || !response.is_page() => Ok(None),
            200..=202 => Err(Error::NotJson {
                found: "text/html".to_owned(),
            }),
            _ => Err(response.status_error("")),
        }
    }
}
