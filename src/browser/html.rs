//! The one place where foreign HTML enters the page: through the browser's own Sanitizer API, or
//! through DOMPurify, which the boot script loads where the browser has none.

use causerie_core::policy::{POST_ATTRIBUTES, POST_ELEMENTS, TEXT_ATTRIBUTES, TEXT_ELEMENTS};
use js_sys::{Function, Object, Reflect, Symbol};
use wasm_bindgen::prelude::*;
use web_sys::{DocumentFragment, Element, HtmlTemplateElement, Url};

/// Where the HTML comes from, which decides what it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The blogger: headings, images and tables too.
    Post,
    /// Anybody.
    Comment,
}

/// Puts `html` into `element`, without anything that could run, load from elsewhere, or take a
/// name of the page. No attribute that styles or identifies gets through. Where the browser has
/// no sanitizer at all, the text is shown with its tags visible. An image of a comment becomes a
/// button with the text that `offer` makes of the image's host: whoever put it there would
/// otherwise see who reads.
pub fn fill(element: &Element, html: &str, source: Source, offer: impl Fn(&str) -> String) {
    match sanitized(html, source) {
        Some(fragment) => {
            mend_links(&fragment, source);
            if source == Source::Comment {
                hold_images_back(&fragment, &offer);
            }
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
        let set = |options: &Object| template_with_set_html.set_html(html, options).ok();
        let made = match source {
            Source::Post => set(&sanitizer_options(source)),
            Source::Comment => FOR_COMMENTS.with(set),
        };
        return made.map(|()| template.content());
    }
    // Under a symbol: it is ours alone.
    let global = js_sys::global();
    let sanitize = Reflect::get(&global, &Symbol::for_("causerie.sanitize")).ok()?;
    let (elements, attributes) = allowed(source);
    let clean = sanitize
        .dyn_ref::<Function>()?
        .call3(&global, &html.into(), &elements, &attributes)
        .ok()?;
    clean.dyn_into().ok()
}

#[wasm_bindgen]
extern "C" {
    /// <https://wicg.github.io/sanitizer-api/>, which web-sys does not know yet.
    type SetHtml;

    #[wasm_bindgen(method, catch, js_name = setHTML)]
    fn set_html(this: &SetHtml, html: &str, options: &Object) -> Result<(), JsValue>;

    type Sanitizer;

    #[wasm_bindgen(constructor, catch)]
    fn new(config: &Object) -> Result<Sanitizer, JsValue>;
}

thread_local! {
    /// Made once: to read the lists takes the browser longer than most comments do.
    static FOR_COMMENTS: Object = sanitizer_options(Source::Comment);
}

fn sanitizer_options(source: Source) -> Object {
    let (elements, attributes) = allowed(source);
    let config = object(&[
        ("elements", elements.into()),
        ("attributes", attributes.into()),
        ("comments", false.into()),
        ("dataAttributes", false.into()),
    ]);
    let sanitizer = Sanitizer::new(&config).map_or(config.into(), JsValue::from);
    object(&[("sanitizer", sanitizer)])
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

/// An object with these properties.
pub(super) fn object(entries: &[(&str, JsValue)]) -> Object {
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

/// Puts a button in the place of each image. The fragment is of an inert document: nothing has
/// been loaded yet.
fn hold_images_back(fragment: &DocumentFragment, offer: &impl Fn(&str) -> String) {
    while let Ok(Some(image)) = fragment.query_selector("img") {
        let address = image.get_attribute("src").unwrap_or_default();
        let url = Url::new(&address).ok();
        let url = url.filter(|url| ["https:", "http:"].contains(&url.protocol().as_str()));
        match (url, web_sys::window().and_then(|window| window.document())) {
            (Some(url), Some(document)) => {
                // Fails for no valid name only.
                let button = document.create_element("button").unwrap_throw();
                let alt = image.get_attribute("alt").unwrap_or_default();
                for (name, value) in [
                    ("type", "button"),
                    ("data-image", &address),
                    ("data-alt", &alt),
                ] {
                    let _ = button.set_attribute(name, value);
                }
                button.set_text_content(Some(&offer(&url.host())));
                let _ = image.replace_with_with_node_1(&button);
            }
            _ => image.remove(),
        }
    }
}
