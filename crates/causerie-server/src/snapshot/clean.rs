//! The one way in which foreign HTML gets into a snapshot: through ammonia, by the lists that the
//! client gives the browser's sanitizer.
//!
//! The client's `src/browser/html.rs` states the same policy. Two things are stricter here: an
//! address stands only where it has a meaning, and images in posts come by http and https only.
//! What is no part of the policy goes, and the text in it stays.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use causerie_core::policy::{POST_ATTRIBUTES, POST_ELEMENTS, TEXT_ATTRIBUTES, TEXT_ELEMENTS};
use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, end_tag, rewrite_str};
use url::Url;

use super::markup::{Markup, el};
use super::messages::{Messages, msg};

/// What a post of the blogger's may hold.
pub(super) fn post(html: &str) -> Markup {
    Markup::of_sanitized(POSTS.clean(html).to_string())
}

/// What a comment of anybody's may hold. Where it has an image there is a link to it: whoever put
/// it there would otherwise see who reads. An item without a list would end the row of the comment,
/// which is an item itself, and is taken for its text.
pub(super) fn comment(html: &str, messages: &Messages) -> Markup {
    let clean = COMMENTS.clean(html).to_string();
    if !clean.contains("<img") && !clean.contains("<li") {
        return Markup::of_sanitized(clean);
    }
    // No link stands in another.
    let linked = element!("a img", |image| {
        hold_back(image, messages, true);
        Ok(())
    });
    let bare = element!("img", |image| {
        if !image.removed() {
            hold_back(image, messages, false);
        }
        Ok(())
    });
    let lists = Rc::new(Cell::new(0_usize));
    let open_lists = Rc::clone(&lists);
    let list = element!("ul, ol", move |list| {
        lists.set(lists.get() + 1);
        let lists = Rc::clone(&lists);
        list.on_end_tag(end_tag!(move |_| {
            lists.set(lists.get() - 1);
            Ok(())
        }))
    });
    let item = element!("li", move |item| {
        if open_lists.get() == 0 {
            item.remove_and_keep_content();
        }
        Ok(())
    });
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(linked)
        .append_element_content_handler(bare)
        .append_element_content_handler(list)
        .append_element_content_handler(item);
    // What a sanitizer writes can be read; nothing at all is shown else.
    Markup::of_sanitized(rewrite_str(&clean, settings).unwrap_or_default())
}

const REL: &str = "nofollow ugc noopener";

fn hold_back(image: &mut Element, messages: &Messages, is_in_link: bool) {
    let source = image.get_attribute("src").unwrap_or_default();
    let source = htmlize::unescape_attribute(&source).into_owned();
    let url = Url::parse(&source).ok().filter(is_web);
    let host = url.and_then(|url| {
        let host = url.host_str()?;
        Some(match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    });
    let Some(host) = host else {
        return image.remove();
    };
    let offer = messages.with(msg::SHOW_IMAGE, &[("host", &host)]);
    let place = match is_in_link {
        true => el("span"),
        false => el("a").attr("href", &source).attr("rel", REL),
    };
    let place = Markup::from(place.class("image").text(&offer));
    image.replace(&place.into_html(), ContentType::Html);
}

/// Whether `address` is of http or https, or relative: of the page's own scheme.
pub(super) fn is_web_address(address: &str) -> bool {
    match Url::parse(address) {
        Ok(url) => is_web(&url),
        Err(error) => error == url::ParseError::RelativeUrlWithoutBase,
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

static COMMENTS: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = builder(TEXT_ELEMENTS, TEXT_ATTRIBUTES);
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // A reader's would lead nowhere known.
        .url_relative(UrlRelative::Deny)
        .link_rel(Some(REL));
    builder
});

static POSTS: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = builder(
        &[TEXT_ELEMENTS, POST_ELEMENTS].concat(),
        &[TEXT_ATTRIBUTES, POST_ATTRIBUTES].concat(),
    );
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None);
    builder
});

/// Elements whose content is no text for readers. Of all others that are not allowed it stays.
const WITHOUT_TEXT: [&str; 24] = [
    "annotation-xml",
    "audio",
    "canvas",
    "embed",
    "frameset",
    "head",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "option",
    "optgroup",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
    "xmp",
];

fn builder(elements: &[&'static str], attributes: &[&'static str]) -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(elements.iter().copied().collect())
        .clean_content_tags(HashSet::from(WITHOUT_TEXT))
        .generic_attributes(attributes.iter().copied().collect())
        .attribute_filter(|element, attribute, value| {
            let has_meaning = match attribute {
                "href" => element == "a",
                "alt" => element == "img",
                // Of an allowed scheme that is none for an image.
                "src" => element == "img" && is_web_address(value),
                // Which ammonia takes for a text.
                "cite" => {
                    ["blockquote", "del", "ins", "q"].contains(&element)
                        && Url::parse(value).is_ok_and(|url| is_web(&url))
                }
                _ => true,
            };
            has_meaning.then_some(Cow::Borrowed(value))
        });
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_that_of_the_client() {
        let messages = Messages::of(None);
        let comment = |html: &str| comment(html, &messages).into_html();
        let post = |html: &str| post(html).into_html();
        let link = "<a class=\"image\" href=\"https://a.example:8080/i.png?a=1&amp;b\" \
             rel=\"nofollow ugc noopener\">Show the image from a.example:8080</a>";
        let link = link.replace(
            "<a class=\"image\" href=\"https://a.example:8080/i.png?a=1&amp;b\" rel=\"nofollow ugc noopener\">",
            "<a href=\"https://a.example:8080/i.png?a=1&amp;b\" rel=\"nofollow ugc noopener\" class=\"image\">",
        );
        let image = "<img src='https://a.example:8080/i.png?a=1&amp;b' alt=x onerror=y>";
        let cases = [
            (comment(image), link.as_str()),
            (
                comment(&format!("<a href=https://b.example>{image}</a>")),
                "<a href=\"https://b.example\" rel=\"nofollow ugc noopener\">\
                 <span class=\"image\">Show the image from a.example:8080</span></a>",
            ),
            (
                comment("a<img src=/i.png><img src=data:image/png,x>b"),
                "ab",
            ),
            (
                comment("<a href=/here>x</a><a href=' JavaScript:x'>y</a>"),
                "<a rel=\"nofollow ugc noopener\">x</a><a rel=\"nofollow ugc noopener\">y</a>",
            ),
            (comment("<li>a<ul><li>b</ul><li>c"), "a<ul><li>b</li></ul>c"),
            (comment("<h2 id=a class=b style=c>x</h2>"), "x"),
            (
                post("<h2 id=a class=b style=c>x</h2><a href=/here target=_blank>y</a>"),
                "<h2>x</h2><a href=\"/here\">y</a>",
            ),
            (
                post("<img src=/i.png width=1><p src=javascript:x href=y>z<script>1</script>"),
                "<img src=\"/i.png\" width=\"1\"><p>z</p>",
            ),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
    }
}
