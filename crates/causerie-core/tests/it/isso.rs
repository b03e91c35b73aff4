use causerie_core::{
    Act, Backend, Comment, CommentId, Config, Done, Error, Fault, Field, Method, Moderation,
    Settings, Votes,
};

use crate::recorded::{answer, draft, submission};

fn server() -> Backend {
    let settings = Settings::from_iter([
        ("backend", "isso"),
        ("endpoint", "https://isso.example/"),
        ("shows", "thread"),
        ("page", "https://blog.example/a-post/"),
    ]);
    Config::read(&settings).expect("good settings").backend
}

fn submitted(name: &str) -> Result<Option<Comment>, Error> {
    let draft = draft("Zoé", "", "Bonjour");
    server().parse_submitted(&submission("/p/", None, &draft), &answer(name))
}

#[test]
fn a_thread_is_flattened_with_its_replies() {
    let page = server()
        .parse_comments("", &answer("isso/02-list-thread"))
        .expect("a thread");
    assert_eq!((page.announced, page.comments.len()), (Some(12), 12));
    assert!(page.next.is_empty());
    let reply = page
        .comments
        .iter()
        .find(|comment| comment.parent.is_some())
        .expect("a reply");
    assert_eq!(reply.parent, Some(CommentId::new("1")));
    assert_eq!(
        page.comments[0]
            .published
            .map(|time| time.to_string())
            .as_deref(),
        Some("2026-01-06T09:52:02Z")
    );
    assert_eq!(page.comments[0].votes, Some(Votes { up: 0, down: 0 }));
    assert!(!page.limits.expect("its settings").needs_name);
}

#[test]
fn what_is_left_out_is_asked_for_piece_by_piece() {
    let page = server()
        .parse_comments("", &answer("isso/03-list-limited"))
        .expect("a piece");
    // Recorded with two threads and one reply to each: both are cut, and the second too.
    assert_eq!(page.next[0], "&offset=100");
    assert!(
        page.next[1..]
            .iter()
            .all(|cursor| cursor.starts_with("&parent=")),
        "{:?}",
        page.next
    );
    let replies = server().parse_comments(
        "&parent=1&offset=100",
        &answer("isso/05-list-replies-of-one-root"),
    );
    let replies = replies.expect("replies");
    assert_eq!((replies.announced, replies.next.len()), (None, 0));
    assert_eq!(replies.comments[0].parent, Some(CommentId::new("1")));
}

#[test]
fn an_empty_thread_is_empty_and_a_deleted_comment_holds_its_place() {
    let empty = server()
        .parse_comments("", &answer("isso/08-list-empty-thread"))
        .expect("a thread");
    assert_eq!((empty.announced, empty.comments.len()), (Some(0), 0));
    let page = server()
        .parse_comments("", &answer("isso/39-list-after-delete"))
        .expect("a thread");
    let husks = page
        .comments
        .iter()
        .filter(|comment| comment.moderation == Moderation::Deleted);
    assert_eq!(husks.count(), 1);
}

#[test]
fn a_comment_goes_with_the_cookie_its_title_and_a_number_for_its_parent() {
    let draft = draft("", "", "Bonjour");
    let parent = CommentId::new("7");
    let request = server().submit(&submission("/p/ä", Some(&parent), &draft));
    assert!(request.with_cookies);
    assert_eq!(request.url, "https://isso.example/new?uri=%2Fp%2F%C3%A4");
    assert_eq!(
        request.body.as_deref(),
        Some(
            r#"{"text":"Bonjour","author":null,"email":null,"website":null,"parent":7,"title":"A title"}"#
        )
    );
}

#[test]
fn each_answer_to_a_comment_is_understood() {
    let published = submitted("isso/15-post-ok")
        .expect("stored")
        .expect("given back");
    assert_eq!(
        (published.author.name.as_str(), published.moderation),
        ("Zoé", Moderation::Published)
    );
    let held = submitted("isso/45-moderation-post-held")
        .expect("stored")
        .expect("given back");
    assert_eq!(held.moderation, Moderation::Held);
    let at = |name: &str| match submitted(name) {
        Err(Error::Refused(refusal)) => refusal
            .fields
            .into_iter()
            .next()
            .map(|it| (it.field, it.fault)),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(
        at("isso/20-post-text-missing"),
        Some((Field::Text, Fault::Required))
    );
    assert_eq!(
        at("isso/21-post-text-too-short"),
        Some((Field::Text, Fault::TooShort { min: 3, found: 0 }))
    );
    assert_eq!(
        at("isso/22-post-text-too-long"),
        Some((
            Field::Text,
            Fault::TooLong {
                max: 65_535,
                found: 0
            }
        ))
    );
    assert_eq!(
        at("isso/23-post-bad-website"),
        Some((Field::Url, Fault::NotAnAddress))
    );
    assert_eq!(
        at("isso/24-post-email-too-long"),
        Some((Field::Email, Fault::NotAnEmail))
    );
    assert!(matches!(
        submitted("isso/27-post-broken-json"),
        Err(Error::Refused(refusal)) if refusal.detail == "Unable to read JSON request"
    ));
    assert_eq!(
        submitted("isso/43-guard-ratelimit"),
        Err(Error::TooMany {
            retry_after: Some(60)
        })
    );
}

#[test]
fn votes_edits_deletions_and_previews() {
    let id = || CommentId::new("13");
    let done = |act: &Act, name: &str| server().parse_act(act, &answer(name));
    let like = Act::Vote(id(), true);
    let request = server().act(&like).expect("a request");
    assert_eq!(
        (request.method, request.url.as_str()),
        (Method::Post, "https://isso.example/id/13/like")
    );
    assert_eq!(
        done(&like, "isso/35-like"),
        Ok(Done::Voted(Votes { up: 1, down: 0 }))
    );
    let source = Act::Source(id());
    assert_eq!(
        done(&source, "isso/36-view-own-source"),
        Ok(Done::Text("edited text".into()))
    );
    let preview = Act::Preview("x".into());
    let html = "<p><strong>bold</strong> <code>code</code></p>";
    assert_eq!(
        done(&preview, "isso/30-preview"),
        Ok(Done::Text(html.into()))
    );

    let edit = Act::Edit(id(), "edited text".into());
    assert!(matches!(
        done(&edit, "isso/33-edit-with-cookie"),
        Ok(Done::Changed(comment)) if comment.html == "<p>edited text</p>" && comment.updated.is_some()
    ));
    assert!(matches!(
        done(&edit, "isso/34-edit-without-cookie"),
        Err(Error::Refused(_))
    ));
    let delete = Act::Delete(id());
    assert!(matches!(
        done(&delete, "isso/38-delete-with-cookie"),
        Ok(Done::Changed(comment)) if comment.moderation == Moderation::Deleted
    ));
    assert!(matches!(
        done(&delete, "isso/37-delete-without-cookie"),
        Err(Error::Refused(_))
    ));
}
