//! The binary itself: started, asked, stopped and killed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use causerie_core::contract::{WireComment, WirePage};
use serde_json::{Value, json};

/// One running `causerie serve`; killed when dropped.
struct Server {
    child: Child,
    base: String,
}

impl Server {
    fn start(database: &Path, more: &[&str]) -> Self {
        let mut child = causerie(database, &["serve", "--listen", "127.0.0.1:0"])
            .args(["--rate-limit", "0"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let base = line
            .strip_prefix("Causerie listens on ")
            .unwrap_or_default();
        assert!(base.ends_with("/\n"), "{line:?}");
        let base = base.trim_end_matches("/\n").to_owned();
        Self { child, base }
    }

    fn terminate(&mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code()
    }

    fn get(&self, path: &str) -> (u16, String) {
        let mut response = agent().get(format!("{}{path}", self.base)).call().unwrap();
        let body = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), body)
    }

    fn comments(&self, thread: &str) -> Vec<WireComment> {
        let mut comments = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/posts/{thread}/comments?limit=300{cursor}");
            let page: WirePage = serde_json::from_str(&self.get(&path).1).unwrap();
            comments.extend(page.comments);
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return comments,
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn causerie(database: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causerie"));
    command
        .args(arguments)
        .arg("--database")
        .arg(database)
        .env_clear()
        // Away from any causerie.toml.
        .current_dir(std::env::temp_dir());
    command
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.build().into()
}

fn post(agent: &ureq::Agent, base: &str, at: usize) -> Result<String, ureq::Error> {
    let body = json!({ "author": { "name": "Ada" }, "content": format!("Number {at}.") });
    let mut response = agent
        .post(format!("{base}/api/posts/an-empty-bench/comments"))
        .header("content-type", "application/json")
        .header("idempotency-key", format!("key-{at}"))
        .send(body.to_string())?;
    let text = response.body_mut().read_to_string()?;
    assert_eq!(response.status(), 201, "{text}");
    let comment: WireComment = serde_json::from_str(&text).unwrap();
    Ok(comment.id)
}

fn fails(output: &Output, code: i32, expected: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(
        said.contains(expected),
        "expected {expected:?}, found {said:?}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn nothing_acknowledged_is_lost_to_a_kill_and_nothing_is_doubled() {
    const CONNECTIONS: usize = 8;
    const COMMENTS: usize = 1_000;
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("causerie.sqlite");
    let mut server = Server::start(&database, &["--demo"]);

    let (acknowledge, acknowledged) = mpsc::channel();
    let senders: Vec<_> = (0..CONNECTIONS)
        .map(|connection| {
            let (acknowledge, base) = (acknowledge.clone(), server.base.clone());
            thread::spawn(move || {
                let agent = agent();
                for at in (connection..COMMENTS).step_by(CONNECTIONS) {
                    // The server is gone: what is not acknowledged is sent again below.
                    let Ok(id) = post(&agent, &base, at) else {
                        return;
                    };
                    let _ = acknowledge.send((at, id));
                }
            })
        })
        .collect();
    drop(acknowledge);
    let mut ids: BTreeMap<usize, String> = acknowledged.iter().take(400).collect();
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    for sender in senders {
        sender.join().unwrap();
    }
    ids.extend(acknowledged.iter());
    assert!(
        (400..COMMENTS).contains(&ids.len()),
        "{} came through",
        ids.len()
    );

    let server = Server::start(&database, &[]);
    let stored = server.comments("an-empty-bench");
    for (at, id) in &ids {
        let found = stored.iter().filter(|comment| comment.id == *id).count();
        assert_eq!(found, 1, "comment {at}");
    }

    // A client that heard nothing sends again; one that heard may do so too.
    let agent = agent();
    for at in 0..COMMENTS {
        let id = post(&agent, &server.base, at).unwrap();
        assert_eq!(ids.entry(at).or_insert(id.clone()), &id);
    }
    let stored = server.comments("an-empty-bench");
    let texts: BTreeSet<_> = stored.iter().map(|comment| &comment.content_html).collect();
    assert_eq!((stored.len(), texts.len()), (COMMENTS, COMMENTS));
}

#[test]
fn it_stops_when_asked_and_leaves_one_file() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().unwrap();
        // The folder is made, too.
        let database = folder.path().join("new/causerie.sqlite");
        let mut server = Server::start(&database, &["--demo"]);
        post(&agent(), &server.base, 1).unwrap();
        assert_eq!(server.terminate(signal), Some(0), "{signal}");
        let files: Vec<_> = database
            .parent()
            .unwrap()
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(files, ["causerie.sqlite"], "{signal}");
        assert_eq!(
            Server::start(&database, &[])
                .comments("an-empty-bench")
                .len(),
            1
        );
    }
}

#[test]
fn open_streams_do_not_keep_it_from_stopping() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("new/causerie.sqlite");
        let mut server = Server::start(&database, &["--demo"]);
        let mut streams: Vec<_> = (0..3).map(|_| EventLines::open(&server)).collect();
        for stream in &mut streams {
            assert!(stream.next_with("id: ").is_some());
        }
        let begin = Instant::now();
        assert_eq!(server.terminate(signal), Some(0), "{signal}");
        assert!(begin.elapsed() < Duration::from_secs(5));
        for stream in &mut streams {
            assert_eq!(stream.next_with("data: "), None);
        }
        let files = database.parent().unwrap().read_dir().unwrap();
        assert_eq!(files.count(), 1, "{signal}");
    }
}

