//! The page around: its elements of ours are found, and what is written goes into them. Every other
//! byte stays as it was.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use lol_html::errors::RewritingError;
use lol_html::html_content::{ContentType, Element as Tag, TextChunk};
use lol_html::{RewriteStrSettings, element, end_tag, rewrite_str, text};
use serde_json::Value;
use url::Url;

use super::SnapshotError;

/// What a page says that matters here.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// Its elements of ours, in its order.
    pub(super) elements: Vec<Element>,
    /// Its title.
    pub(super) title: String,
    /// The data that an earlier snapshot has left in it.
    pub(super) earlier: Vec<Value>,
    /// Whether it says that it is UTF-8. Else its server has to, or nobody does.
    pub(super) has_encoding: bool,
    canonical: Option<String>,
    document_base: Option<String>,
    /// The address of the boot script, as it is written.
    script: Option<String>,
    /// Whether that script is in the head.
    pub(super) has_script_in_head: bool,
    charset: Option<String>,
}

/// An element of ours.
#[derive(Clone, Debug)]
pub(super) struct Element {
    /// Where it starts in the page, in bytes.
    pub(super) start: usize,
    /// Its attributes, in its order.
    pub(super) attributes: Vec<(String, String)>,
    /// Whether the whole page is the client's.
    pub(super) is_page: bool,
    /// Whether it shows a post.
    pub(super) has_post: bool,
    /// BCP 47, of the element, else of what is around it.
    pub(super) language: Option<String>,
}

impl Page {
    /// The address that relative ones of the page are resolved against.
    pub(super) fn base(&self, given: Option<&Url>) -> Option<Url> {
        let canonical = || Url::parse(self.canonical.as_deref()?).ok();
        let page = given.cloned().or_else(canonical)?;
        match &self.document_base {
            Some(base) => page.join(base).ok(),
            None => Some(page),
        }
    }

    /// The page's own address, as `public/causerie.js` has it: the canonical one, else the one that
    /// is given; empty where nobody says.
    pub(super) fn address(&self, given: Option<&Url>) -> String {
        let canonical = self.canonical.as_deref().and_then(|link| {
            let base = self.base(given);
            let absolute = base.map_or_else(|| Url::parse(link), |base| base.join(link));
            absolute.ok()
        });
        let address = canonical.or_else(|| given.cloned());
        address.map(String::from).unwrap_or_default()
    }

    /// The address of the folder with the client's files, with its slash, as it is written.
    pub(super) fn client(&self) -> Result<String, SnapshotError> {
        let script = self.script.as_deref().ok_or_else(|| {
            SnapshotError::new(
                "expected <script type=\"module\" src=\"…/causerie.js\"> in the page, found none: \
                 add it, because the style sheet is in the same folder",
            )
        })?;
        Ok(script.strip_suffix(SCRIPT).unwrap_or_default().to_owned())
    }
}

const SCRIPT: &str = "causerie.js";

const IN_HEAD: &str = "head > script[src]";

const OURS: &str = "causerie-thread, causerie-post, main#causerie";

/// What an earlier snapshot has left.
const LEFT: &str = "causerie-thread > template[shadowrootmode], \
     causerie-post > template[shadowrootmode], main#causerie > div.causerie, \
     causerie-thread > script[data-causerie-snapshot], \
     causerie-post > script[data-causerie-snapshot], main#causerie > script[data-causerie-snapshot], \
     causerie-thread > span[data-causerie-snapshot], causerie-post > span[data-causerie-snapshot], \
     link[rel=expect][data-causerie-snapshot]";

/// Their end may be left out, so that nobody knows here what they are around.
const ENDLESS: &str = "p li dt dd tr td th thead tbody tfoot option";

