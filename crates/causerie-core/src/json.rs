//! JSON as the client reads and writes it.
//!
//! Not by serde_json, whose values and writer are six kilobytes more for each reader to download;
//! the property tests hold this to what serde_json makes of the same text.
//! [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259).

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Json {
    /// `null`, and whatever is not there.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// As it was written: ids may be longer than any number type.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in the order it was written. Of two members of one name the first counts.
    Object(Vec<(String, Json)>),
}

/// How deep lists and objects may be in one another.
const DEEPEST: usize = 64;

static NULL: Json = Json::Null;

impl Json {
    /// Reads a text that is one value.
    ///
    /// # Errors
    /// Where in the text it stops being JSON, in bytes.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut parser = Parser { text, at: 0 };
        match parser.value(0) {
            Some(value) if parser.peek().is_none() => Ok(value),
            _ => Err(parser.at),
        }
    }

    /// An object of these members.
    pub fn object(members: Vec<(&str, Self)>) -> Self {
        let owned = members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Self::Object(owned.collect())
    }

    /// A member of an object; null where there is none.
    pub fn get(&self, name: &str) -> &Self {
        let Self::Object(members) = self else {
            return &NULL;
        };
        let found = members.iter().find(|(known, _)| known == name);
        found.map_or(&NULL, |(_, value)| value)
    }

    /// The elements of a list; none of anything else.
    pub fn list(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            _ => &[],
        }
    }

    /// The elements, where this is a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The text; empty for anything else.
    pub fn str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// The text; a number counts as its digits, for ids that some write as numbers.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// A whole number.
    pub fn whole(&self) -> Option<i64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub fn count(&self) -> Option<usize> {
        self.whole().and_then(|number| usize::try_from(number).ok())
    }

    /// Whether it is `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// Whether it is `null`, or a member that is not there.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Appends the value as JSON.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(digits) => out.push_str(digits),
            Self::Text(text) => write_text(text, out),
            Self::List(elements) => {
                out.push('[');
                for (at, element) in elements.iter().enumerate() {
                    separate(at, out);
                    element.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    separate(at, out);
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// The value as JSON.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Null where there is no text.
impl From<Option<&str>> for Json {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number.to_string())
    }
}

fn separate(at: usize, out: &mut String) {
    if at > 0 {
        out.push(',');
    }
}

