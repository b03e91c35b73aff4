/// An HTTP request as a value. Whoever has a network sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// Absolute, or relative to the page.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Sent as it is.
    pub body: Option<String>,
}

impl Request {
    /// A GET that asks for JSON.
    pub fn get(url: String) -> Self {
        let headers = vec![("accept", "application/json".to_owned())];
        Self {
            method: Method::Get,
            url,
            headers,
            body: None,
        }
    }

    /// A POST of a JSON `body`.
    pub fn post_json(url: String, body: String) -> Self {
        let headers = vec![
            ("accept", "application/json".to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        Self {
            method: Method::Post,
            url,
            headers,
            body: Some(body),
        }
    }

    /// The same request with one header more.
    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// The methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes.
    Post,
}

/// An HTTP response as a value, its body read to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// 100 to 599.
    pub status: u16,
    /// The `content-type` header; empty where there is none.
    pub content_type: String,
    /// The `retry-after` header where it is in seconds.
    pub retry_after: Option<u32>,
    /// The body as text.
    pub body: String,
}