#[test]
fn events_come_through_at_once_and_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("causerie.sqlite");
    let server = Server::start(&database, &["--demo", "--streams-per-address", "2"]);
    let mut stream = EventLines::open(&server);
    for name in ["content-encoding", "content-length"] {
        assert!(!stream.headers.contains_key(name), "{name}");
    }
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert!(stream.next_with("id: ").is_some());
    for at in 0..3 {
        let id = post(&agent(), &server.base, at).unwrap();
        let event = stream.next_with("data: ").unwrap();
        assert!(event.contains(&format!("Number {at}.")), "{event}");
        let output = causerie(&database, &["comments", "delete", &id]).output();
        assert!(output.unwrap().status.success());
        let event = stream.next_with("data: ").unwrap();
        assert_eq!(event, format!(r#"{{"removed":"{id}","total":0}}"#));
    }
    // Who goes away gives the place free, without having to be sent anything.
    for _ in 0..4 {
        let mut other = EventLines::open(&server);
        assert!(other.next_with("id: ").is_some());
        drop(other);
        std::thread::sleep(Duration::from_millis(300));
    }
    let _second = EventLines::open(&server);
    let (status, body) = server.get("/api/posts/an-empty-bench/events");
    assert_eq!(status, 429, "{body}");
}

/// The lines of an event stream of the server.
struct EventLines {
    headers: ureq::http::HeaderMap,
    lines: std::io::Lines<BufReader<ureq::BodyReader<'static>>>,
}

impl EventLines {
    fn open(server: &Server) -> Self {
        let url = format!("{}/api/posts/an-empty-bench/events", server.base);
        let request = agent().get(url).header("accept-encoding", "br, gzip");
        // Rather than to wait for ever for what does not come.
        let patience = Some(Duration::from_secs(60));
        let request = request.config().timeout_global(patience).build();
        let (parts, body) = request.call().unwrap().into_parts();
        assert_eq!(parts.status, 200);
        Self {
            headers: parts.headers,
            lines: BufReader::new(body.into_reader()).lines(),
        }
    }

    /// What follows `beginning` on the next line that has it; `None` at the end of the stream.
    fn next_with(&mut self, beginning: &str) -> Option<String> {
        let lines = self.lines.by_ref().map_while(Result::ok);
        let mut rest = lines.filter_map(|line| Some(line.strip_prefix(beginning)?.to_owned()));
        rest.next()
    }
}

#[test]
fn a_request_on_its_way_is_answered_before_the_end() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder.path().join("causerie.sqlite"), &["--demo"]);
    let body = json!({ "author": { "name": "Ada" }, "content": "Wait for me." }).to_string();
    let mut stream =
        std::net::TcpStream::connect(server.base.trim_start_matches("http://")).unwrap();
    write!(
        stream,
        "POST /api/posts/an-empty-bench/comments HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
         content-type: application/json\r\nidempotency-key: k\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    // That it asks for the body shows that the request has begun.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    let id = server.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_demo_has_every_kind_of_conversation() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("causerie.sqlite");
    let server = Server::start(
        &database,
        &["--demo", "--base-url", "https://blog.example/"],
    );
    let feed: Value = serde_json::from_str(&server.get("/api/feed.json").1).unwrap();
    assert_eq!(feed["title"], "Causerie, the demo");
    assert_eq!(feed["feed_url"], "https://blog.example/api/feed.json");
    let kinds: Vec<_> = feed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let extension = &item["_causerie"];
            let announced = extension["comment_count"].as_u64().unwrap();
            let listed = server.comments(extension["thread"].as_str().unwrap()).len();
            (extension["accepts"].as_str().unwrap(), announced, listed)
        })
        .collect();
    let expected = [
        ("open", 0, 0),
        ("open", 13, 12),
        ("moderated", 2, 2),
        ("open", 30, 30),
        ("closed", 4, 4),
        ("open", 10_000, 10_000),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn the_command_line_moderates_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("causerie.sqlite");
    let server = Server::start(&database, &["--demo"]);
    let run = |arguments: &[&str]| {
        let output = causerie(&database, arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let thread = "s-y-mettre-d-abord";
    let held = run(&["comments", "list", "--held"]);
    let (id, _) = held.split_once('\t').unwrap();
    assert_eq!(held.lines().count(), 1);
    assert_eq!(server.comments(thread).len(), 12);
    run(&["comments", "approve", id]);
    assert_eq!(server.comments(thread).len(), 13);
    let reply = run(&["comments", "reply", id, "--text", "No, thank you."]);
    assert_eq!(server.comments(thread).last().unwrap().id, reply.trim());
    run(&["comments", "edit", id, "--text", "Yes, please."]);
    let edited = server.comments(thread).into_iter();
    let edited: Vec<_> = edited.filter(|comment| comment.id == id).collect();
    assert_eq!(edited[0].content_html, "<p>Yes, please.</p>");
    assert!(edited[0].updated.is_some());
    run(&["comments", "reject", id, reply.trim()]);
    run(&["comments", "delete", id]);
    assert_eq!(server.comments(thread).len(), 12);
    run(&["posts", "set", thread, "--accepts", "closed"]);
    assert!(run(&["posts", "list"]).contains("s-y-mettre-d-abord\tclosed\t12\t"));
    assert!(
        server
            .get(&format!("/api/posts/{thread}"))
            .1
            .contains("\"closed\"")
    );

    let output = causerie(&database, &["comments", "approve", "nobody"])
        .output()
        .unwrap();
    fails(&output, 1, "there is no comment nobody");
    let elsewhere = folder.path().join("elsewhere.sqlite");
    let output = causerie(&elsewhere, &["posts", "list"]).output().unwrap();
    fails(&output, 1, "name it with --database");
}

#[test]
fn a_feed_is_imported_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("causerie.sqlite");
    let file = folder.path().join("feed.json");
    let file_name = file.to_str().unwrap();
    let output = causerie(&database, &["import", file_name])
        .output()
        .unwrap();
    fails(&output, 1, "cannot read");
    std::fs::write(&file, r#"{ "items": [{ "id": 7, "_causerie": {} }] }"#).unwrap();
    let output = causerie(&database, &["import", file_name])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("{file_name}: 1 posts, 0 comments\n")
    );
    assert_eq!(Server::start(&database, &[]).get("/api/posts/7").0, 200);
}

#[test]
fn a_taken_port_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = causerie(
        &folder.path().join("x.sqlite"),
        &["serve", "--listen", &address],
    )
    .output()
    .unwrap();
    fails(
        &output,
        1,
        &format!("{address} is taken by another program: stop it, or choose another"),
    );
    assert_eq!(
        output.stderr.iter().filter(|&&byte| byte == b'\n').count(),
        1
    );
}

#[test]
fn an_unusable_database_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(
        &file,
        "This is no database, and long enough to be seen as none.".repeat(40),
    )
    .unwrap();
    let foreign = folder.path().join("foreign.sqlite");
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE x (y)")
        .unwrap();
    let newer = folder.path().join("newer.sqlite");
    drop(Server::start(&newer, &[]));
    let connection = rusqlite::Connection::open(&newer).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    for (database, expected) in [
        (file.join("x.sqlite"), "cannot make the folder"),
        (
            folder.path().to_owned(),
            "choose another place with --database",
        ),
        (file.clone(), "is no SQLite database: choose another file"),
        (foreign, "is the database of another program"),
        (newer, "use the newer causerie"),
    ] {
        let output = causerie(&database, &["serve", "--listen", "127.0.0.1:0"])
            .output()
            .unwrap();
        fails(&output, 1, expected);
        assert_eq!(
            output.stderr.iter().filter(|&&byte| byte == b'\n').count(),
            1
        );
    }
}
