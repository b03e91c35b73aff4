//! `causerie snapshot`: a page before and after, against the real endpoint, recorded answers of other
//! servers, and everything that is hostile.

mod hostile;
mod pages;
mod refusals;

use std::fs;
use std::path::PathBuf;

use causerie_server::snapshot::{Outcome, Snapshot, SnapshotError};
use scraper::{Html, Selector};
use serde_json::Value;
use tempfile::TempDir;

/// A page in a folder of its own.
pub(super) struct Page {
    pub(super) file: PathBuf,
    pub(super) before: String,
    _folder: TempDir,
}

impl Page {
    /// A blogger's page with `element` in it, whose other bytes are nothing to tidy up.
    pub(super) fn with(element: &str) -> Self {
        Self::of(&format!(
            "<!DOCTYPE html>\r\n<HTML lang=en><meta charset=utf-8><title>On &amp; off</title>\n\
             <link rel=canonical href=https://blog.example/a-post/>\n\
             <script type=module src=../c/causerie.js async></script>\n\
             <p class=\"a\"  id = b>Before &copy<br/>{element}\t<p>After<script>'<causerie-thread>'</script>\n"
        ))
    }

    pub(super) fn of(html: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.html");
        fs::write(&file, html).unwrap();
        Self {
            file,
            before: html.to_owned(),
            _folder: folder,
        }
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            page: self.file.clone(),
            output: None,
            base: None,
            rows: 1_000,
        }
    }

    pub(super) fn take(&self) -> Result<Outcome, SnapshotError> {
        self.snapshot().take()
    }

    pub(super) fn html(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }

    /// Takes a snapshot and reads it.
    pub(super) fn taken(&self) -> Taken {
        self.take().unwrap();
        Taken::read(&self.html())
    }
}

/// What is on a page afterwards.
pub(super) struct Taken {
    pub(super) document: Html,
    /// The data blocks.
    pub(super) blocks: Vec<Value>,
    /// The structured data.
    pub(super) json_ld: Vec<Value>,
}

impl Taken {
    pub(super) fn read(html: &str) -> Self {
        let document = Html::parse_document(html);
        let blocks = |kind: &str| {
            let selector = selected(&format!("script[data-causerie-snapshot][type='{kind}']"));
            let scripts = document.select(&selector).map(|script| {
                let text: String = script.text().collect();
                serde_json::from_str(&text).unwrap()
            });
            scripts.collect::<Vec<_>>()
        };
        Self {
            blocks: blocks("application/json"),
            json_ld: blocks("application/ld+json"),
            document,
        }
    }

    /// The texts of what `selector` selects, each with its white space as single spaces.
    pub(super) fn texts(&self, selector: &str) -> Vec<String> {
        let selector = selected(selector);
        let found = self.document.select(&selector);
        let text = |element: scraper::ElementRef| {
            let text: String = element.text().collect();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        found.map(text).collect()
    }

    /// An attribute of each that `selector` selects; empty where there is none.
    pub(super) fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let selector = selected(selector);
        let found = self.document.select(&selector);
        let value =
            |element: scraper::ElementRef| element.attr(name).unwrap_or_default().to_owned();
        found.map(value).collect()
    }
}

pub(super) fn selected(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}
