//! What gets through `browser::html`, in a real browser.

use causerie::browser::html::{Source, fill};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Element;

wasm_bindgen_test_configure!(run_in_browser);

fn filled(html: &str, source: Source) -> Element {
    let document = web_sys::window()
        .expect("a window")
        .document()
        .expect("a document");
    let element = document.create_element("div").expect("an element");
    fill(&element, html, source, |host| format!("Image from {host}"));
    element
}

fn html(html: &str, source: Source) -> String {
    filled(html, source).inner_html()
}

#[wasm_bindgen_test]
fn text_stays_as_it_is() {
    let text = "<p>« Oui » :-) 😀</p><ul><li>one</li></ul><blockquote><p>said</p></blockquote>";
    assert_eq!(html(text, Source::Comment), text);
}

#[wasm_bindgen_test]
fn nothing_that_runs_styles_or_names_gets_through() {
    let cases = [
        ("<script>alert(1)</script><p>a</p>", "<p>a</p>"),
        (
            "<p onclick=\"alert(1)\" style=\"position:fixed\" class=\"x\" id=\"causerie\">a</p>",
            "<p>a</p>",
        ),
        ("<p data-target name=\"body\">a</p>", "<p>a</p>"),
        ("<iframe src=\"https://evil.example\"></iframe>b", "b"),
        // The parser itself moves a paragraph out of a drawing.
        ("<svg onload=alert(1)><p>c</p></svg>", "<p>c</p>"),
        ("<style>*{display:none}</style>d", "d"),
        ("<form id=location><input name=href></form>", ""),
        ("<!-- e -->f", "f"),
        ("<img src=x onerror=alert(1)>", ""),
    ];
    for (hostile, expected) in cases {
        assert_eq!(html(hostile, Source::Comment), expected, "{hostile}");
    }
}

#[wasm_bindgen_test]
fn links_lead_to_the_web_or_to_a_mailbox() {
    let link = |href: &str, source| {
        let element = filled(&format!("<a href=\"{href}\">x</a>"), source);
        let link = element
            .query_selector("a")
            .expect("a selector")
            .expect("a link");
        (link.get_attribute("href"), link.get_attribute("rel"))
    };
    let ugc = Some("nofollow ugc noopener".to_owned());
    for fine in [
        "https://a.example/",
        "HTTP://a.example",
        "mailto:a@b.example",
    ] {
        assert_eq!(
            link(fine, Source::Comment),
            (Some(fine.to_owned()), ugc.clone())
        );
        assert_eq!(link(fine, Source::Post), (Some(fine.to_owned()), None));
    }
    for bad in [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "blob:x",
        "vbscript:x",
    ] {
        assert_eq!(link(bad, Source::Comment).0, None, "{bad}");
        assert_eq!(link(bad, Source::Post).0, None, "{bad}");
    }
    assert_eq!(link("../other", Source::Comment).0, None);
    assert_eq!(
        link("../other?a=b:c", Source::Post).0,
        Some("../other?a=b:c".to_owned())
    );
}

#[wasm_bindgen_test]
fn an_image_of_a_comment_waits_for_a_click() {
    let comment = filled(
        "<p><img src=\"https://pictures.example/a.png\" alt=\"A cat\"><img src=\"data:image/png,x\"></p>",
        Source::Comment,
    );
    assert_eq!(
        comment.text_content().as_deref(),
        Some("Image from pictures.example")
    );
    let find = |selector| comment.query_selector(selector).expect("a selector");
    assert_eq!(find("img"), None);
    let button = find("button").expect("a button");
    let attribute = |name| button.get_attribute(name).unwrap_or_default();
    assert_eq!(attribute("data-image"), "https://pictures.example/a.png");
    assert_eq!(attribute("data-alt"), "A cat");
}

#[wasm_bindgen_test]
fn a_post_may_hold_more_than_a_comment() {
    let rich = "<h2>a</h2><figure><img src=\"a.png\" alt=\"b\"><figcaption>c</figcaption></figure>";
    assert_eq!(html(rich, Source::Post), rich);
    assert_eq!(
        filled(rich, Source::Comment).query_selector("h2, img, figure"),
        Ok(None)
    );
}
