//! The hostile corpus of the end-to-end tests, through every field of every back end: what is
//! written holds nothing that runs, loads, leads astray or gets out of its place.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use causerie_core::policy::{POST_ATTRIBUTES, POST_ELEMENTS, TEXT_ATTRIBUTES, TEXT_ELEMENTS};
use causerie_server::snapshot::Outcome;
use scraper::ElementRef;
use serde_json::{Value, json};
use url::Url;

use super::{Page, Taken, selected};
use crate::stub::{self, Answer};

struct Entry {
    kind: String,
    payload: String,
}

fn corpus() -> Vec<Entry> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/e2e/hostile/corpus.json");
    let entries: Vec<Value> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let entries = entries.iter().map(|entry| Entry {
        kind: text(entry, "kind"),
        payload: text(entry, "payload"),
    });
    entries.collect()
}

impl Entry {
    /// As a piece of HTML, with text around it. An address is put wherever HTML takes one.
    fn html(&self) -> String {
        let payload = &self.payload;
        let html = match self.kind.as_str() {
            "url" => {
                let address = payload.replace('&', "&amp;").replace('"', "&quot;");
                format!(
                    "<a href=\"{address}\" ping=\"{address}\">link</a><q cite=\"{address}\">quote</q>\
                     <img src=\"{address}\" alt=\"\"><p src=\"{address}\" href=\"{address}\">x\
                     <form action=\"{address}\"><button formaction=\"{address}\">button</button></form>\
                     <svg><a xlink:href=\"{address}\"><text>link</text></a></svg>"
                )
            }
            _ => payload.clone(),
        };
        format!("<p>before</p>{html}\n<p title='a' lang=\"b\">after</p>")
    }
}

