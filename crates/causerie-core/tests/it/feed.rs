use causerie_core::{Accepts, Error, Feed, Response};

fn read(body: &str) -> Result<Feed, Error> {
    Feed::parse(&Response {
        status: 200,
        body: body.into(),
        ..Response::default()
    })
}

#[test]
fn a_whole_feed_gives_posts_that_inherit_what_they_lack() {
    let feed = read(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"Notes","language":"fr",
            "authors":[{"name":"Ada","url":"javascript:x"}],
            "items":[
              {"id":"https://blog.example/1","url":"https://blog.example/1","title":"One",
               "content_html":"<p>x</p>","date_published":"2026-01-02T03:04:05Z","tags":["a"],
               "_causerie":{"thread":"one","comment_count":13,"accepts":"closed"}},
              {"id":2,"language":"en","content_text":"a < b\n\nc\nd","author":{"name":"Bob"}}]}"#,
    )
    .expect("a feed");
    let [one, two] = &feed.posts[..] else {
        panic!("two posts")
    };
    assert_eq!(
        (one.thread.as_str(), one.comment_count, one.accepts),
        ("one", Some(13), Accepts::Closed)
    );
    assert_eq!(
        (one.authors[0].name.as_str(), &one.authors[0].url),
        ("Ada", &None)
    );
    assert_eq!(one.language.as_deref(), Some("fr"));
    assert_eq!(
        (two.id.as_str(), two.thread.as_str(), two.comment_count),
        ("2", "2", None)
    );
    assert_eq!(two.html, "<p>a &lt; b</p><p>c<br>d</p>");
    assert_eq!(
        (two.authors[0].name.as_str(), two.language.as_deref()),
        ("Bob", Some("en"))
    );
    for key in ["https://blog.example/1", "one"] {
        assert_eq!(feed.find(key), Some(one));
    }
    assert_eq!(feed.find("three"), None);
}

#[test]
fn a_bare_item_is_a_feed_of_one() {
    let feed =
        read(r#"{"id":"x","title":"One","content_html":"<p>x</p>","authors":[{"name":"Ada"}]}"#);
    let feed = feed.expect("an item");
    let post = feed.find("x").expect("the item");
    assert_eq!(
        (post.title.as_str(), post.authors[0].name.as_str()),
        ("One", "Ada")
    );
}

#[test]
fn what_is_no_feed_is_refused_with_what_was_found() {
    assert!(matches!(read("[]"), Err(Error::WrongShape { .. })));
    assert!(matches!(
        read(r#"{"title":"x"}"#),
        Err(Error::WrongShape { .. })
    ));
    assert!(matches!(read("<html>"), Err(Error::NotJson { .. })));
}

#[test]
fn reading_time_counts_words_and_not_tags() {
    let post = |html: &str| {
        let body = serde_json::json!({ "id": "x", "content_html": html }).to_string();
        read(&body).expect("an item").posts[0].reading_minutes()
    };
    assert_eq!(post(""), 1);
    assert_eq!(post(&"<p class='a b c d'>l’été d'hier </p>".repeat(230)), 2);
    assert_eq!(post(&"字".repeat(1_500)), 3);
}
