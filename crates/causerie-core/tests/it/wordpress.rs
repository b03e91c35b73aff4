use causerie_core::{
    Accepts, Backend, Comment, CommentId, Config, Error, Fault, Field, Moderation, Response,
    Settings, Verdict,
};

use crate::recorded::{answer, draft, submission};

fn site(endpoint: &str) -> Backend {
    let settings = Settings::from_iter([
        ("backend", "wordpress"),
        ("endpoint", endpoint),
        ("thread", "8"),
        ("shows", "thread"),
        ("page", "https://blog.example/a-post/"),
    ]);
    Config::read(&settings).expect("good settings").backend
}

fn submitted(name: &str) -> Result<Option<Comment>, Error> {
    let draft = draft("Zoë", "", "Bonjour");
    site("/wp-json").parse_submitted(&submission("8", None, &draft), &answer(name))
}

/// Whoever stands between may have given it, and taken the comment.
#[test]
fn an_answer_without_the_comment_settles_nothing() {
    let draft = draft("Zoë", "", "Bonjour");
    for body in ["\"yes\"", "{\"hello\":\"world\"}", "[]", "null"] {
        let response = Response {
            status: 200,
            body: body.to_owned(),
            ..Response::default()
        };
        let read = site("/wp-json").parse_submitted(&submission("8", None, &draft), &response);
        assert_eq!(read.map_err(|error| error.verdict()), Err(Verdict::Unknown));
    }
}

/// WordPress says 409 of a duplicate, on the page of its form too.
#[test]
fn a_gateways_page_with_409_settles_nothing() {
    let draft = draft("Zoë", "", "Bonjour");
    let response = Response {
        status: 409,
        body: "<!doctype html><title>Conflict</title>".to_owned(),
        ..Response::default()
    };
    let read = site("/wp-json").parse_submitted(&submission("8", None, &draft), &response);
    assert_eq!(read.map_err(|error| error.verdict()), Err(Verdict::Refused));
}

#[test]
fn both_kinds_of_permalinks_and_the_bare_address_are_understood() {
    let cases = [
        (
            "https://blog.example/wp-json",
            "https://blog.example/wp-json/wp/v2/posts?slug=a-post&",
        ),
        (
            "https://blog.example/wp-json/wp/v2/",
            "https://blog.example/wp-json/wp/v2/posts?slug=",
        ),
        (
            "https://blog.example/?rest_route=/",
            "https://blog.example/?rest_route=/wp/v2/posts&slug=",
        ),
        (
            "https://blog.example/index.php?rest_route=/",
            "https://blog.example/?rest_route=/wp/v2/posts&slug=a-post&",
        ),
        (
            "https://blog.example/",
            "https://blog.example/?rest_route=/wp/v2/posts&slug=a-post&",
        ),
        ("/blog/wp-json", "/blog/wp-json/wp/v2/posts?slug=a-post&"),
    ];
    for (endpoint, expected) in cases {
        let url = site(endpoint).list_comments("", "posts/slug/a-post").url;
        assert!(url.starts_with(expected), "{url}");
    }
}

#[test]
fn a_slug_leads_to_the_id_and_that_to_all_pages() {
    let site = site("/wp-json");
    assert_eq!(site.first_cursors("post-12"), ["posts/slug/post-12"]);
    let post = site.parse_comments(
        "posts/slug/post-12",
        &answer("wordpress/03-post-by-slug-fields"),
    );
    let post = post.expect("a post");
    assert_eq!(post.next, ["comments/8/1"]);
    assert_eq!(
        (post.thread.as_deref(), post.accepts),
        (Some("8"), Some(Accepts::Open))
    );

    let page = site.parse_comments("comments/8/1", &answer("wordpress/06-comments-page-1"));
    let page = page.expect("a page");
    assert_eq!(page.announced, Some(12));
    assert_eq!(page.next, ["comments/8/2", "comments/8/3"]);
    assert_eq!(page.comments.len(), 5);
    let first = &page.comments[0];
    assert_eq!((first.id.as_str(), &first.parent), ("1", &None));
    assert_eq!(
        first.published.map(|time| time.to_string()).as_deref(),
        Some("2026-01-06T09:52:02Z")
    );
    assert!(page.comments.iter().any(|comment| comment.parent.is_some()));
}