/// Reads a page.
pub(super) fn read(html: &str) -> Result<Page, SnapshotError> {
    let page = RefCell::new(Page::default());
    let languages: Rc<RefCell<Vec<String>>> = Rc::default();
    // What is in a template is not on the page.
    let templates: Rc<Cell<usize>> = Rc::default();
    let block = RefCell::new(String::new());
    let is_titled = Cell::new(false);

    let in_language = element!("[lang]", |tag| {
        let language = attribute(tag, "lang").filter(|language| !language.is_empty());
        let is_endless = ENDLESS.split(' ').any(|name| name == tag.tag_name());
        if let Some(language) = language.filter(|_| !is_endless)
            && tag.can_have_content()
        {
            languages.borrow_mut().push(language);
            let languages = Rc::clone(&languages);
            tag.on_end_tag(end_tag!(move |_| {
                languages.borrow_mut().pop();
                Ok(())
            }))?;
        }
        Ok(())
    });
    let in_template = element!("template, noscript", |tag| {
        templates.set(templates.get() + 1);
        let templates = Rc::clone(&templates);
        tag.on_end_tag(end_tag!(move |_| {
            templates.set(templates.get() - 1);
            Ok(())
        }))
    });
    let ours = element!(OURS, |tag| {
        if templates.get() == 0 {
            let around = languages.borrow().last().cloned();
            page.borrow_mut().elements.push(read_element(tag, around));
        }
        Ok(())
    });
    let link = element!("link[rel][href]", |tag| {
        let rel = attribute(tag, "rel").unwrap_or_default();
        if rel.eq_ignore_ascii_case("canonical") && templates.get() == 0 {
            let mut page = page.borrow_mut();
            page.canonical = page.canonical.take().or_else(|| attribute(tag, "href"));
        }
        Ok(())
    });
    let base = element!("base[href]", |tag| {
        let mut page = page.borrow_mut();
        page.document_base = page.document_base.take().or_else(|| attribute(tag, "href"));
        Ok(())
    });
    let script = element!("script[src]", |tag| {
        let mut page = page.borrow_mut();
        if page.script.is_none() {
            page.script = boot_script(tag);
        }
        Ok(())
    });
    let script_in_head = element!(IN_HEAD, |tag| {
        page.borrow_mut().has_script_in_head |= boot_script(tag).is_some();
        Ok(())
    });
    let charset = element!("meta", |tag| {
        let of_content = || {
            let content = attribute(tag, "content").filter(|_| tag.has_attribute("http-equiv"))?;
            Some(
                content
                    .to_ascii_lowercase()
                    .split_once("charset=")?
                    .1
                    .to_owned(),
            )
        };
        let found = attribute(tag, "charset").or_else(of_content);
        let mut page = page.borrow_mut();
        page.charset = page.charset.take().or(found);
        Ok(())
    });
    let title = text!("title", |chunk: &mut TextChunk| {
        if !is_titled.get() {
            page.borrow_mut().title.push_str(chunk.as_str());
            is_titled.set(chunk.last_in_text_node());
        }
        Ok(())
    });
    let earlier = text!(
        "script[data-causerie-snapshot][type=\"application/json\"]",
        |chunk: &mut TextChunk| {
            block.borrow_mut().push_str(chunk.as_str());
            if chunk.last_in_text_node() {
                // What is no JSON was not left by this program.
                page.borrow_mut()
                    .earlier
                    .extend(serde_json::from_str(&block.take()));
            }
            Ok(())
        }
    );
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(in_template)
        .append_element_content_handler(ours)
        .append_element_content_handler(in_language)
        .append_element_content_handler(link)
        .append_element_content_handler(base)
        .append_element_content_handler(script)
        .append_element_content_handler(script_in_head)
        .append_element_content_handler(charset)
        .append_element_content_handler(title)
        .append_element_content_handler(earlier);
    rewrite_str(html, settings).map_err(|error| not_html(&error))?;

    let mut page = page.into_inner();
    page.title = htmlize::unescape(&page.title).trim().to_owned();
    check(page)
}

fn check(mut page: Page) -> Result<Page, SnapshotError> {
    page.has_encoding = page.charset.is_some();
    let other = page.charset.as_deref().filter(|charset| {
        !["utf-8", "utf8"].contains(&charset.trim().to_ascii_lowercase().as_str())
    });
    if let Some(charset) = other {
        return Err(SnapshotError::new(format!(
            "expected a page in UTF-8, found {charset} in its <meta>: convert the page first"
        )));
    }
    if page.elements.is_empty() {
        return Err(SnapshotError::new(
            "expected <causerie-thread>, <causerie-post> or <main id=\"causerie\"> in the page, \
             found none: docs/embedding.md has the two lines that a page needs",
        ));
    }
    Ok(page)
}

fn read_element(tag: &Tag, around: Option<String>) -> Element {
    let name = tag.tag_name();
    let attributes = tag.attributes().iter().map(|attribute| {
        let value = attribute.value();
        let value = htmlize::unescape_attribute(&value);
        (attribute.name(), value.into_owned())
    });
    let own = attribute(tag, "lang").filter(|language| !language.is_empty());
    Element {
        start: tag.source_location().bytes().start,
        attributes: attributes.collect(),
        is_page: name == "main",
        has_post: name != "causerie-thread",
        language: own.or(around),
    }
}

/// The address of the boot script, where `tag` is that.
fn boot_script(tag: &Tag) -> Option<String> {
    let source = attribute(tag, "src")?;
    let path = source.split(['?', '#']).next().unwrap_or_default();
    let is_ours = path == SCRIPT || path.ends_with(&format!("/{SCRIPT}"));
    is_ours.then(|| path.to_owned())
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let value = tag.get_attribute(name)?;
    Some(htmlize::unescape_attribute(&value).into_owned())
}

