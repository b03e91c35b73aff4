use crate::Json;

/// An HTTP request as a value. Whoever has a network sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is to be done.
    pub method: Method,
    /// Absolute, or relative to the page.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Sent as it is.
    pub body: Option<String>,
    /// Whether the server's cookies go with it, also to another origin.
    pub with_cookies: bool,
    /// Whether what the browser has kept is good only if the server says so (`If-None-Match`).
    pub is_fresh: bool,
}

impl Request {
    /// A request without a body, for JSON.
    pub fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            headers: vec![("accept", "application/json".to_owned())],
            body: None,
            with_cookies: false,
            is_fresh: false,
        }
    }

    /// A GET that asks for JSON.
    pub fn get(url: String) -> Self {
        Self::new(Method::Get, url)
    }

    /// A POST of a JSON `body`.
    pub fn post_json(url: String, body: &Json) -> Self {
        Self::new(Method::Post, url).with_body("application/json", body.to_text())
    }

    /// A POST of `fields` as a browser sends a form.
    pub fn post_form(url: String, fields: &[(&str, &str)]) -> Self {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", percent_encoded(value));
        let body: Vec<_> = fields.iter().map(pair).collect();
        Self::new(Method::Post, url).with_body("application/x-www-form-urlencoded", body.join("&"))
    }

    /// The same request with one header more.
    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same request with a body.
    pub fn with_body(mut self, content_type: &str, body: String) -> Self {
        self.body = Some(body);
        self.with_header("content-type", content_type.to_owned())
    }

    /// The same request with the server's cookies.
    pub fn with_cookies(mut self) -> Self {
        self.with_cookies = true;
        self
    }
}

/// The methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Adds.
    Post,
    /// Changes.
    Put,
    /// Removes.
    Delete,
}

/// An HTTP response as a value, its body read to the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// 100 to 599.
    pub status: u16,
    /// Where it came from in the end, after redirects.
    pub url: String,
    /// Those of [`Response::HEADERS`] that it has.
    pub headers: Vec<(&'static str, String)>,
    /// The body as text.
    pub body: String,
}

impl Response {
    /// The headers that anything here asks for, in lower case.
    pub const HEADERS: [&'static str; 4] = [
        "content-type",
        "retry-after",
        "x-wp-total",
        "x-wp-totalpages",
    ];

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }
}

/// `text` with everything but RFC 3986's unreserved characters as `%XX`.
pub(crate) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}
