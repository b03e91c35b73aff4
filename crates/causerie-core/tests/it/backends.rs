//! What holds for every back end.

use causerie_core::{Accepts, Act, Backend, CommentId, Config, Error, Response, Settings, Shows};
use proptest::prelude::*;

use crate::recorded::{draft, submission};

const KINDS: [&str; 4] = ["causerie", "wordpress", "isso", "static"];

fn config(settings: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let read = Config::read(&settings.iter().copied().collect());
    read.map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn backend(kind: &str) -> Backend {
    let settings = [
        ("backend", kind),
        ("endpoint", "https://c.example/x"),
        ("submit", "https://c.example/submit"),
        ("thread", "8"),
        ("shows", "thread"),
    ];
    config(&settings).expect("good settings").backend
}

fn thread(kind: &str, page: &str) -> Result<Shows, Vec<String>> {
    let settings = [
        ("backend", kind),
        ("endpoint", "/x"),
        ("shows", "thread"),
        ("page", page),
    ];
    config(&settings).map(|config| config.shows)
}

#[test]
fn the_thread_is_made_of_the_address_where_nobody_names_it() {
    let page = "https://blog.example/2026/a-post/?utm_source=x#comment-3";
    let cases = [
        ("causerie", "blog.example/2026/a-post"),
        ("wordpress", "a-post"),
        ("isso", "/2026/a-post/"),
        ("static", "2026/a-post"),
    ];
    for (kind, expected) in cases {
        assert_eq!(
            thread(kind, page),
            Ok(Shows::Thread(expected.into())),
            "{kind}"
        );
    }
    assert_eq!(
        thread("isso", "https://blog.example/"),
        Ok(Shows::Thread("/".into()))
    );
}

#[test]
fn the_address_that_outboxes_name_a_back_end_by_stays_the_same() {
    // A device finds what an earlier client has left there by this address alone.
    let names = [
        ("causerie", "https://c.example/x/posts//comments?limit=100"),
        (
            "wordpress",
            "https://c.example/x/?rest_route=/wp/v2/posts&_fields=id,comment_status",
        ),
        (
            "isso",
            "https://c.example/x/?uri=&sort=oldest&limit=100&nested_limit=100",
        ),
        ("static", "https://c.example/x"),
    ];
    for (kind, name) in names {
        assert_eq!(backend(kind).list_comments("", "").url, name, "{kind}");
    }
}

#[test]
fn an_address_that_makes_no_key_is_refused_and_never_shared() {
    for (kind, page) in [
        ("causerie", "about:blank"),
        ("causerie", ""),
        ("wordpress", "https://blog.example/"),
        ("isso", "about:srcdoc"),
        ("static", "https://blog.example/"),
    ] {
        let problems = thread(kind, page).expect_err(kind);
        assert!(problems[0].starts_with("thread: expected"), "{problems:?}");
    }
}

#[test]
fn a_file_is_read_for_its_thread_and_takes_comments_where_it_can() {
    let file = |submit: &str, as_form: &str| {
        let settings = [
            ("backend", "static"),
            ("endpoint", "/comments/{thread}.json"),
            ("submit", submit),
            ("submit-as", as_form),
            ("thread", "2026/a-post"),
            ("shows", "thread"),
        ];
        config(&settings).expect("good settings").backend
    };
    let read_only = file("", "");
    assert_eq!(
        read_only.list_comments("2026/a-post", "").url,
        "/comments/2026/a-post.json"
    );
    let answer = |status, body: &str| Response {
        status,
        body: body.into(),
        ..Response::default()
    };
    let bare = answer(
        200,
        r#"[{"id":1,"author":{"name":"Ada"},"content_html":"<p>x</p>"}]"#,
    );
    let page = read_only.parse_comments("", &bare).expect("a page");
    assert_eq!(
        (page.announced, page.accepts),
        (Some(1), Some(Accepts::Closed))
    );
    // One of many files that is not there is a thread without comments; another failure is one.
    assert_eq!(
        read_only
            .parse_comments("", &answer(404, ""))
            .map(|page| page.announced),
        Ok(Some(0))
    );
    assert!(read_only.parse_comments("", &answer(500, "")).is_err());

    let draft = draft("Ada", "", "a&b");
    let comment = submission("2026/a-post", None, &draft);
    let json = file("/submit", "json").submit(&comment);
    assert_eq!(
        json.body.as_deref(),
        Some(
            r#"{"thread":"2026/a-post","parent":"","name":"Ada","email":"","url":"","content":"a&b","trap":"","key":"key-1"}"#
        )
    );
    let form = file("/submit", "form").submit(&comment);
    assert_eq!(
        form.body.as_deref(),
        Some("thread=2026%2Fa-post&parent=&name=Ada&email=&url=&content=a%26b&trap=&key=key-1")
    );
    for status in [200, 201, 202] {
        assert_eq!(
            read_only.parse_submitted(&comment, &answer(status, "thanks")),
            Ok(None)
        );
    }
    assert!(
        read_only
            .parse_submitted(&comment, &answer(204, ""))
            .is_err()
    );
}

/// The table in the documentation is made of the code: this test prints what it has to be.
#[test]
fn the_table_of_capabilities_is_that_of_the_code() {
    let mut table =
        String::from("| | Causerie | WordPress | Isso | static file |\n|---|---|---|---|---|\n");
    let all: Vec<_> = KINDS.map(|kind| backend(kind).capabilities()).into();
    let mut row = |name: &str, has: fn(&causerie_core::Capabilities) -> bool| {
        let cells = all.iter().map(|can| if has(can) { "yes" } else { "–" });
        table += &format!("| {name} | {} |\n", cells.collect::<Vec<_>>().join(" | "));
    };
    row("delivers posts", |can| can.posts);
    row("takes comments", |can| can.submit);
    row("says that a comment is held for a moderator", |can| {
        can.moderation
    });
    row("says that a thread is closed", |can| can.closing);
    row("authors may edit for a while", |can| can.edit);
    row("authors may delete for a while", |can| can.delete);
    row("readers vote", |can| can.vote);
    row("preview by the server", |can| can.preview);
    row("tells its own limits", |can| can.own_limits);
    row("recognizes a comment that is sent twice", |can| can.once);
    row("counts many threads in one request", |can| can.counts);
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/backends.md");
    let docs = std::fs::read_to_string(page).expect("docs/backends.md");
    assert!(
        docs.contains(&table),
        "docs/backends.md needs this table:\n{table}"
    );
}

proptest! {
    #[test]
    fn no_answer_panics(status in 100..600_u16, body in any::<String>()) {
        feed_all(&Response { status, body, ..Response::default() });
    }

    #[test]
    fn no_answer_that_looks_right_panics(
        status in prop_oneof![Just(200_u16), Just(201), Just(400), Just(403), Just(404)],
        body in "(\\[|)\\{(\"(id|replies|code|message|content|data|params|parent|mode|created|hidden_replies|total_replies)\":(1|\"x\"|\\[\\]|null|-3|1e9|\\{\\}),?){0,4}\\}(\\]|)",
    ) {
        feed_all(&Response { status, body, ..Response::default() });
    }

    #[test]
    fn no_setting_panics(name in "[a-z-]{1,10}", value in any::<String>(), page in any::<String>()) {
        for kind in KINDS {
            let settings = [("backend", kind), ("endpoint", &value), (&name, &value), ("page", &page)];
            let _: Result<_, Vec<_>> = Config::read(&Settings::from_iter(settings));
        }
    }
}

fn feed_all(response: &Response) {
    let draft = draft("Ada", "", "hello");
    let comment = submission("8", None, &draft);
    let id = CommentId::new("1");
    for kind in KINDS {
        let backend = backend(kind);
        for cursor in [
            "",
            "comments/8/1",
            "posts/slug/x",
            "pages/id/3",
            "&parent=1&offset=100",
        ] {
            let _ = backend.parse_comments(cursor, response);
        }
        let _ = (
            backend.parse_posts(response),
            backend.parse_submitted(&comment, response),
        );
        let _ = backend.submit_otherwise(&comment, &Error::GuestsRefused);
        for act in [
            Act::Source(id.clone()),
            Act::Delete(id.clone()),
            Act::Vote(id.clone(), true),
        ] {
            let _ = backend.parse_act(&act, response);
        }
    }
}
