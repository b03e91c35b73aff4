//! The back ends: each turns wishes into requests and responses into domain values, and alone
//! knows its field names.

pub mod contract;
pub(crate) mod isso;
pub(crate) mod static_json;
pub(crate) mod wordpress;

use crate::{
    Again, CheckedDraft, Comment, CommentId, CommentPage, Error, Feed, Letter, Limits, News,
    Request, Response, Votes,
};

/// A comment server that the blogger configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Causerie's own contract, see `docs/contract.md`.
    Contract(contract::Endpoint),
    /// WordPress by its REST interface `wp/v2`.
    WordPress(wordpress::Site),
    /// Isso.
    Isso(isso::Server),
    /// A file of comments, and perhaps an address that takes new ones.
    Static(static_json::File),
}

/// What a back end can do. The interface shows nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// It delivers posts too, so that no feed is needed.
    pub posts: bool,
    /// It takes new comments.
    pub submit: bool,
    /// It says when a comment is held for a moderator.
    pub moderation: bool,
    /// It tells when a thread is closed.
    pub closing: bool,
    /// Authors may change their comments for a while.
    pub edit: bool,
    /// Authors may delete their comments for a while.
    pub delete: bool,
    /// Readers vote.
    pub vote: bool,
    /// It shows how a text will look.
    pub preview: bool,
    /// It tells its own limits for the fields.
    pub own_limits: bool,
    /// It recognizes a comment that is sent twice.
    pub once: bool,
    /// It counts many threads in one request.
    pub counts: bool,
}

/// A comment on its way.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    /// What the back end calls the thread.
    pub thread: &'a str,
    /// The title of the page, for a back end that begins threads by themselves.
    pub title: &'a str,
    /// The comment that it answers.
    pub parent: Option<&'a CommentId>,
    /// What was written.
    pub draft: &'a CheckedDraft,
    /// Made once for this comment and repeated with every new try, so that the server stores it
    /// once.
    pub key: &'a str,
}

/// What a reader does to a comment that is there, or asks about a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Asks for the text of an own comment as it was written.
    Source(CommentId),
    /// Gives an own comment another text.
    Edit(CommentId, String),
    /// Takes an own comment away.
    Delete(CommentId),
    /// Likes a comment, or does not.
    Vote(CommentId, bool),
    /// Asks how a text will look.
    Preview(String),
}

/// What came of an [`Act`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// The text as it was written, or the HTML of a preview. HTML is **untrusted**.
    Text(String),
    /// The comment as it is now.
    Changed(Comment),
    /// The comment is gone.
    Gone,
    /// The votes as they are now.
    Voted(Votes),
}

impl Backend {
    /// Whether a back end of this build can do an [`Act`].
    pub const ACTS: bool = cfg!(feature = "isso");

    /// What it can do.
    pub fn capabilities(&self) -> Capabilities {
        match self.built() {
            Self::Contract(_) => contract::CAPABILITIES,
            Self::WordPress(_) => wordpress::CAPABILITIES,
            Self::Isso(_) => isso::CAPABILITIES,
            Self::Static(file) => file.capabilities(),
        }
    }

    /// Its limits, until it tells them itself.
    pub fn limits(&self) -> Limits {
        match self.built() {
            Self::Contract(_) | Self::Static(_) => Limits::default(),
            Self::WordPress(_) => wordpress::limits(),
            Self::Isso(_) => isso::limits(),
        }
    }

    /// For how many milliseconds authors may change what they sent, where they may.
    pub fn edit_window(&self) -> i64 {
        match self.built() {
            Self::Isso(_) => isso::EDIT_WINDOW,
            _ => 0,
        }
    }

    /// How a comment may be sent again when nobody knows whether it has arrived.
    pub fn again(&self) -> Again {
        match self.built() {
            Self::Contract(_) => Again::Freely,
            Self::WordPress(_) | Self::Isso(_) => Again::AfterReading,
            Self::Static(_) => Again::IfTheReaderSays,
        }
    }

    /// Whether it may have a comment that its conversation does not show, and would store it twice.
    pub fn may_hide(&self, letter: &Letter, is_moderated: bool) -> bool {
        match self.built() {
            Self::Contract(_) => false,
            // It compares what comes with what it has made of what came: what is not plain is new.
            Self::WordPress(_) => {
                let mut bytes = letter.draft.draft().text.bytes();
                bytes.any(|byte| b"&<>\\".contains(&byte))
            }
            Self::Isso(_) | Self::Static(_) => is_moderated,
        }
    }

    /// Where the pieces of `thread` begin that are to be asked for first.
    pub fn first_cursors(&self, thread: &str) -> Vec<String> {
        match self.built() {
            Self::WordPress(_) => wordpress::first_cursors(thread),
            _ => vec![String::new()],
        }
    }

    /// Where the back end tells, as server-sent events, what changes in `thread` after `revision`.
    pub fn events(&self, thread: &str, revision: Option<&str>) -> Option<String> {
        match self.built() {
            Self::Contract(endpoint) => Some(endpoint.events(thread, revision?)),
            _ => None,
        }
    }

    /// Reads the data of one of these events.
    pub fn parse_event(&self, data: &str) -> Option<News> {
        match self.built() {
            Self::Contract(_) => contract::parse_event(data),
            _ => None,
        }
    }

