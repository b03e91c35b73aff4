use causerie_core::contract::Endpoint;
use causerie_core::{
    Accepts, Backend, CheckedDraft, Comment, CommentId, Draft, Error, Fault, Feed, Field, Limits,
    Method, Moderation, Post, Response, Submission,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

proptest! {
    #[test]
    fn no_answer_panics(status in 100..600_u16, body in any::<String>()) {
        let answer = response(status, &body);
        let _ = (backend().parse_comments("", &answer), submitted(&answer));
        let _ = Feed::parse(&answer);
    }

    #[test]
    fn no_json_of_another_shape_panics(body in json()) {
        let answer = response(200, &body.to_string());
        let _ = (backend().parse_comments("", &answer), submitted(&answer));
        if let Ok(feed) = Feed::parse(&answer) {
            let _: usize = feed.posts.iter().map(Post::reading_minutes).sum();
        }
    }
}

/// Any JSON whose members are called as the contract and the feed call them.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let name = select(vec![
        "comments",
        "id",
        "parent",
        "author",
        "authors",
        "name",
        "url",
        "content_html",
        "published",
        "total",
        "limits",
        "text_max",
        "next",
        "items",
        "title",
        "_causerie",
        "thread",
        "tags",
    ]);
    leaf.prop_recursive(4, 64, 8, move |inner| {
        let members = proptest::collection::btree_map(name.clone(), inner.clone(), 0..8);
        let object = members.prop_map(|members| {
            Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
            )
        });
        prop_oneof![
            proptest::collection::vec(inner, 0..6).prop_map(Value::Array),
            object
        ]
    })
}

fn backend() -> Backend {
    Backend::Contract(Endpoint::new("https://blog.example/api/"))
}

fn response(status: u16, body: &str) -> Response {
    Response {
        status,
        headers: vec![("content-type", "application/json".into())],
        body: body.into(),
        ..Response::default()
    }
}

/// What the back end makes of an answer to a comment.
fn submitted(answer: &Response) -> Result<Option<Comment>, Error> {
    let draft = checked(&Draft {
        name: "Ada".into(),
        text: "hello".into(),
        ..Draft::default()
    });
    backend().parse_submitted(&submission(None, &draft), answer)
}

fn checked(draft: &Draft) -> CheckedDraft {
    draft.check(&Limits::default()).expect("valid")
}

fn submission<'a>(parent: Option<&'a CommentId>, draft: &'a CheckedDraft) -> Submission<'a> {
    Submission {
        thread: "t",
        title: "",
        parent,
        draft,
        key: "key-1",
    }
}

#[test]
fn reading_asks_for_one_page_of_a_percent_encoded_thread() {
    let request = backend().list_comments("à la carte/1", "a=b");
    assert_eq!(
        request.url,
        "https://blog.example/api/posts/%C3%A0%20la%20carte%2F1/comments?limit=1000&cursor=a%3Db"
    );
    assert_eq!(request.method, Method::Get);
}

#[test]
fn writing_carries_the_key_and_the_trimmed_draft() {
    let draft = checked(&Draft {
        name: " Ada ".into(),
        text: "hello ".into(),
        ..Draft::default()
    });
    let parent = CommentId::new("c1");
    let request = backend().submit(&submission(Some(&parent), &draft));
    assert!(
        request
            .headers
            .contains(&("idempotency-key", "key-1".to_owned()))
    );
    let body: serde_json::Value =
        serde_json::from_str(&request.body.unwrap_or_default()).expect("JSON");
    assert_eq!(
        body,
        serde_json::json!({
            "parent": "c1",
            "author": { "name": "Ada", "email": "", "url": "" },
            "content": "hello",
            "trap": "",
        })
    );
}

#[test]
fn a_page_is_read_with_its_gaps_filled() {
    let page = backend()
        .parse_comments("", &response(
            200,
            r#"{"thread":"t","total":13,"accepts":"moderated","limits":{"text_max":9},"next":"n",
                "comments":[
                 {"id":"1","parent":null,"author":{"name":"Ada","url":"javascript:x","post_author":true},
                  "content_html":"<p>x</p>","published":"nonsense","status":"published"},
                 {"id":"2","parent":"","author":{},"content_html":"","status":"quarantined"}]}"#,
        ))
        .expect("a page");
    assert_eq!(
        (page.announced, page.accepts),
        (Some(13), Some(Accepts::Moderated))
    );
    let limits = page.limits.expect("limits");
    assert_eq!(
        (limits.text_max, limits.name_max),
        (9, Limits::default().name_max)
    );
    assert_eq!(page.next, ["n"]);
    let [first, second] = &page.comments[..] else {
        panic!("two comments")
    };
    assert_eq!(
        (first.published, &first.author.url, first.author.wrote_post),
        (None, &None, true)
    );
    assert_eq!(
        (&second.parent, second.moderation),
        (&None, Moderation::Held)
    );
}

#[test]
fn each_answer_that_is_no_page_is_told_apart() {
    let problem = |kind: &str, status| {
        response(
            status,
            &format!(r#"{{"type":"urn:problem-type:causerie:{kind}","detail":"why"}}"#),
        )
    };
    let waiting = Response {
        headers: vec![("retry-after", "7".into())],
        ..problem("too-many-requests", 429)
    };
    let cases = [
        (problem("thread-not-found", 404), Error::NotFound),
        (response(404, "<h1>Not found</h1>"), Error::NotFound),
        (problem("thread-closed", 403), Error::Closed),
        (
            waiting,
            Error::TooMany {
                retry_after: Some(7),
            },
        ),
        (
            problem("internal", 500),
            Error::Status {
                status: 500,
                detail: "why".into(),
                retry_after: None,
            },
        ),
        (
            response(502, "<h1>Bad gateway</h1>"),
            Error::Status {
                status: 502,
                detail: String::new(),
                retry_after: None,
            },
        ),
        (
            response(200, " <!doctype html>"),
            Error::NotJson {
                found: "text/html".into(),
            },
        ),
    ];
    for (response, expected) in cases {
        assert_eq!(
            backend().parse_comments("", &response),
            Err(expected),
            "{response:?}"
        );
    }
    let wrong = backend().parse_comments("", &response(200, r#"{"comments":{}}"#));
    assert!(matches!(wrong, Err(Error::WrongShape { .. })), "{wrong:?}");
}

#[test]
fn a_refusal_names_its_fields() {
    let refused = submitted(&response(
        422,
        r#"{"type":"urn:problem-type:causerie:invalid-comment","detail":"all of it",
            "errors":{"content":{"code":"too-long","detail":"at most 5"},
                      "name":{"code":"required"},"colour":{"code":"invalid"}}}"#,
    ));
    let Err(Error::Refused(refusal)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(refusal.detail, "all of it");
    let fields: Vec<_> = refusal
        .fields
        .into_iter()
        .map(|problem| (problem.field, problem.fault))
        .collect();
    assert_eq!(
        fields,
        [
            (Field::Name, Fault::Required),
            (Field::Text, Fault::Other("at most 5".into()))
        ]
    );
}
