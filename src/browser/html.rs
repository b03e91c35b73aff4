//! The one place where foreign HTML enters the page: through the browser's own Sanitizer API, or
//! through DOMPurify, which the boot script loads where the browser has none.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{DocumentFragment, Element, HtmlTemplateElement};

/// Where the HTML comes from, which decides what it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The blogger: headings, images and tables too.
    Post,
    /// Anybody.
    Comment,
}

const TEXT_ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "dl",
    "dt",
    "em",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
    "var",
];
const POST_ELEMENTS: &[&str] = &[
    "caption",
    "details",
    "div",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "img",
    "section",
    "span",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
];
const TEXT_ATTRIBUTES: &[&str] = &["cite", "datetime", "dir", "href", "lang", "title"];
const POST_ATTRIBUTES: &[&str] = &[
    "alt", "colspan", "height", "rowspan", "scope", "src", "width",
];

/// Puts `html` into `element`, without anything that could run, load from elsewhere, or take a
/// name of the page. No attribute that styles or identifies gets through. Where the browser has
/// no sanitizer at all, the text is shown with its tags visible.
pub fn fill(element: &Element, html: &str, source: Source) {
    match sanitized(html, source) {
        Some(fragment) => {
            mend_links(&fragment, source);
            element.replace_children_with_node_1(&fragment);
        }
        None => element.set_text_content(Some(html)),
    }
}

fn sanitized(html: &str, source: Source) -> Option<DocumentFragment> {
    let document = web_sys::window()?.document()?;
    let template: HtmlTemplateElement = document.create_element("template").ok()?.unchecked_into();
    if Reflect::has(&template, &"setHTML".into()) == Ok(true) {
        let template_with_set_html: &SetHtml = template.unchecked_ref();
        template_with_set_html
            .set_html(html, &sanitizer_options(source))
            .ok()?;
        return Some(template.content());
    }
    let purify = Reflect::get(&js_sys::global(), &"DOMPurify".into()).ok()?;
    let sanitize: Function = Reflect::get(&purify, &"sanitize".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let clean = sanitize
        .call2(&purify, &html.into(), &purify_options(source))
        .ok()?;
    clean.dyn_into().ok()
}

#[wasm_bindgen]
extern "C" {
    /// <https://wicg.github.io/sanitizer-api/>, which web-sys does not know yet.
    type SetHtml;

    #[wasm_bindgen(method, catch, js_name = setHTML)]
    fn set_html(this: &SetHtml, html: &str, options: &Object) -> Result<(), JsValue>;
}

fn sanitizer_options(source: Source) -> Object {
    let (elements, attributes) = allowed(source);
    let sanitizer = object(&[
        ("elements", elements.into()),
        ("attributes", attributes.into()),
        ("comments", false.into()),
        ("dataAttributes", false.into()),
    ]);
    object(&[("sanitizer", sanitizer.into())])
}

fn purify_options(source: Source) -> Object {
    let (elements, attributes) = allowed(source);
    object(&[
        ("ALLOWED_TAGS", elements.into()),
        ("ALLOWED_ATTR", attributes.into()),
        ("ALLOW_DATA_ATTR", false.into()),
        ("ALLOW_ARIA_ATTR", false.into()),
        ("RETURN_DOM_FRAGMENT", true.into()),
    ])
}

fn allowed(source: Source) -> (js_sys::Array, js_sys::Array) {
    let list = |text: &[&str], post: &[&str]| {
        let post = if source == Source::Post { post } else { &[] };
        text.iter()
            .chain(post)
            .map(|name| JsValue::from_str(name))
            .collect()
    };
    (
        list(TEXT_ELEMENTS, POST_ELEMENTS),
        list(TEXT_ATTRIBUTES, POST_ATTRIBUTES),
    )
}

fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// Links lead to http, https and mailto only, and say who put them there.
fn mend_links(fragment: &DocumentFragment, source: Source) {
    let Ok(links) = fragment.query_selector_all("a[href]") else {
        return;
    };
    for at in 0..links.length() {
        let Some(link) = links
            .item(at)
            .and_then(|node| node.dyn_into::<Element>().ok())
        else {
            continue;
        };
        let href = link.get_attribute("href").unwrap_or_default();
        let scheme = href
            .split_once(':')
            .map(|(scheme, _)| scheme.trim().to_ascii_lowercase());
        let is_fine = match scheme.as_deref() {
            Some("http" | "https" | "mailto") => true,
            // A relative link of the blogger's leads into the blog; a reader's would lead nowhere known.
            Some(scheme) => source == Source::Post && scheme.contains(['/', '#', '?']),
            None => source == Source::Post,
        };
        let mended = match (is_fine, source) {
            (false, _) => link.remove_attribute("href"),
            (true, Source::Comment) => link.set_attribute("rel", "nofollow ugc noopener"),
            (true, Source::Post) => Ok(()),
        };
        // Neither can fail: both names are valid.
        let _ = mended;
    }
}
