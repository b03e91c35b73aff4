//! A server that says what a test wants it to say.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;

/// What it answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(body: &(impl ToString + ?Sized)) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string(),
        }
    }

    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// A recorded answer of a real server, such as `isso/02-list-thread`.
    pub(crate) fn recorded(name: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("../causerie-core/tests/recorded/{name}.http"));
        let text = std::fs::read_to_string(&file)
            .unwrap()
            .replace("\r\n", "\n");
        let (_, response) = text.split_once("### RESPONSE\n").unwrap();
        let (head, body) = response.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines.filter_map(|line| line.split_once(": "));
        // How it was sent is not how it is sent here.
        let is_content = |name: &&str| {
            let name = name.to_ascii_lowercase();
            name.starts_with("x-wp-") || name == "content-type"
        };
        Self {
            status: status.unwrap().parse().unwrap(),
            headers: headers
                .filter(|(name, _)| is_content(name))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }
}

/// Starts a server that answers each path and query by `answer`, until the tests end, and gives its
/// address without a slash at the end.
pub(crate) fn start(answer: impl Fn(&str) -> Answer + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Who hangs up has heard enough.
            let _ = serve(&stream, &answer);
        }
    });
    address
}

fn serve(stream: &TcpStream, answer: &impl Fn(&str) -> Answer) -> std::io::Result<()> {
    let mut request = String::new();
    let mut lines = BufReader::new(stream);
    lines.read_line(&mut request)?;
    let mut header = String::new();
    while lines.read_line(&mut header)? > 2 {
        header.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let Answer {
        status,
        headers,
        body,
    } = answer(path);
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {status} Said\r\n")?;
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(
        stream,
        "connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
