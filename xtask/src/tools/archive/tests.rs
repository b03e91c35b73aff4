//! The download path against a mirror on loopback.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use sha2::{Digest as _, Sha256};

use super::{Archive, hex, verify};

const ARCHIVE: &str = "/trunk-rs/trunk/releases/download/v1/trunk.tar.gz";
const CHECKSUM: &str = "/trunk-rs/trunk/releases/download/v1/trunk.tar.gz.sha256";

#[test]
fn a_matching_archive_is_unpacked() {
    let scratch = Scratch::new("match");
    let bytes = packed_program(&scratch.0);
    let mirror = serve([
        (ARCHIVE, bytes.clone()),
        (
            CHECKSUM,
            format!("{}\n", hex(&Sha256::digest(bytes))).into_bytes(),
        ),
    ]);

    archive().unpack(&mirror, &scratch.0).expect("unpacks");

    assert!(scratch.0.join("bin/trunk").is_file());
    assert!(!scratch.0.join("trunk.tar.gz").exists());
}

#[test]
fn an_archive_with_another_checksum_is_refused() {
    let scratch = Scratch::new("mismatch");
    let bytes = packed_program(&scratch.0);
    let mirror = serve([
        (ARCHIVE, bytes),
        (
            CHECKSUM,
            format!("{}  trunk.tar.gz\n", "0".repeat(64)).into_bytes(),
        ),
    ]);

    let error = archive().unpack(&mirror, &scratch.0).expect_err("fails");

    assert!(
        error.contains("does not match its published checksum"),
        "{error}"
    );
    assert!(!scratch.0.join("bin").exists());
}

#[test]
fn an_archive_without_a_checksum_is_refused() {
    let scratch = Scratch::new("unchecked");
    let mirror = serve([(ARCHIVE, packed_program(&scratch.0))]);

    let error = archive().unpack(&mirror, &scratch.0).expect_err("fails");

    assert!(error.contains("404"), "{error}");
    assert!(!scratch.0.join("bin").exists());
}

#[test]
fn checksums_come_alone_or_with_a_file_name() {
    let scratch = Scratch::new("formats");
    let file = scratch.0.join("file");
    fs::write(&file, "abc").expect("writes");
    let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    assert_eq!(verify(&file, &format!("{sum}\n")), Ok(()));
    assert_eq!(verify(&file, &format!("{sum}  gh-release/file\n")), Ok(()));
    assert!(verify(&file, "<!doctype html>").is_err());
    assert!(verify(&file, "").is_err());
}

fn archive() -> Archive {
    Archive {
        repository: "trunk-rs/trunk",
        tag: "v1".to_owned(),
        file: "trunk.tar.gz".to_owned(),
        checksum_suffix: ".sha256",
        strip_components: 0,
        into: "bin",
    }
}

/// An archive holding one small program.
fn packed_program(scratch: &Path) -> Vec<u8> {
    let folder = scratch.join("packed");
    fs::create_dir_all(&folder).expect("creates");
    fs::write(folder.join("trunk"), "#!/bin/sh\necho trunk 1\n").expect("writes");
    let status = Command::new("tar")
        .args(["-czf", "packed.tar.gz", "trunk"])
        .current_dir(&folder)
        .status()
        .expect("starts tar");
    assert!(status.success());
    fs::read(folder.join("packed.tar.gz")).expect("reads")
}

/// Serves the files until the test process ends, and tells where.
fn serve<const N: usize>(files: [(&'static str, Vec<u8>); N]) -> String {
    let files = HashMap::from(files);
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = listener.local_addr().expect("has an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            // The headers end with an empty line.
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let path = request.split(' ').nth(1).unwrap_or_default();
            let (status, body) = files.get(path).map_or(("404 Not Found", &[][..]), |body| {
                ("200 OK", body.as_slice())
            });
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let mut stream = &stream;
            // A client that has gone shows in the test itself.
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(body));
        }
    });
    format!("http://{address}")
}

/// A folder of the test's own, removed with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("causerie-archive-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("creates");
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
