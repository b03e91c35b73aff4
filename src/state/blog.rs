//! The blog: its feed, and which of its posts is shown.

use std::cell::Cell;
use std::sync::Arc;

use causerie_core::{Config, Feed, Post, Request};
use leptos::prelude::Owner;

use super::Load;
use super::kept::{Kept, Watch};
use crate::browser::host::{Host, host};
use crate::browser::{clock, fetch, page, task};

/// The parameter of the page's address that names the post.
const POST: &str = "post";

/// The blog. A copy is the same blog.
#[derive(Clone, Copy, Debug)]
pub struct Blog {
    inner: Kept<Inner>,
    /// The posts.
    pub feed: Watch<Load<Arc<Feed>>>,
    /// What the address asks for: a post's id, thread or address; `None` for the front.
    pub wanted: Watch<Option<String>>,
}

#[derive(Debug)]
struct Inner {
    host: Host,
    config: Config,
    /// Where the posts are; `None` where the back end has them.
    address: Option<String>,
    /// Whether the settings name the one post to show.
    is_single: bool,
    /// What is under way for the blog ends with it.
    owner: Owner,
    /// The entry of the history that is on the screen.
    entry: Cell<i64>,
    /// Whether the reader has moved between posts.
    has_moved: Cell<bool>,
}

impl Blog {
    /// Begins to load the posts at `address`, or those of the back end, and follows the page's
    /// address, unless the settings name one `post`.
    pub fn open(config: Config, address: Option<String>, post: Option<&str>) -> Self {
        let entry = page::entry();
        let host = host();
        let is_page = host.is_page();
        let blog = Self {
            feed: Watch::new(Load::Loading),
            wanted: Watch::new(post.map(str::to_owned).or_else(|| page::parameter(POST))),
            inner: Kept::new(Inner {
                host,
                config,
                address,
                is_single: post.is_some(),
                owner: Owner::new(),
                entry: Cell::new(entry.unwrap_or_else(new_entry)),
                has_moved: Cell::new(false),
            }),
        };
        let is_wanted = |feed: &Feed| {
            let wanted = blog.wanted.get_untracked();
            wanted.is_none_or(|key| feed.find(&key).is_some())
        };
        match host.feed().filter(is_wanted) {
            // The page has it.
            Some(feed) => blog.feed.set(Load::Ready(Arc::new(feed))),
            None => blog.load(),
        }
        if is_page {
            blog.take_over(entry);
        }
        blog
    }

    fn take_over(self, entry: Option<i64>) {
        page::on_window("popstate", move || self.follow_history());
        page::on_window("pagehide", move || self.keep_place());
        match entry {
            // A reload: back to where the reader was, unless a link leads elsewhere.
            Some(entry) if page::fragment().is_none() => host().restore_place(entry),
            Some(_) => {}
            None => page::set_entry(self.entry()),
        }
    }

    /// Loads the feed, again where it failed.
    pub fn load(self) {
        self.feed.set(Load::Loading);
        let Some(inner) = self.inner.get() else {
            return;
        };
        let backend = inner.config.backend.clone();
        let address = inner.address.clone();
        let wanted = self.wanted.get_untracked();
        let request = match address.clone() {
            Some(address) => Request::get(address),
            None => match backend.list_posts(wanted.as_deref()) {
                Some(request) => request,
                None => return,
            },
        };
        let (host, url) = (inner.host, request.url.clone());
        let ahead = host.take_ahead(&url);
        let load = fetch::ask(request, ahead, move |response| {
            let feed = response.and_then(|response| match address {
                Some(_) => Feed::parse(&response),
                None => backend.parse_posts(&response),
            });
            if let Err(error) = &feed {
                host.tell_error(error, &url);
            }
            self.feed.set(feed.map(Arc::new).into());
        });
        // Not under the owner of the button that asks again: that one goes with its notice.
        inner.owner.with(|| task::spawn_scoped(load));
    }

    /// The settings, while the blog is on the page.
    pub fn config(self) -> Option<Config> {
        self.inner.get().map(|inner| inner.config.clone())
    }

    /// Whether the reader has moved between posts: then the new heading takes the focus.
    pub fn has_moved(self) -> bool {
        self.inner.with(|inner| inner.has_moved.get())
    }

    /// Whether the page shows one post only, by its settings.
    pub fn is_single(self) -> bool {
        self.inner.with(|inner| inner.is_single)
    }

    /// Whether the feed is a single post: then there is no front to go back to.
    pub fn has_one_post(self) -> bool {
        self.feed
            .with_untracked(|feed| matches!(feed, Load::Ready(feed) if feed.bare_item().is_some()))
    }

    /// The address that shows `post`, or the front, with an optional fragment.
    pub fn link(self, post: Option<&Post>, fragment: Option<&str>) -> String {
        let key = post
            .map(|post| post.thread.as_str())
            .filter(|_| !self.is_single());
        page::link(POST, key, fragment)
    }

    /// Shows `post`, or the front, as if the reader had followed a link.
    pub fn go(self, post: Option<&Post>) {
        self.keep_place();
        let entry = new_entry();
        page::push(&self.link(post, None), entry);
        self.show(entry, post.map(|post| post.thread.clone()));
    }

    /// Goes back or forward to where the address leads now.
    fn follow_history(self) {
        let wanted = page::parameter(POST);
        match page::entry() {
            Some(entry) if entry != self.entry() => {
                self.keep_place();
                self.show(entry, wanted);
            }
            Some(_) => {}
            // A link to a fragment made this entry; the browser has gone there already.
            None => {
                self.keep_place();
                let entry = new_entry();
                self.inner.with(|inner| inner.entry.set(entry));
                page::set_entry(entry);
                self.want(wanted);
            }
        }
    }

    fn show(self, entry: i64, wanted: Option<String>) {
        self.inner.with(|inner| inner.entry.set(entry));
        self.want(wanted);
        self.inner.with(|inner| inner.host.restore_place(entry));
    }

    fn want(self, wanted: Option<String>) {
        if !self.is_single() && self.wanted.get_untracked() != wanted {
            self.inner.with(|inner| inner.has_moved.set(true));
            self.wanted.set(wanted);
            // A back end gives the posts that are asked for, a feed has all of them.
            if self.inner.with(|inner| inner.address.is_none()) {
                self.load();
            }
        }
    }

    fn entry(self) -> i64 {
        self.inner.with(|inner| inner.entry.get())
    }

    fn keep_place(self) {
        self.inner
            .with(|inner| inner.host.keep_place(inner.entry.get()));
    }
}

/// A number that no other entry of this tab has.
fn new_entry() -> i64 {
    clock::now().ms()
}