    /// Where the pieces begin that show what has changed in `thread`, which is what the back end
    /// calls it, and whether together they show all of it.
    pub fn news_cursors(&self, thread: &str) -> (Vec<String>, bool) {
        match self.built() {
            Self::WordPress(_) => (wordpress::news_cursors(thread), false),
            _ => (vec![String::new()], true),
        }
    }

    /// Asks for the piece of `thread` that starts at `cursor`.
    pub fn list_comments(&self, thread: &str, cursor: &str) -> Request {
        match self.built() {
            Self::Contract(endpoint) => endpoint.list_comments(thread, cursor),
            Self::WordPress(site) => site.read(cursor),
            Self::Isso(server) => server.list_comments(thread, cursor),
            Self::Static(file) => file.list_comments(thread),
        }
    }

    /// Asks for the same piece to look for a comment in it, with its texts as they were written
    /// where the back end can tell: what Markdown makes of a link does not show its address.
    pub fn reread(&self, thread: &str, cursor: &str) -> Request {
        let mut request = self.list_comments(thread, cursor);
        request.is_fresh = true;
        if let Self::Isso(_) = self.built() {
            request.url.push_str("&plain=1");
        }
        request
    }

    /// Reads the answer to [`Backend::list_comments`] for the same `cursor`.
    ///
    /// # Errors
    /// When the server refused, or answered something else than a piece of a thread.
    pub fn parse_comments(&self, cursor: &str, response: &Response) -> Result<CommentPage, Error> {
        match self.built() {
            Self::Contract(_) => contract::parse_comments(response),
            Self::WordPress(_) => wordpress::parse(cursor, response),
            Self::Isso(_) => isso::parse_comments(cursor, response),
            Self::Static(file) => file.parse_comments(response),
        }
    }

    /// Asks for the post with this id or slug, or for the newest posts, where the back end has
    /// them.
    pub fn list_posts(&self, wanted: Option<&str>) -> Option<Request> {
        match self.built() {
            Self::WordPress(site) => Some(site.list_posts(wanted)),
            _ => None,
        }
    }

    /// Reads the answer to [`Backend::list_posts`].
    ///
    /// # Errors
    /// When the server refused, or answered something else than posts.
    pub fn parse_posts(&self, response: &Response) -> Result<Feed, Error> {
        match self.built() {
            Self::WordPress(_) => wordpress::parse_posts(response),
            _ => Feed::parse(response),
        }
    }

    /// Sends a comment.
    pub fn submit(&self, comment: &Submission) -> Request {
        match self.built() {
            Self::Contract(endpoint) => endpoint.submit(comment),
            Self::WordPress(site) => site.submit(comment),
            Self::Isso(server) => server.submit(comment),
            Self::Static(file) => file.submit(comment),
        }
    }

    /// Sends a comment another way, where the first one failed with `error` and there is one.
    pub fn submit_otherwise(&self, comment: &Submission, error: &Error) -> Option<Request> {
        match self.built() {
            Self::WordPress(site) => site.submit_otherwise(comment, error),
            _ => None,
        }
    }

    /// Reads the answer to either: the comment as stored, published or held; `None` where the
    /// back end took it, or had it already, and does not say what it made of it.
    ///
    /// # Errors
    /// When the server refused, with reasons per field where it gave them, or answered something
    /// else than a comment.
    pub fn parse_submitted(
        &self,
        comment: &Submission,
        response: &Response,
    ) -> Result<Option<Comment>, Error> {
        match self.built() {
            Self::Contract(_) => contract::parse_submitted(response).map(Some),
            Self::WordPress(_) => wordpress::parse_submitted(comment, response),
            Self::Isso(_) => isso::parse_submitted(response).map(Some),
            Self::Static(file) => file.parse_submitted(response),
        }
    }

    /// Asks what became of a held comment of the reader's in `thread`, where the back end tells.
    pub fn ask_after(&self, thread: &str, id: &CommentId) -> Option<Request> {
        match self.built() {
            Self::Contract(endpoint) => Some(endpoint.ask_after(thread, id)),
            _ => None,
        }
    }

    /// Whether the answer to [`Backend::ask_after`] is that nobody will see it.
    pub fn is_rejected(&self, response: &Response) -> bool {
        match self.built() {
            Self::Contract(_) => contract::is_rejected(response),
            _ => false,
        }
    }

    /// Does `act`, where the back end can.
    pub fn act(&self, act: &Act) -> Option<Request> {
        match self.built() {
            Self::Isso(server) => Some(server.act(act)),
            _ => None,
        }
    }

    /// Reads the answer to [`Backend::act`].
    ///
    /// # Errors
    /// When the server refused, or answered something else.
    pub fn parse_act(&self, act: &Act, response: &Response) -> Result<Done, Error> {
        match self.built() {
            Self::Isso(_) => isso::parse_act(act, response),
            _ => Err(Error::NotFound),
        }
    }

    /// Itself. A build with some of the back ends makes no others ([`Config::read`]); where the
    /// compiler sees that here, it leaves their code out.
    #[inline(always)]
    fn built(&self) -> &Self {
        let is_built = match self {
            Self::Contract(_) => cfg!(feature = "contract"),
            Self::WordPress(_) => cfg!(feature = "wordpress"),
            Self::Isso(_) => cfg!(feature = "isso"),
            Self::Static(_) => cfg!(feature = "static"),
        };
        assert!(is_built);
        self
    }
}