/// The page with `pieces`, each in the element that starts at its place, in place of what an earlier
/// snapshot has left there. Nothing is to be painted before the element with the id `paints_at`.
pub(super) fn write(
    html: &str,
    pieces: &[(usize, String)],
    paints_at: Option<&str>,
) -> Result<String, SnapshotError> {
    let mut paints_at = paints_at;
    let head = element!(IN_HEAD, |tag| {
        if let Some(id) = paints_at.take_if(|_| boot_script(tag).is_some()) {
            let line = format!(
                "<link rel=\"expect\" href=\"#{id}\" blocking=\"render\" data-causerie-snapshot>"
            );
            tag.before(&line, ContentType::Html);
        }
        Ok(())
    });
    let left = element!(LEFT, |tag| {
        tag.remove();
        Ok(())
    });
    let ours = element!(OURS, |tag| {
        let start = tag.source_location().bytes().start;
        let piece = pieces.iter().find(|(place, _)| *place == start);
        if let Some((_, piece)) = piece {
            tag.prepend(piece, ContentType::Html);
        }
        Ok(())
    });
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(left)
        .append_element_content_handler(head)
        .append_element_content_handler(ours);
    rewrite_str(html, settings).map_err(|error| not_html(&error))
}

fn not_html(error: &RewritingError) -> SnapshotError {
    let error = error.to_string();
    let first = error.lines().next().unwrap_or_default();
    SnapshotError::new(format!(
        "expected HTML that can be read in one way, found: {first}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_browser_reads_it() {
        let html = "<!doctype html><html lang=en><head><title> Caf&eacute; &amp; co </title>\
             <link rel=Canonical href='https://b.example/a?x=1&amp;y=2'>\
             <script type=module src=/c/causerie.js?v=1></script></head><body>\
             <!-- <causerie-thread> --><template><causerie-thread></causerie-thread></template>\
             <p lang=de>Absatz<section lang=fr><causerie-thread thread=&quot;a&quot; ENDPOINT=./api>\
             </causerie-thread></section><causerie-post lang=''></causerie-post>\
             <svg><title>no</title></svg>";
        let page = read(html).expect("a page");
        assert_eq!(page.title, "Café & co");
        assert_eq!(page.address(None), "https://b.example/a?x=1&y=2");
        assert_eq!(page.client(), Ok("/c/".to_owned()));
        let [thread, post] = page.elements.as_slice() else {
            panic!("{:?}", page.elements);
        };
        assert_eq!(thread.language.as_deref(), Some("fr"));
        assert_eq!(
            thread.attributes,
            [("thread", "\"a\""), ("endpoint", "./api")].map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        assert_eq!(
            (post.language.as_deref(), post.has_post),
            (Some("en"), true)
        );
    }

    #[test]
    fn only_what_was_written_is_replaced() {
        let html = "<Causerie-Thread\n a=b >\n<p>mine<b>\n</causerie-thread >\r\n<p  x='y'>&amp<i>";
        let piece = |text: &str| {
            format!(
                "<template shadowrootmode=open><p>{text}</template>\
                 <script data-causerie-snapshot type=application/json>{{}}</script>"
            )
        };
        let write = |html: &str, text: &str| {
            let start = read(html).expect("a page").elements[0].start;
            write(html, &[(start, piece(text))], None).expect("a page")
        };
        let once = write(html, "one");
        assert_eq!(once.replace(&piece("one"), ""), html);
        assert_eq!(write(&once, "one"), once);
        assert_eq!(write(&write(&once, "two"), "one"), once);
    }

    #[test]
    fn the_first_paint_is_asked_to_wait_where_the_head_can_say_so() {
        let script = "<script type=module src=/c/causerie.js></script>";
        let embed = "<causerie-thread></causerie-thread>";
        let write = |html: &str, id: Option<&str>| super::write(html, &[], id).expect("a page");
        let html = format!("<head>{script}{script}</head>{embed}");
        assert!(read(&html).expect("a page").has_script_in_head);
        let once = write(&html, Some("a"));
        let line = "<link rel=\"expect\" href=\"#a\" blocking=\"render\" data-causerie-snapshot>";
        assert_eq!(once, format!("<head>{line}{script}{script}</head>{embed}"));
        assert_eq!(write(&once, Some("a")), once);
        assert_eq!(write(&once, None), html);

        let html = format!("<head></head>{script}{embed}");
        assert!(!read(&html).expect("a page").has_script_in_head);
        assert_eq!(write(&html, Some("a")), html);
    }

    #[test]
    fn what_is_no_page_of_ours_is_refused() {
        for (html, expected) in [
            ("<p>x", "expected <causerie-thread>"),
            ("<!-- <causerie-thread> -->", "expected <causerie-thread>"),
            (
                "<meta charset=latin1><causerie-thread>",
                "expected a page in UTF-8",
            ),
            (
                "<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-1'>\
                 <causerie-thread>",
                "expected a page in UTF-8, found iso-8859-1",
            ),
        ] {
            let error = read(html).expect_err("no page").to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
