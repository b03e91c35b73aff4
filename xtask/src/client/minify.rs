//! Strips the scripts that wasm-bindgen wrote of comments and indentation.
//!
//! Trunk 0.21 would minify them, but its minifier stumbles over today's glue. A whole minifier of
//! our own choice would save one kilobyte more and ask for Node wherever the client is built.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use sha2::{Digest as _, Sha384};

use crate::Result;
use crate::client::digest::files_below;

/// Strips each script in `dist` and corrects its digest in the page, which Trunk took before.
pub(crate) fn scripts(dist: &Path) -> Result {
    let page_path = dist.join("index.html");
    let mut page = read(&page_path)?;
    for file in files_below(dist)? {
        let is_script = file.extension().is_some_and(|extension| extension == "js");
        if is_script && file.parent() == Some(dist) {
            let script = read(&file)?;
            let stripped = stripped(&script);
            page = page.replace(&integrity(&script), &integrity(&stripped));
            write(&file, &stripped)?;
        }
    }
    write(&page_path, &page)
}

/// Line by line, which is enough for generated code: its comments have lines of their own, and no
/// string or template in it spans lines.
fn stripped(script: &str) -> String {
    let is_code = |line: &&str| !(line.is_empty() || line.starts_with("//") || is_in_doc(line));
    let lines: Vec<_> = script.lines().map(str::trim).filter(is_code).collect();
    lines.join("\n") + "\n"
}

fn is_in_doc(line: &str) -> bool {
    line.starts_with("/**") || line == "*/" || line.starts_with("* ") || line == "*"
}

/// As in the `integrity` attribute.
fn integrity(script: &str) -> String {
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha384::digest(script));
    format!("sha384-{digest}")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_and_comments_go() {
        let script =
            "/**\n * Why.\n */\nexport function a() {\n    // Why.\n\n    return 2 * 3;\n}\n";
        assert_eq!(
            stripped(script),
            "export function a() {\nreturn 2 * 3;\n}\n"
        );
    }
}