fn write_text(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '\0'..='\x1f' => {
                let code = letter as usize;
                out.push_str("\\u00");
                out.push(HEX[code >> 4].into());
                out.push(HEX[code & 15].into());
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

struct Parser<'a> {
    text: &'a str,
    /// Always at the beginning of a character.
    at: usize,
}

// `None` says that what comes at `at` is not JSON.
impl Parser<'_> {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let next = self.byte()?;
            if !matches!(next, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(next);
            }
            self.at += 1;
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, word: &str) -> Option<()> {
        self.text.as_bytes()[self.at..]
            .starts_with(word.as_bytes())
            .then(|| self.at += word.len())
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'n' => self.expect("null").map(|()| Json::Null),
            b't' => self.expect("true").map(|()| Json::Bool(true)),
            b'f' => self.expect("false").map(|()| Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => {
                let mut elements = Vec::new();
                self.members(b']', |parser| {
                    elements.push(parser.value(depth + 1)?);
                    Some(())
                })?;
                Some(Json::List(elements))
            }
            b'{' => {
                let mut members = Vec::new();
                self.members(b'}', |parser| {
                    parser.peek().filter(|next| *next == b'"')?;
                    let name = parser.string()?;
                    parser.peek()?;
                    parser.expect(":")?;
                    members.push((name, parser.value(depth + 1)?));
                    Some(())
                })?;
                Some(Json::Object(members))
            }
            _ => self.number(),
        }
    }

    /// What stands between brackets, separated by commas.
    fn members(&mut self, end: u8, mut read: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        if self.peek()? == end {
            self.at += 1;
            return Some(());
        }
        loop {
            read(self)?;
            let next = self.peek()?;
            self.at += 1;
            if next == end {
                return Some(());
            }
            if next != b',' {
                self.at -= 1;
                return None;
            }
        }
    }

    fn digits(&mut self) -> Option<()> {
        let begin = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > begin).then_some(())
    }

    fn number(&mut self) -> Option<Json> {
        let begin = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(Json::Number(self.text[begin..self.at].to_owned()))
    }

    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let begin = self.at;
            while !matches!(self.byte()?, b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            string.push_str(&self.text[begin..self.at]);
            match self.byte()? {
                b'"' => {
                    self.at += 1;
                    return Some(string);
                }
                b'\\' => {
                    self.at += 1;
                    string.push(self.escaped()?);
                }
                _ => return None,
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let kind = self.byte()?;
        let letter = match kind {
            b'"' | b'\\' | b'/' => kind.into(),
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.code_point();
            }
            _ => return None,
        };
        self.at += 1;
        Some(letter)
    }

    /// Half of a pair without the other stands for no letter; a sign of that is all that is left.
    fn code_point(&mut self) -> Option<char> {
        let unit = self.code_unit()?;
        let back = self.at;
        if (0xd800..0xdc00).contains(&unit) && self.expect("\\u").is_some() {
            let low = self.code_unit()?;
            if (0xdc00..0xe000).contains(&low) {
                return char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
            }
            self.at = back;
        }
        Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn code_unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + char::from(self.byte()?).to_digit(16)?;
            self.at += 1;
        }
        Some(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn serde(json: &Json) -> Option<Value> {
        serde_json::from_str(&json.to_text()).ok()
    }

    #[test]
    fn what_is_json_and_what_is_not() {
        let good = [
            " [1, -0.5e+3 ,\"a\\u00e9\\ud83d\\ude00\\n\\/\", {}, [], {\"a\":null,\"b\":true}] ",
            "\"\"",
            "0",
            "{\"a\":{\"b\":[false]}}",
        ];
        for text in good {
            let value: Value = serde_json::from_str(text).expect(text);
            assert_eq!(
                Json::parse(text).map(|json| serde(&json)),
                Ok(Some(value)),
                "{text}"
            );
        }
        let bad = [
            "",
            " ",
            "nul",
            "[1,]",
            "[1 2]",
            "{\"a\"}",
            "{a:1}",
            "01",
            "1.",
            "-",
            "+1",
            ".5",
            "1e",
            "\"a",
            "\"\\x\"",
            "\"\n\"",
            "\"\\u12\"",
            "[",
            "{",
            "[]]",
            "{\"a\":1,}",
            "tru e",
        ];
        for text in bad {
            assert!(Json::parse(text).is_err(), "{text}");
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        }
        assert!(Json::parse(&"[".repeat(100_000)).is_err());
        assert_eq!(
            Json::parse("\"\\ud83dx\""),
            Ok(Json::Text("\u{fffd}x".into()))
        );
        assert_eq!(Json::parse("[1, x]"), Err(4));
    }

    #[test]
    fn numbers_keep_all_their_digits() {
        let id = Json::parse("18446744073709551616123").expect("a number");
        assert_eq!(id.text().as_deref(), Some("18446744073709551616123"));
        assert_eq!((id.whole(), id.count()), (None, None));
        assert_eq!(Json::from(-7_i64).whole(), Some(-7));
        assert_eq!(Json::from(-7_i64).count(), None);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                proptest::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_and_writes_what_serde_json_does(value in any_json()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).expect("JSON")] {
                let json = Json::parse(&text);
                prop_assert_eq!(json.map(|json| serde(&json)), Ok(Some(value.clone())));
            }
        }

        #[test]
        fn takes_no_text_that_serde_json_refuses(text in "[\\[\\]{}:,\"\\\\ua1-9.eE+ntrfls\\-]{0,12}") {
            if serde_json::from_str::<Value>(&text).is_err() {
                // Lone halves of pairs are refused there, and read here; numbers out of range too.
                let is_lenient = text.contains("\\u") || text.contains(['e', 'E']);
                prop_assert!(is_lenient || Json::parse(&text).is_err(), "{}", text);
            } else {
                prop_assert!(Json::parse(&text).is_ok(), "{}", text);
            }
        }

        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = Json::parse(&text);
        }
    }
}
