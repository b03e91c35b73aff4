//! What is written.

use std::fs;
use std::future::IntoFuture;

use causerie_core::{Config, Feed, Json, Response, Settings};
use causerie_server::moderation;
use causerie_server::snapshot::Outcome;
use serde_json::{Value, json};

use super::{Page, Taken};
use crate::service::Service;
use crate::stub::{self, Answer};

/// The real endpoint on a port of its own, for as long as the runtime lives.
async fn listening(service: &Service) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, service.router.clone()).into_future());
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_written_once_and_again_when_it_has_changed() {
    let service = Service::new();
    let base = listening(&service).await;
    let page = Page::with(&format!(
        "<causerie-thread thread=open lang=fr-CA endpoint='{base}/api'>\n <a href=x>Say it</a></causerie-thread>"
    ));
    assert_eq!(page.take(), Ok(Outcome::Written { comments: 2 }));
    let first = page.html();
    let begin = page.before.find("\n <a href=x>").unwrap();
    let (head, tail) = page.before.split_at(begin);
    assert!(first.starts_with(head) && first.ends_with(tail), "{first}");

    let taken = Taken::read(&first);
    assert_eq!(taken.texts("h2"), ["3 commentaires"]);
    assert_eq!(
        taken.texts(".comment .author"),
        ["Ada", "Blogger"],
        "what is held is not there"
    );
    assert_eq!(taken.texts(".comment .prose"), ["One.", "Two."]);
    assert_eq!(taken.texts(".badge"), ["Auteur du billet"]);
    assert_eq!(taken.texts(".answers"), ["en réponse à Ada"]);
    assert_eq!(taken.texts("time"), ["1 mars 2026", "1 mars 2026"]);
    assert_eq!(
        taken.attributes(".permalink", "href"),
        ["#comment-first", "#comment-second"]
    );
    assert_eq!(taken.attributes(".comment", "data-depth"), ["0", "1"]);
    assert_eq!(taken.attributes(".page", "lang"), ["fr"]);
    assert_eq!(
        taken.attributes("link[rel=stylesheet]", "href"),
        ["../c/causerie.css"]
    );
    // One line of buttons for each, a toolbar and a form, none of which is there without scripts.
    assert_eq!(
        taken.attributes("[hidden]", "class"),
        ["toolbar", "actions", "actions", "write"]
    );

    // Whatever happens, a second run does not touch the file.
    let written_at = || fs::metadata(&page.file).unwrap().modified().unwrap();
    let before = written_at();
    assert_eq!(page.take(), Ok(Outcome::Unchanged));
    assert_eq!(written_at(), before);

    moderation::reply(&service.store, "first", "Three <b>.").unwrap();
    assert_eq!(page.take(), Ok(Outcome::Written { comments: 3 }));
    let second = page.html();
    assert!(
        second.starts_with(head) && second.ends_with(tail),
        "{second}"
    );
    let taken = Taken::read(&second);
    assert_eq!(taken.texts("li .prose"), ["One.", "Two.", "Three <b>."]);
    assert_eq!((taken.blocks.len(), taken.json_ld.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_is_read_back_as_what_it_was() {
    let service = Service::new();
    let base = listening(&service).await;
    let page = Page::with(&format!(
        "<causerie-post post=open endpoint='{base}/api' feed='{base}/api/feed.json'></causerie-post>"
    ));
    let taken = page.taken();
    let block = &taken.blocks[0];
    assert_eq!(
        (&block["version"], &block["thread"], &block["complete"]),
        (&json!(1), &json!("open"), &json!(true))
    );
    assert_eq!(block["blog"], "Tests");
    let response = |value: &Value| Response {
        status: 200,
        body: value.to_string(),
        ..Response::default()
    };

    let settings = Settings::from_iter([
        ("endpoint", "/api"),
        ("shows", "thread"),
        ("thread", "open"),
    ]);
    let backend = Config::read(&settings).unwrap().backend;
    let read = backend
        .parse_comments("", &response(&block["page"]))
        .unwrap();
    let live = service.page("open", None, 100).await.unwrap();
    assert_eq!(read.comments, live.comments);
    assert_eq!(read.announced, Some(live.announced));
    assert_eq!(
        (read.accepts, read.limits),
        (Some(live.accepts), Some(live.limits))
    );

    let read = Feed::parse(&response(&block["post"])).unwrap();
    let live = service.get("/api/feed.json").await;
    let live = Feed::parse(&Response {
        status: 200,
        body: live.body().clone(),
        ..Response::default()
    })
    .unwrap();
    assert_eq!(read.posts.first(), live.find("open"));
    assert!(Json::parse(&block.to_string()).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_stands_in_the_standalone_page() {
    let service = Service::new();
    let base = listening(&service).await;
    let page = Page::of(
        "<html><body><main id=\"causerie\" data-endpoint=\"./api\" data-feed=\"./api/feed.json\" data-post=\"open\">\n  \
         <div class=\"causerie\">\n<div class=\"skeleton\"></div><noscript><p>No</p></noscript></div>\n</main>\n",
    );
    let mut snapshot = page.snapshot();
    snapshot.base = Some(format!("{base}/").parse().unwrap());
    assert_eq!(snapshot.take(), Ok(Outcome::Written { comments: 2 }));
    assert_eq!(snapshot.take(), Ok(Outcome::Unchanged));
    let taken = Taken::read(&page.html());
    assert_eq!(
        taken.texts("main#causerie > .causerie > .page > div > div > article h1"),
        ["Open"]
    );
    assert_eq!(taken.texts(".skeleton, noscript, template, link"), [""; 0]);
    assert_eq!(taken.texts(".names"), ["Blogger"]);
    assert_eq!(
        taken.texts(".byline .meta"),
        ["March 1, 20261 minute to read"]
    );
    assert_eq!(taken.attributes(".avatar", "data-hue").len(), 1);
    assert_eq!(taken.texts("section.thread h2"), ["3 comments"]);

    let posting = &taken.json_ld[0];
    assert_eq!(posting["@type"], "BlogPosting");
    assert_eq!(posting["headline"], "Open");
    assert_eq!(posting["commentCount"], 3);
    assert_eq!(posting["datePublished"], "2026-03-01T08:00:00Z");
    assert_eq!(
        posting["author"],
        json!([{ "@type": "Person", "name": "Blogger" }])
    );
    let second = &posting["comment"][1];
    assert_eq!(second["@id"], format!("{base}/#comment-second"));
    assert_eq!(second["text"], "Two.");
    assert_eq!(
        second["parentItem"]["@id"],
        format!("{base}/#comment-first")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_left_to_the_client() {
    let service = Service::new();
    let base = listening(&service).await;
    let page = Page::with(&format!(
        "<causerie-thread thread=open view=flat theme=dark endpoint='{base}/api'></causerie-thread>"
    ));
    let mut snapshot = page.snapshot();
    snapshot.rows = 1;
    assert_eq!(snapshot.take(), Ok(Outcome::Written { comments: 1 }));
    let taken = Taken::read(&page.html());
    let block = &taken.blocks[0];
    assert_eq!(block["complete"], false);
    assert_eq!(
        (&block["page"]["total"], &block["page"]["next"]),
        (&json!(3), &Value::Null)
    );
    assert_eq!(block["page"]["comments"].as_array().map(Vec::len), Some(1));
    assert_eq!(taken.texts(".comment .meta"), ["1Ada wroteMarch 1, 2026"]);
    assert_eq!(taken.texts(".more"), [""; 0]);
    assert_eq!(taken.attributes(".embed", "data-theme"), ["dark"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_file_is_written_and_its_time_kept() {
    let service = Service::new();
    let base = listening(&service).await;
    let page = Page::with(&format!(
        "<causerie-thread thread=closed endpoint='{base}/api'></causerie-thread>"
    ));
    let mut snapshot = page.snapshot();
    let output = page.file.with_file_name("public.html");
    snapshot.output = Some(output.clone());
    assert_eq!(snapshot.take(), Ok(Outcome::Written { comments: 0 }));
    assert_eq!(page.html(), page.before);
    let html = fs::read_to_string(&output).unwrap();
    let taken = Taken::read(&html);
    assert_eq!(taken.texts("h2"), ["No comments yet"]);
    assert_eq!(taken.texts(".empty"), ["Nobody has answered yet."]);
    assert_eq!(taken.texts(".notice .title"), ["Comments are closed"]);
    // As if it had been some time ago.
    let time = taken.blocks[0]["taken"].as_str().unwrap().to_owned();
    fs::write(&output, html.replace(&time, "2026-01-01T00:00:00Z")).unwrap();
    assert_eq!(snapshot.take(), Ok(Outcome::Unchanged));
}

#[test]
fn wordpress_is_asked_for_its_post_and_all_pages() {
    let base = stub::start(|path| {
        let page = |number| path.contains(&format!("&page={number}&"));
        match path {
            _ if path.contains("/comments?") && page(1) => {
                Answer::recorded("wordpress/06-comments-page-1")
            }
            _ if path.contains("/comments?") => Answer::json("[]")
                .with_header("x-wp-total", "12")
                .with_header("x-wp-totalpages", "3"),
            _ => Answer::recorded("wordpress/03-post-by-slug-fields"),
        }
    });
    let page = Page::with(&format!(
        "<causerie-post backend=wordpress post=post-12 endpoint='{base}/wp-json'></causerie-post>"
    ));
    assert_eq!(page.take(), Ok(Outcome::Written { comments: 5 }));
    let taken = Taken::read(&page.html());
    assert_eq!(
        taken.texts("h1"),
        ["Keeping a small blog fast (12 comments)"]
    );
    assert_eq!(taken.texts("h2"), ["12 comments"]);
    assert_eq!(taken.texts(".comment").len(), 5);
    assert_eq!(taken.texts(".more").len(), 1);
    let block = &taken.blocks[0];
    assert_eq!(
        (&block["thread"], &block["page"]["thread"]),
        (&json!("8"), &json!("8"))
    );
    assert_eq!(page.take(), Ok(Outcome::Unchanged));
}

#[test]
fn isso_keeps_its_votes_and_its_rules() {
    let base = stub::start(|_| Answer::recorded("isso/02-list-thread"));
    let page = Page::with(&format!(
        "<causerie-thread backend=isso endpoint='{base}'></causerie-thread>"
    ));
    assert_eq!(page.take(), Ok(Outcome::Written { comments: 12 }));
    let taken = Taken::read(&page.html());
    assert_eq!(taken.texts("h2"), ["12 comments"]);
    let block = &taken.blocks[0];
    assert_eq!(block["thread"], "/a-post/");
    assert_eq!(
        block["page"]["comments"][0]["votes"],
        json!({ "up": 0, "down": 0 })
    );
    assert_eq!(block["page"]["limits"]["needs_name"], false);
    assert_eq!(taken.json_ld[0]["headline"], "On & off");
    assert_eq!(taken.json_ld[0]["url"], "https://blog.example/a-post/");
}

#[test]
fn settings_come_from_a_file_too_and_the_element_wins() {
    let base = stub::start(|path| match path {
        "/causerie.json" => Answer::json(
            &json!({ "backend": "static", "endpoint": "/c/{thread}.json", "view": "flat", "sort": "newest" }),
        ),
        "/c/2026/a.json" => Answer::json(
            &json!([{ "id": 1, "author": { "name": "Ada" }, "content_html": "<p>Hi" }]),
        )
        .with_header("etag", "\"1\""),
        _ => Answer::json("{}").with_status(404),
    });
    let page = Page::of(&format!(
        "<link rel=canonical href='{base}/2026/a/'><script src=causerie.js></script>\
         <causerie-thread config=/causerie.json view=threads></causerie-thread>"
    ));
    assert_eq!(page.take(), Ok(Outcome::Written { comments: 1 }));
    let taken = page.taken();
    assert_eq!(taken.texts(".comment .meta"), ["Adaundated"]);
    assert_eq!(taken.blocks[0]["thread"], "2026/a");
    assert_eq!(taken.blocks[0]["page"]["accepts"], "closed");
    assert_eq!(
        taken.attributes("link[rel=stylesheet]", "href"),
        ["causerie.css"]
    );
}

#[test]
fn the_state_that_an_endpoint_names_is_kept() {
    let base = stub::start(|path| {
        let is_first = !path.contains("cursor=");
        Answer::json(&json!({
            "thread": "x", "total": 2, "accepts": "open",
            "revision": if is_first { "r1" } else { "r2" },
            "comments": [{ "id": if is_first { "a" } else { "b" }, "content_html": "<p>x</p>" }],
            "next": is_first.then_some("c"),
        }))
    });
    let page = Page::with(&format!(
        "<causerie-thread thread=x endpoint='{base}'></causerie-thread>"
    ));
    let taken = page.taken();
    assert_eq!(taken.blocks[0]["revision"], "r1");
    assert_eq!(taken.texts(".comment").len(), 2);
}

#[test]
fn several_on_a_page_stand_side_by_side() {
    let base = stub::start(|path| {
        let id = if path.contains("/one/") { "1" } else { "2" };
        let held = json!({ "id": "h", "content_html": "secret", "status": "held" });
        Answer::json(&json!({ "total": 2, "comments": [{ "id": id, "content_html": id }, held] }))
    });
    let page = Page::with(&format!(
        "<causerie-thread thread=one endpoint='{base}'></causerie-thread>\
         <template><causerie-thread thread=none></causerie-thread></template>\
         <causerie-thread thread=two endpoint='{base}'></causerie-thread>"
    ));
    assert_eq!(page.take(), Ok(Outcome::Written { comments: 2 }));
    assert!(
        !page.html().contains("secret"),
        "what is held is for nobody"
    );
    let taken = page.taken();
    assert_eq!(taken.texts(".comment .prose"), ["1", "2"]);
    let threads: Vec<_> = taken.blocks.iter().map(|block| &block["thread"]).collect();
    assert_eq!(threads, ["one", "two"]);
    assert_eq!(page.take(), Ok(Outcome::Unchanged));
}
