//! Between plain text and HTML, where a back end gives one and the other is needed.

/// Where `part` begins in `text`. Not `str::find`, whose search for long texts is two kilobytes.
#[inline(never)]
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    text.windows(part.len()).position(|window| window == part)
}

/// What comes before `part` in `text`, and what after.
pub(crate) fn split<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, part)?;
    Some((&text[..at], &text[at + part.len()..]))
}

/// `text` with its character references resolved, once. What is no reference stays as it is.
///
/// Numeric ones and those that WordPress and Isso write.
/// <https://html.spec.whatwg.org/multipage/named-characters.html>
pub(crate) fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        // The longest name known here has six letters, the longest number eight.
        let end = after.bytes().take(10).position(|byte| byte == b';');
        let reference = end.map(|end| (&after[..end], &after[end + 1..]));
        match reference.and_then(|(name, rest)| Some((referred(name)?, rest))) {
            Some((letter, after)) => {
                decoded.push(letter);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    decoded + rest
}

fn referred(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "hellip" => '…',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|letter| *letter != '\0')?
        }
    })
}

/// `text` with each `{name}` replaced by its value. Values are not looked through again.
pub fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, placeholder)) = rest.split_once('{') {
        let (name, after) = placeholder.split_once('}').unwrap_or((placeholder, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(before);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled + rest
}

/// What there is to read in `html`: without its tags, and with its references resolved.
pub(crate) fn plain(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    let mut is_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => is_tag = true,
            '>' => is_tag = false,
            letter if !is_tag => plain.push(letter),
            _ => {}
        }
    }
    decoded(plain.trim())
}

/// What there is to read in `html` after `begin` and before `end`; in all of it where there is no
/// such place.
pub(crate) fn between(html: &str, begin: &str, end: &str) -> String {
    let after = split(html, begin).map_or(html, |(_, after)| after);
    plain(split(after, end).map_or(after, |(inside, _)| inside))
}

/// Plain text as HTML: a paragraph wherever a line is empty.
pub(crate) fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        match (line.is_empty(), is_open) {
            (true, true) => html.push_str("</p>"),
            (true, false) => {}
            (false, true) => html.push_str("<br>"),
            (false, false) => html.push_str("<p>"),
        }
        is_open = !line.is_empty();
        for letter in line.chars() {
            match letter {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                letter => html.push(letter),
            }
        }
    }
    if is_open {
        html.push_str("</p>");
    }
    html
}

/// Whether `html` says what `text` says, as far as a renderer leaves letters and digits alone:
/// quotation marks, markup and white space may differ.
pub(crate) fn says(html: &str, text: &str) -> bool {
    // Of letters beyond ASCII all count but those that renderers make of quotes and dots.
    let counts = |letter: &char| match letter {
        '‘' | '’' | '“' | '”' | '„' | '«' | '»' | '…' | '–' | '—' => false,
        letter => letter.is_ascii_alphanumeric() || *letter > '\u{bf}',
    };
    let plain = plain(html);
    plain.chars().filter(counts).eq(text.chars().filter(counts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn references_are_resolved_once() {
        let cases = [
            ("Zo&#235; &amp; &#x27;Jo&#039;", "Zoë & 'Jo'"),
            ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
            ("&lt;b&gt;", "<b>"),
            (
                "R&D; &unknown; &#0; &#xD800; &#99999999999;",
                "R&D; &unknown; &#0; &#xD800; &#99999999999;",
            ),
            ("a & b", "a & b"),
            ("&", "&"),
        ];
        for (encoded, expected) in cases {
            assert_eq!(decoded(encoded), expected);
        }
    }

    #[test]
    fn tags_go_and_the_text_stays() {
        let html = "<p><strong>Error:</strong> Please fill in, isn&#8217;t it?</p>\n";
        assert_eq!(plain(html), "Error: Please fill in, isn’t it?");
    }

    #[test]
    fn the_same_words_are_told_from_others() {
        assert!(says(
            "<p>It&#8217;s &#8220;fine&#8221;</p>",
            "It's \"fine\""
        ));
        assert!(!says("<p>It is fine</p>", "It is not fine"));
    }

    proptest! {
        #[test]
        fn what_is_escaped_is_read_back(line in "[^\\s]{1,40}") {
            prop_assert_eq!(plain(&paragraphs(&line)), line);
        }

        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = (decoded(&text), plain(&text), paragraphs(&text), says(&text, &text));
        }
    }
}