#[test]
fn what_is_no_post_may_be_a_page_and_what_is_neither_is_not_there() {
    let site = site("/wp-json");
    let unknown = answer("wordpress/04-post-by-slug-unknown");
    let next = site
        .parse_comments("posts/slug/about", &unknown)
        .map(|piece| piece.next);
    assert_eq!(next, Ok(vec!["pages/slug/about".to_owned()]));
    let page = site.parse_comments("pages/slug/about", &unknown);
    assert_eq!(page, Err(Error::NotFound));
}

#[test]
fn a_guest_writes_as_a_form_and_leaves_out_what_is_empty() {
    let draft = draft("Zoë", "", "a & b");
    let parent = CommentId::new("30");
    let request =
        site("https://blog.example/wp-json").submit(&submission("8", Some(&parent), &draft));
    assert_eq!(request.url, "https://blog.example/wp-json/wp/v2/comments");
    assert_eq!(
        request.body.as_deref(),
        Some("post=8&content=a%20%26%20b&author_name=Zo%C3%AB&parent=30")
    );
}

#[test]
fn each_answer_to_a_comment_is_understood() {
    let published = submitted("wordpress/29-rest-post-ok")
        .expect("stored")
        .expect("given back");
    assert_eq!(published.moderation, Moderation::Published);
    let held = submitted("wordpress/47-rest-post-held")
        .expect("stored")
        .expect("given back");
    assert_eq!(held.moderation, Moderation::Held);
    for duplicate in [
        "wordpress/31-rest-post-duplicate",
        "wordpress/24-form-post-duplicate",
    ] {
        assert_eq!(submitted(duplicate), Ok(None), "{duplicate}");
    }
    let flood = Err(Error::TooMany {
        retry_after: Some(15),
    });
    assert_eq!(submitted("wordpress/52-rest-post-flood-second"), flood);
    assert_eq!(submitted("wordpress/23-form-post-flood"), flood);
    assert_eq!(
        submitted("wordpress/42-rest-post-closed"),
        Err(Error::Closed)
    );
    assert_eq!(
        submitted("wordpress/41-rest-post-unknown-post"),
        Err(Error::NotFound)
    );
    assert_eq!(
        submitted("wordpress/21-rest-post-anonymous-default"),
        Err(Error::GuestsRefused)
    );
}

#[test]
fn a_refusal_stands_at_its_field() {
    let fields = |name: &str| match submitted(name) {
        Err(Error::Refused(refusal)) => {
            let fields = refusal.fields.into_iter();
            fields
                .map(|problem| (problem.field, problem.fault))
                .collect::<Vec<_>>()
        }
        other => panic!("{name}: {other:?}"),
    };
    let missing = vec![
        (Field::Name, Fault::Required),
        (Field::Email, Fault::Required),
    ];
    assert_eq!(fields("wordpress/36-rest-post-no-author"), missing);
    assert_eq!(fields("wordpress/25-form-post-missing-author"), missing);
    assert_eq!(
        fields("wordpress/34-rest-post-no-content"),
        [(Field::Text, Fault::Required)]
    );
    assert_eq!(
        fields("wordpress/37-rest-post-bad-email"),
        [(Field::Email, Fault::Other("Invalid email address.".into()))]
    );
    assert_eq!(
        fields("wordpress/38-rest-post-content-too-long")[0].0,
        Field::Text
    );
    assert_eq!(
        fields("wordpress/39-rest-post-author-too-long")[0].0,
        Field::Name
    );
}

#[test]
fn the_classic_form_is_the_second_way_on_the_same_origin_only() {
    let draft = draft("Zoë", "zoe@blog.example", "Bonjour");
    let comment = submission("8", None, &draft);
    let refused = Error::GuestsRefused;
    let elsewhere = site("https://other.example/wp-json");
    assert_eq!(elsewhere.submit_otherwise(&comment, &refused), None);
    let here = site("https://blog.example/wp-json");
    assert_eq!(here.submit_otherwise(&comment, &Error::Closed), None);
    let form = here
        .submit_otherwise(&comment, &refused)
        .expect("a second way");
    assert_eq!(form.url, "https://blog.example/wp-comments-post.php");
    assert!(
        form.body
            .expect("fields")
            .starts_with("comment_post_ID=8&comment_parent=0&author=Zo%C3%AB")
    );
}
