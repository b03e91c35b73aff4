//! Addresses of pages, and the keys of conversations that are made of them.

use crate::text::split;

/// Whether `url` may stand behind a name: http or https, and a host.
pub(crate) fn is_web_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else {
        return false;
    };
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host = rest.strip_prefix("//").unwrap_or_default();
    let has_host = host.starts_with(|first: char| !first.is_ascii_punctuation() || first == '[');
    is_web && has_host && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Parameters that say how a reader came, not where they are.
const TRACKING: [&str; 16] = [
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid",
    "yclid", "igshid", "mc_cid", "mc_eid", "_ga", "_gl", "ref",
];

/// One key for all addresses of one page: host, path and query of `address`, without scheme,
/// fragment, tracking parameters and the slash at the end. Empty where there is no host.
///
/// ```
/// use causerie_core::page_key;
/// let shared = "http://blog.example/a-post/?utm_source=feed&page=2#comments";
/// assert_eq!(page_key(shared), page_key("https://blog.example/a-post?page=2"));
/// assert_eq!(page_key("https://blog.example/a-post/"), "blog.example/a-post");
/// ```
pub fn page_key(address: &str) -> String {
    let Some((_, rest)) = split(address, "://") else {
        return String::new();
    };
    let (path, query) = path_and_query(rest);
    let is_own = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        !name.is_empty() && !name.starts_with("utm_") && !TRACKING.contains(&name)
    };
    let mut key = path.trim_end_matches('/').to_owned();
    for (at, pair) in query.split('&').filter(is_own).enumerate() {
        key.push(if at == 0 { '?' } else { '&' });
        key.push_str(pair);
    }
    key
}

/// The path of an absolute address, from its first slash.
pub(crate) fn path(address: &str) -> &str {
    let rest = split(address, "://").map_or("", |(_, rest)| rest);
    let (host_and_path, _) = path_and_query(rest);
    host_and_path
        .find('/')
        .map_or("", |at| &host_and_path[at..])
}

/// Scheme and host of an absolute address; empty for any other.
pub(crate) fn origin(address: &str) -> &str {
    let Some((scheme, rest)) = split(address, "://") else {
        return "";
    };
    let mut bytes = rest.bytes();
    let host = bytes.position(|byte| b"/?#".contains(&byte));
    let host = host.unwrap_or(rest.len());
    &address[..scheme.len() + 3 + host]
}

fn path_and_query(address: &str) -> (&str, &str) {
    let address = address.split('#').next().unwrap_or_default();
    address.split_once('?').unwrap_or((address, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_page_has_one_key() {
        let cases = [
            ("https://b.example/p", "b.example/p"),
            ("https://b.example/p/", "b.example/p"),
            ("http://b.example:8080/p#c", "b.example:8080/p"),
            ("https://b.example/?p=12&fbclid=x", "b.example/?p=12"),
            ("https://b.example/?utm_medium=a&utm_source=b", "b.example"),
            ("https://b.example/p?a=1&&b", "b.example/p?a=1&b"),
            ("https://b.example", "b.example"),
            ("file:///home/p.html", "/home/p.html"),
            ("about:blank", ""),
            ("", ""),
        ];
        for (address, expected) in cases {
            // A query directly behind the host's slash keeps no slash: both are one page.
            assert_eq!(page_key(address), expected.replace("/?", "?"), "{address}");
        }
    }

    #[test]
    fn an_address_has_its_parts() {
        assert_eq!(path("https://b.example/a/b/?q#f"), "/a/b/");
        assert_eq!(path("https://b.example?q"), "");
        assert_eq!(origin("https://b.example:1/a"), "https://b.example:1");
        assert_eq!(origin("https://b.example?q"), "https://b.example");
        assert_eq!(origin("./api"), "");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = (page_key(&text), path(&text), origin(&text), is_web_address(&text));
        }
    }
}
