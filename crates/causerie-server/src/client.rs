//! The built client, embedded by `build.rs`. Paths are keys of a table: nothing on the disk can be
//! reached through them.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// What the page may do: `SECURITY.md` says why.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'";

/// Every file of `dist/` by its path, with `/` between folders and none at the start.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/client.rs"));

static FILES: LazyLock<HashMap<&str, File>> = LazyLock::new(|| table(EMBEDDED));

struct File {
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
}

/// Answers everything that is not the API.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    // What the nested API does not take for its own.
    if uri.path() == "/api" || uri.path().starts_with("/api/") {
        return Problem::NotFound.into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        let allow = [(header::ALLOW, "GET, HEAD")];
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            allow,
            "Only GET and HEAD.\n",
        )
            .into_response();
    }
    answer(&FILES, uri.path(), &headers)
}

fn answer(files: &HashMap<&'static str, File>, path: &str, headers: &HeaderMap) -> Response {
    let mut path = path.trim_start_matches('/').to_owned();
    if path.is_empty() || path.ends_with('/') {
        path.push_str("index.html");
    }
    let Some((path, file)) = files.get_key_value(path.as_str()) else {
        return if files.is_empty() {
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "The client was not built into this causerie. `cargo xtask serve` builds it and then \
                 the server. The API is at /api/feed.json.\n",
            )
                .into_response()
        } else {
            (StatusCode::NOT_FOUND, "There is no such page.\n").into_response()
        };
    };
    let brotli = file.brotli.filter(|_| accepts_brotli(headers));
    let mut response = brotli.unwrap_or(file.plain).into_response();
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, media_type(path));
    if path.ends_with(".html") {
        set(header::CONTENT_SECURITY_POLICY, POLICY);
    }
    if is_hashed(path) {
        set(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    }
    if file.brotli.is_some() {
        set(header::VARY, "accept-encoding");
    }
    if brotli.is_some() {
        set(header::CONTENT_ENCODING, "br");
    }
    response
}

/// A file `a.js.br` beside `a.js` becomes its other encoding.
fn table(embedded: &[(&'static str, &'static [u8])]) -> HashMap<&'static str, File> {
    let all: HashMap<_, _> = embedded.iter().copied().collect();
    let is_encoding = |path: &str| {
        let plain = path.strip_suffix(".br");
        plain.is_some_and(|plain| all.contains_key(plain))
    };
    let file = |(&path, &plain)| {
        let brotli = all.get(format!("{path}.br").as_str()).copied();
        (path, File { plain, brotli })
    };
    all.iter()
        .filter(|(path, _)| !is_encoding(path))
        .map(file)
        .collect()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" | "md" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

/// Whether the file's name holds a hash of its content: 16 hexadecimal digits, or 8 after a
/// hyphen, as Trunk writes them.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let parts = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    // The first part follows no hyphen.
    parts.enumerate().any(|(at, part)| {
        let hex = part
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        hex && (part.len() >= 16 || at > 0 && part.len() >= 8)
    })
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let (name, quality) = coding.split_once(';').unwrap_or((coding, "q=1"));
            let refused = quality
                .trim()
                .strip_prefix("q=")
                .and_then(|quality| quality.parse::<f32>().ok())
                .is_some_and(|quality| quality <= 0.0);
            name.trim().eq_ignore_ascii_case("br") && !refused
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    static DIST: &[(&str, &[u8])] = &[
        ("causerie-0123456789abcdef_bg.wasm", b"wasm"),
        ("causerie-0123456789abcdef_bg.wasm.br", b"br"),
        ("causerie.js", b"js"),
        ("demo/index.html", b"demo"),
        ("index.html", b"<!doctype html>"),
        ("lonely.br", b"lonely"),
    ];

    fn get(path: &str, accept_encoding: &'static str) -> Response {
        let headers = HeaderMap::from_iter([(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static(accept_encoding),
        )]);
        answer(&table(DIST), path, &headers)
    }

    #[test]
    fn each_path_has_its_file() {
        let cases = [
            ("/", 200, "text/html; charset=utf-8"),
            ("/index.html", 200, "text/html; charset=utf-8"),
            ("/demo/", 200, "text/html; charset=utf-8"),
            ("/causerie.js", 200, "text/javascript; charset=utf-8"),
            (
                "/causerie-0123456789abcdef_bg.wasm",
                200,
                "application/wasm",
            ),
            (
                "/causerie-0123456789abcdef_bg.wasm.br",
                404,
                "text/plain; charset=utf-8",
            ),
            ("/lonely.br", 200, "application/octet-stream"),
            ("/demo", 404, "text/plain; charset=utf-8"),
            ("/../Cargo.toml", 404, "text/plain; charset=utf-8"),
            ("/%2e%2e/Cargo.toml", 404, "text/plain; charset=utf-8"),
        ];
        for (path, status, media_type) in cases {
            let response = get(path, "");
            let found = (
                response.status().as_u16(),
                &response.headers()["content-type"],
            );
            assert_eq!(
                found,
                (status, &HeaderValue::from_static(media_type)),
                "{path}"
            );
        }
    }

    #[test]
    fn brotli_only_for_those_who_take_it() {
        let path = "/causerie-0123456789abcdef_bg.wasm";
        for (accepted, expected) in [
            ("gzip, br", true),
            ("br;q=0.5", true),
            ("br;q=0", false),
            ("gzip", false),
            ("", false),
        ] {
            let response = get(path, accepted);
            let encoded = response.headers().contains_key(header::CONTENT_ENCODING);
            assert_eq!(encoded, expected, "{accepted}");
            assert_eq!(response.headers()[header::VARY], "accept-encoding");
        }
    }

    #[test]
    fn hashed_names_are_known() {
        for (path, expected) in [
            ("causerie-0123456789abcdef_bg.wasm", true),
            ("style-1a2b3c4d.css", true),
            ("0123456789abcdef.js", true),
            ("deadbeef.js", false),
            ("causerie.js", false),
            ("demo/index.html", false),
        ] {
            assert_eq!(is_hashed(path), expected, "{path}");
        }
        let response = get("/", "");
        assert!(!response.headers().contains_key(header::CACHE_CONTROL));
        assert!(
            response
                .headers()
                .contains_key(header::CONTENT_SECURITY_POLICY)
        );
    }

    #[test]
    fn a_missing_client_says_what_to_do() {
        let response = answer(&table(&[]), "/", &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
