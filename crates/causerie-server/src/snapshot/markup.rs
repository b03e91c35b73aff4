//! HTML under construction. Text and attributes can only get into it escaped; the one other way in is
//! for what has been sanitized, and says so.

use serde::Serialize;

/// Finished HTML.
#[derive(Clone, Debug, Default)]
pub(super) struct Markup(String);

/// An element under construction. Named as in the client's `src/browser/view.rs`, so that views
/// that draw the same read the same.
pub(super) struct Build {
    tag: &'static str,
    attributes: String,
    inside: String,
}

/// Begins an element.
pub(super) fn el(tag: &'static str) -> Build {
    Build {
        tag,
        attributes: String::new(),
        inside: String::new(),
    }
}

impl Build {
    /// Sets an attribute.
    pub(super) fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push(' ');
        self.attributes.push_str(name);
        self.attributes.push_str("=\"");
        escape(value, &mut self.attributes);
        self.attributes.push('"');
        self
    }

    /// Sets an attribute, where there is a value for it.
    pub(super) fn maybe_attr(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Sets an attribute without a value, where it `is_set`.
    pub(super) fn flag(mut self, name: &'static str, is_set: bool) -> Self {
        if is_set {
            self.attributes.push(' ');
            self.attributes.push_str(name);
        }
        self
    }

    /// Sets the class.
    pub(super) fn class(self, class: &str) -> Self {
        self.attr("class", class)
    }

    /// Appends a text.
    pub(super) fn text(mut self, text: &str) -> Self {
        escape(text, &mut self.inside);
        self
    }

    /// Appends a child.
    pub(super) fn child(mut self, child: impl Into<Markup>) -> Self {
        self.inside.push_str(&child.into().0);
        self
    }

    /// Appends children, or the one that there may be.
    pub(super) fn children<T: Into<Markup>>(
        mut self,
        children: impl IntoIterator<Item = T>,
    ) -> Self {
        for child in children {
            self.inside.push_str(&child.into().0);
        }
        self
    }
}

/// Elements that have no end.
const VOID: [&str; 4] = ["br", "img", "input", "link"];

impl From<Build> for Markup {
    fn from(build: Build) -> Self {
        let Build {
            tag,
            attributes,
            inside,
        } = build;
        Self(if VOID.contains(&tag) {
            format!("<{tag}{attributes}>")
        } else {
            format!("<{tag}{attributes}>{inside}</{tag}>")
        })
    }
}

impl Markup {
    /// HTML that [`super::clean`] has sanitized, and nobody else.
    pub(super) fn of_sanitized(html: String) -> Self {
        Self(html)
    }

    /// This, and the element after it that there may be.
    pub(super) fn followed_by(mut self, next: Option<Build>) -> Self {
        self.0.push_str(&next.map(Self::from).unwrap_or_default().0);
        self
    }

    /// The HTML.
    pub(super) fn into_html(self) -> String {
        self.0
    }

    /// The same in ASCII: a page that does not say its encoding may be read in any.
    pub(super) fn into_ascii(self) -> String {
        let mut ascii = String::with_capacity(self.0.len());
        for letter in self.0.chars() {
            match letter.is_ascii() {
                true => ascii.push(letter),
                false => ascii.push_str(&format!("&#{};", u32::from(letter))),
            }
        }
        ascii
    }
}

/// A block of data. Browsers do not run it, so that no policy is against it.
pub(super) struct Data {
    kind: &'static str,
    json: String,
}

impl Data {
    /// The block of `value`, which says of what `kind` it is.
    pub(super) fn new(kind: &'static str, value: &impl Serialize) -> Self {
        // Fails for maps whose keys are no text, and ours are.
        let json = serde_json::to_string(value).unwrap_or_default();
        Self { kind, json }
    }

    /// The block in HTML.
    pub(super) fn into_html(self) -> String {
        self.escaped(|_| false)
    }

    /// The same in ASCII.
    pub(super) fn into_ascii(self) -> String {
        self.escaped(|letter| !letter.is_ascii())
    }

    fn escaped(self, is_escaped: impl Fn(char) -> bool) -> String {
        let kind = self.kind;
        let mut html = format!("<script type=\"{kind}\" data-causerie-snapshot>");
        let mut units = [0; 2];
        for letter in self.json.chars() {
            // `</script` would end it, and `<!--` would change what ends it.
            if letter == '<' || is_escaped(letter) {
                for unit in letter.encode_utf16(&mut units) {
                    html.push_str(&format!("\\u{unit:04x}"));
                }
            } else {
                html.push(letter);
            }
        }
        html + "</script>"
    }
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_gets_out_of_its_place() {
        let made = el("p")
            .attr("title", "\"><script>x</script>&amp;")
            .text("<b>&lt;</b>\"")
            .child(el("br"));
        assert_eq!(
            Markup::from(made).into_html(),
            "<p title=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;&amp;amp;\">\
             &lt;b&gt;&amp;lt;&lt;/b&gt;&quot;<br></p>"
        );
        let block = Data::new("application/json", &json!({ "a": "</script><!--<script>" }));
        assert_eq!(
            block.into_html(),
            "<script type=\"application/json\" data-causerie-snapshot>\
             {\"a\":\"\\u003c/script>\\u003c!--\\u003cscript>\"}</script>"
        );
    }
    #[test]
    fn where_no_encoding_is_declared_none_is_needed() {
        let made = Markup::from(el("p").attr("title", "é").text("😀"));
        assert_eq!(made.into_ascii(), "<p title=\"&#233;\">&#128512;</p>");
        let block = Data::new("a/b", &"é😀<");
        assert_eq!(
            block.into_ascii(),
            "<script type=\"a/b\" data-causerie-snapshot>\"\\u00e9\\ud83d\\ude00\\u003c\"</script>"
        );
    }
}
