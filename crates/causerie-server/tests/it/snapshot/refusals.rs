//! What goes wrong leaves the page as it is, and says why in one line.

use std::fs;
use std::process::Command;

use serde_json::json;

use super::Page;
use crate::stub::{self, Answer};

#[test]
fn whatever_fails_leaves_the_page_as_it_was() {
    let base = stub::start(|path| match path {
        _ if path.starts_with("/page") => Answer::json("<!doctype html><p>Sign in"),
        _ if path.starts_with("/odd") => Answer::json(&json!({ "comments": "none" })),
        _ if path.starts_with("/cut") => Answer::json("{ \"comments\": [").with_status(200),
        _ if path.starts_with("/endless") => {
            Answer::json(&json!({ "comments": [], "next": "again" }))
        }
        _ if path.starts_with("/feed") => Answer::json(&json!({ "title": "B", "items": [
            { "id": "a", "content_html": "a" }, { "id": "b", "content_html": "b" } ] })),
        _ if path.starts_with("/broken") => Answer::json("{}").with_status(500),
        _ => Answer::json("{}").with_status(404),
    });
    let cases = [
        ("<p>none</p>".to_owned(), "expected <causerie-thread>"),
        (
            "<causerie-thread sort=best></causerie-thread>".to_owned(),
            "endpoint: expected the address of a comment endpoint, such as ./api, found nothing; \
             sort: expected oldest, newest or discussed, found \"best\"",
        ),
        (
            "<causerie-thread endpoint='http://127.0.0.1:1'></causerie-thread>".to_owned(),
            "expected an answer, found",
        ),
        (
            format!("<causerie-thread endpoint='{base}'></causerie-thread>"),
            "not found: check the endpoint and the thread",
        ),
        (
            format!("<causerie-thread endpoint='{base}/page'></causerie-thread>"),
            "expected JSON, found text/html",
        ),
        (
            format!("<causerie-thread endpoint='{base}/odd'></causerie-thread>"),
            "expected a page of comments, found no list `comments`",
        ),
        (
            format!("<causerie-thread endpoint='{base}/cut'></causerie-thread>"),
            "expected a page of comments, found no JSON any more",
        ),
        (
            format!("<causerie-thread endpoint='{base}/endless'></causerie-thread>"),
            "expected a conversation that ends, found the same piece again",
        ),
        (
            format!("<causerie-thread endpoint='{base}/broken'></causerie-thread>"),
            "the server answered 500: try again later",
        ),
        (
            format!("<causerie-post post=c feed='{base}/feed' endpoint='{base}'></causerie-post>"),
            "expected the post \"c\", found 2 others",
        ),
        (
            format!("<main id=causerie data-feed='{base}/feed' data-endpoint='{base}'></main>"),
            "post: expected which post is shown, found a page that lists posts",
        ),
        (
            format!("<causerie-thread config='{base}/feedless'></causerie-thread>"),
            "expected the address of a comment endpoint",
        ),
        (
            "<causerie-thread endpoint='ftp://a.example'></causerie-thread>".to_owned(),
            "expected an http or https address",
        ),
    ];
    for (element, expected) in cases {
        let page = Page::with(&element);
        let error = page.take().expect_err(&element).to_string();
        assert!(error.contains(expected), "{element}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(
            error.starts_with(&page.file.display().to_string()),
            "{error}"
        );
        assert_eq!(page.html(), page.before);
        let files = fs::read_dir(page.file.parent().unwrap()).unwrap();
        assert_eq!(files.count(), 1, "nothing is left beside it");
    }
}

#[test]
fn one_element_that_fails_stops_all() {
    let base = stub::start(|path| match path.contains("/one/") {
        true => Answer::json(&json!({ "comments": [] })),
        false => Answer::json("{}").with_status(503),
    });
    let page = Page::with(&format!(
        "<causerie-thread thread=one endpoint='{base}'></causerie-thread>\
         <causerie-thread thread=two endpoint='{base}'></causerie-thread>"
    ));
    assert!(page.take().is_err());
    assert_eq!(page.html(), page.before);
}

#[test]
fn a_page_without_an_address_needs_one_for_what_is_relative() {
    let page = Page::of(
        "<script src=causerie.js></script><causerie-thread thread=x endpoint=./api></causerie-thread>",
    );
    let error = page.take().unwrap_err().to_string();
    assert!(error.contains("--base"), "{error}");
    let page = Page::of("<causerie-thread endpoint=https://a.example></causerie-thread>");
    let error = page.take().unwrap_err().to_string();
    assert!(error.contains("--base"), "{error}");
}

#[test]
fn the_command_says_how_it_went() {
    let base = stub::start(|_| Answer::json(&json!({ "comments": [] })));
    let page = Page::with(&format!(
        "<causerie-thread endpoint='{base}'></causerie-thread>"
    ));
    let run = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_causerie"))
            .arg("snapshot")
            .arg(&page.file)
            .args(more)
            .env_clear()
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let file = page.file.display();
    assert_eq!(
        run(&[]),
        (
            Some(0),
            format!("{file}: written, 0 comments\n"),
            String::new()
        )
    );
    assert_eq!(
        run(&[]),
        (
            Some(0),
            format!("{file}: nothing has changed\n"),
            String::new()
        )
    );
    let (code, said, error) = run(&["--base", "blog.example"]);
    assert_eq!((code, said.as_str()), (Some(2), ""));
    assert!(
        error.contains("expected an http or https address"),
        "{error}"
    );
    fs::remove_file(&page.file).unwrap();
    let expected = format!("{file}: expected a page, found no file: check the path\n");
    assert_eq!(run(&[]), (Some(1), String::new(), expected));
}
