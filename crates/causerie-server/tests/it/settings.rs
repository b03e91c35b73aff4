//! Settings from flags, the environment and a file.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn all_problems_are_reported_at_once_with_their_source() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("my.toml");
    std::fs::write(
        &config,
        "rate-limit = 3.5\ntitle = \"\"\nrate_limit = 3\nbase-url = \"blog\"\ncors-origin = [\"https://a.example/path\", \"https://ok.example\"]\n",
    )
    .unwrap();
    let output = causerie(folder.path())
        .args([
            "serve",
            "--listen",
            "nowhere",
            "--demo=perhaps",
            "--streams",
            "many",
            "--config",
            "my.toml",
        ])
        .env("CAUSERIE_TRUST_PROXY", "maybe")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let mut lines: Vec<_> = said.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "base-url (from my.toml): expected an http or https address, found \"blog\"",
            "cors-origin (from my.toml): expected an origin such as https://blog.example, or * alone, found \"https://a.example/path\"",
            "demo (from --demo): expected true or false, found \"perhaps\"",
            "listen (from --listen): expected an address and a port such as 127.0.0.1:8080, found \"nowhere\"",
            "rate-limit (from my.toml): expected a string, number, boolean or list of them, found something else",
            "rate_limit (from my.toml): expected one of listen, database, cors-origin, rate-limit, streams, streams-per-address, trust-proxy, title, base-url, demo, found another name",
            "streams (from --streams): expected a number of streams, or 0, found \"many\"",
            "title (from my.toml): expected some words, found \"\"",
            "trust-proxy (from CAUSERIE_TRUST_PROXY): expected true or false, found \"maybe\"",
        ]
    );
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.toml"), "title = \"x\"\nlisten = \n").unwrap();
    for (config, expected) in [
        ("bad.toml", "bad.toml:2: expected TOML, found: "),
        (
            "none.toml",
            "config (from CAUSERIE_CONFIG): expected a file, found none.toml: ",
        ),
    ] {
        let output = causerie(folder.path())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("CAUSERIE_CONFIG", config)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.starts_with(expected) && said.lines().count() == 1,
            "{said}"
        );
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("causerie.toml"),
        "title = \"file\"\nlisten = \"127.0.0.1:0\"\ndemo = true\ndatabase = \"file.sqlite\"\n",
    )
    .unwrap();
    for (flags, variable, expected) in [
        (&[][..], None, "file"),
        (&[], Some(""), "file"),
        (&[], Some("variable"), "variable"),
        (&["--title", "flag"], Some("variable"), "flag"),
    ] {
        let mut command = causerie(folder.path());
        command.arg("serve").args(flags).stdout(Stdio::piped());
        if let Some(value) = variable {
            command.env("CAUSERIE_TITLE", value);
        }
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line
            .trim()
            .trim_start_matches("Causerie listens on ")
            .to_owned();
        let feed = ureq::get(format!("{base}api/feed.json")).call().unwrap();
        let feed = feed.into_body().read_to_string().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(
            feed.contains(&format!("\"title\":\"{expected}\"")),
            "{expected}"
        );
        assert!(folder.path().join("file.sqlite").is_file());
    }
}

fn causerie(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causerie"));
    command.env_clear().current_dir(folder);
    command
}