/// WordPress and Isso store what a guest gives with what HTML could mistake escaped.
fn encoded(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[test]
fn comments_of_every_back_end_come_out_harmless() {
    let corpus = corpus();
    assert!(corpus.len() > 700);
    let of = |at: usize| (at % 3 == 2).then(|| at - 1);
    let contract = |entries: &[Entry]| {
        let comment = |(at, entry): (usize, &Entry)| {
            json!({
                "id": entry.payload, "parent": of(at).map(|at| entries[at].payload.as_str()),
                "author": { "name": entry.payload, "url": entry.payload },
                "content_html": entry.html(), "published": "2026-01-01T00:00:00Z",
                "updated": "2026-01-01T00:00:00Z", "status": "published",
            })
        };
        let comments: Vec<_> = entries.iter().enumerate().map(comment).collect();
        json!({ "thread": "</script><script>", "total": 1, "accepts": "<b>", "revision": "</script>",
            "comments": comments, "next": null })
    };
    let wordpress = |entries: &[Entry]| {
        let comment = |(at, entry): (usize, &Entry)| {
            json!({
                "id": at + 1, "parent": of(at).map_or(0, |at| at + 1),
                "author_name": encoded(&entry.payload), "author_url": entry.payload,
                "date_gmt": "2026-01-01T00:00:00", "content": { "rendered": entry.html() },
            })
        };
        json!(entries.iter().enumerate().map(comment).collect::<Vec<_>>())
    };
    let isso = |entries: &[Entry]| {
        let comment = |(at, entry): (usize, &Entry)| {
            json!({
                "id": at + 1, "parent": of(at).map(|at| at + 1), "author": encoded(&entry.payload),
                "website": encoded(&entry.payload), "text": entry.html(), "mode": 1, "likes": 1,
            })
        };
        json!({ "replies": entries.iter().enumerate().map(comment).collect::<Vec<_>>() })
    };
    let cases = [
        ("causerie", contract(&corpus)),
        ("static", contract(&corpus)),
        ("wordpress", wordpress(&corpus)),
        ("isso", isso(&corpus)),
    ];
    for (backend, body) in cases {
        let base =
            stub::start(
                move |path| match path.contains("/posts") && backend == "wordpress" {
                    true => Answer::json(&json!({ "id": 1 })),
                    false => Answer::json(&body),
                },
            );
        for view in ["threads", "flat"] {
            let page = Page::with(&format!(
                "<causerie-thread backend={backend} view={view} thread=1 endpoint='{base}'>\
                 </causerie-thread>"
            ));
            let written = check(&page, backend);
            // Payloads of one id are one comment.
            assert!(written > corpus.len() - 20, "{backend}: {written} comments");
        }
    }
}

#[test]
fn posts_come_out_harmless() {
    let corpus = corpus();
    let item = |entry: &Entry| {
        let payload = &entry.payload;
        json!({
            "id": payload, "url": payload, "title": payload, "summary": payload,
            "image": payload, "language": payload, "tags": [payload], "content_html": entry.html(),
            "authors": [{ "name": payload, "url": payload, "avatar": payload }],
            "date_published": "2026-01-01T00:00:00Z",
            "_causerie": { "thread": payload, "accepts": payload },
        })
    };
    let items: Vec<_> = corpus.iter().map(item).collect();
    let base =
        stub::start(
            move |path| match path.strip_prefix("/post/").and_then(|at| at.parse().ok()) {
                Some::<usize>(at) => Answer::json(&items[at]),
                None => Answer::json(&json!({ "comments": [] })),
            },
        );
    for (at, entry) in corpus.iter().enumerate() {
        // In the page of its own there is no shadow tree to keep it in.
        let page = Page::with(&format!(
            "<main id=causerie data-feed='{base}/post/{at}' data-endpoint='{base}'>\
             <div class=causerie>x</div></main>"
        ));
        check(&page, &entry.payload);
    }
}

/// Takes the snapshot and looks at it. How many comments there are.
fn check(page: &Page, what: &str) -> usize {
    let outcome = page.take();
    let Ok(Outcome::Written { comments }) = outcome else {
        panic!("{what}: {outcome:?}");
    };
    let html = page.html();
    let skeleton = "<div class=causerie>x</div>";
    let before = page.before.replace(skeleton, "");
    let is_embed = before.len() == page.before.len();
    let begin = before.find(if is_embed { "</causerie-" } else { "</main" });
    let (head, tail) = before.split_at(begin.unwrap());
    assert!(
        html.starts_with(head) && html.ends_with(tail),
        "{what}: the page around"
    );

    let taken = Taken::read(&html);
    assert_eq!((taken.blocks.len(), taken.json_ld.len()), (1, 1), "{what}");
    let count = |selector: &str| taken.document.select(&selected(selector)).count();
    // What the page has itself, and what was written.
    let expected = if is_embed { (4, 2, 1) } else { (4, 1, 0) };
    let found = (count("script"), count("link"), count("template"));
    assert_eq!(found, expected, "{what}");
    assert_eq!(count(".comment"), comments, "{what}");
    let rest = taken.texts("body > p");
    assert!(
        rest.iter().any(|text| text.starts_with("After")),
        "{what}: {rest:?}"
    );
    for element in taken.document.select(&selected(".causerie *")) {
        check_element(element, what);
    }
    // Nothing is left over when the next one comes, nor is anything else taken away.
    assert_eq!(page.take(), Ok(Outcome::Unchanged), "{what}");
    comments
}

/// What the views are made of.
const OURS: &str = "div section header h1 h2 article p ol ul li span a bdi time img";
/// What stands in the room for what needs scripts.
const RESERVED: &str = "div h3 label span select option p form textarea input button section";
const OUR_ATTRIBUTES: &str = "class part id role lang dir href rel src alt width height tabindex \
     datetime hidden data-depth data-few data-hue data-long aria-level aria-label aria-hidden aria-labelledby";

fn check_element(element: ElementRef, what: &str) {
    let is_in = |class: &str| {
        let ancestors = element.ancestors().filter_map(ElementRef::wrap);
        let mut classes = ancestors.filter_map(|ancestor| ancestor.attr("class"));
        classes.any(|found| found == class)
    };
    let is_reserved = || {
        let mut ancestors = element.ancestors().filter_map(ElementRef::wrap);
        ancestors.any(|ancestor| ancestor.attr("hidden").is_some())
    };
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<HashSet<_>>()
    };
    let list = |lists: &[&[&str]]| lists.concat().into_iter().map(str::to_owned).collect();
    let (elements, attributes) = if is_in("prose") && is_in("comment") {
        let mut attributes: HashSet<String> = list(&[TEXT_ATTRIBUTES, &["rel", "class"]]);
        attributes.remove("src");
        let mut elements: HashSet<String> = list(&[TEXT_ELEMENTS, &["span"]]);
        // Whoever put it there would see who reads.
        elements.remove("img");
        (elements, attributes)
    } else if is_in("prose") {
        (
            list(&[TEXT_ELEMENTS, POST_ELEMENTS]),
            list(&[TEXT_ATTRIBUTES, POST_ATTRIBUTES]),
        )
    } else if is_reserved() {
        (words(RESERVED), words("class rows type selected"))
    } else {
        (words(OURS), words(OUR_ATTRIBUTES))
    };
    let value = element.value();
    assert!(
        elements.contains(value.name()),
        "{what}: <{}>",
        value.name()
    );
    for (name, text) in value.attrs() {
        assert!(
            attributes.contains(name),
            "{what}: {name}={text:?} on <{}>",
            value.name()
        );
        if name == "class" && is_in("prose") {
            assert_eq!(text, "image", "{what}");
        }
        if name == "href" || name == "src" || name == "cite" {
            let what = &format!("{what}: {name} of <{}>", value.name());
            check_address(text, is_in("post"), what);
        }
    }
}

fn check_address(address: &str, is_post: bool, what: &str) {
    let page = Url::parse("https://blog.example/a-post/").unwrap();
    let is_absolute = Url::parse(address).is_ok();
    let found = page.join(address).unwrap_or_else(|_| page.clone());
    let is_harmless = match found.scheme() {
        "http" | "https" | "mailto" => is_post || is_absolute || address.starts_with("#comment-"),
        _ => false,
    };
    assert!(is_harmless, "{what}: {address:?}");
}
