//! Makes what Trunk wrote smaller: one style sheet, no comments, no indentation, short names.
//!
//! Trunk 0.21 would minify the scripts, but its minifier stumbles over today's glue. A whole
//! minifier of our own choice would save one kilobyte more and ask for Node wherever the client is
//! built. The page itself stays readable, because bloggers edit it.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use sha2::{Digest as _, Sha256, Sha384};

use crate::Result;
use crate::client::imports;

/// Shrinks the files in `dist` and names and digests them anew in its page.
pub(crate) fn folder(dist: &Path) -> Result {
    let page_path = dist.join("index.html");
    let page = text(&page_path)?;
    let page = one_style(dist, &page)?;
    let page = short_names(dist, &page)?;
    write(&page_path, page.as_bytes())?;
    let boot = dist.join("causerie.js");
    write(&boot, script(&text(&boot)?).as_bytes())
}

/// Puts all styles into one sheet, in the order of the page: a request and a dictionary for each
/// would cost more than the order saves.
fn one_style(dist: &Path, page: &str) -> Result<String> {
    let is_style = |line: &&str| line.contains("rel=\"stylesheet\"");
    let mut sheet = String::new();
    for link in page.lines().filter(is_style) {
        let name = attribute(link, "href").ok_or("a style sheet in dist/index.html has no href")?;
        let path = dist.join(name.trim_start_matches("./"));
        sheet += &style(&text(&path)?);
        fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let name = format!("causerie-{}.css", hash(sheet.as_bytes()));
    write(&dist.join(&name), sheet.as_bytes())?;
    let integrity = integrity(sheet.as_bytes());
    let link = format!("    <link rel=\"stylesheet\" href=\"./{name}\" integrity=\"{integrity}\">");
    let mut lines: Vec<&str> = page.lines().filter(|line| !is_style(line)).collect();
    let head = lines.iter().position(|line| line.contains("</head>"));
    lines.insert(head.ok_or("dist/index.html has no </head>")?, &link);
    Ok(lines.join("\n") + "\n")
}

/// Shortens the names between the module and its script, strips the script, and names both files
/// by what is in them now: Trunk took its hash before wasm-opt and this.
fn short_names(dist: &Path, page: &str) -> Result<String> {
    let (script_path, wasm_path) = (hashed(dist, ".js")?, hashed(dist, "_bg.wasm")?);
    let wasm = fs::read(&wasm_path).map_err(|error| format!("{}: {error}", wasm_path.display()))?;
    let (short_wasm, names) = imports::shorten(&wasm)?;
    let wasm_name = format!("causerie-{}.wasm", hash(&short_wasm));

    let glue = text(&script_path)?;
    let mut short_glue = script(&glue).replace(&file_name(&wasm_path), &wasm_name);
    for (name, short) in &names {
        short_glue = short_glue.replace(name, short);
    }
    let script_name = format!("causerie-{}.js", hash(short_glue.as_bytes()));

    write(&dist.join(&wasm_name), &short_wasm)?;
    write(&dist.join(&script_name), short_glue.as_bytes())?;
    let page = page
        .replace(&integrity(&wasm), &integrity(&short_wasm))
        .replace(
            &integrity(glue.as_bytes()),
            &integrity(short_glue.as_bytes()),
        )
        .replace(&file_name(&wasm_path), &wasm_name)
        .replace(&file_name(&script_path), &script_name);
    for path in [script_path, wasm_path] {
        fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(page)
}

/// The one file in `dist` that Trunk named by a hash and that ends so.
fn hashed(dist: &Path, end: &str) -> Result<PathBuf> {
    let entries = fs::read_dir(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    let is_it = |path: &PathBuf| {
        let name = file_name(path);
        name.contains('-') && name.ends_with(end)
    };
    let mut paths = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_it);
    paths
        .next()
        .ok_or_else(|| format!("expected a file …{end} in {}, found none", dist.display()))
}

/// Line by line, which is enough for generated code: its comments have lines of their own, and no
/// string or template in it spans lines.
fn script(text: &str) -> String {
    let is_code = |line: &&str| !(line.is_empty() || line.starts_with("//") || is_in_doc(line));
    let lines: Vec<_> = text.lines().map(str::trim).filter(is_code).collect();
    lines.join("\n") + "\n"
}

fn is_in_doc(line: &str) -> bool {
    line.starts_with("/**") || line == "*/" || line.starts_with("* ") || line == "*"
}

/// No string in our styles holds what begins a comment.
fn style(text: &str) -> String {
    let mut style = String::new();
    for part in text.split("/*") {
        let code = part.split_once("*/").map_or(part, |(_, code)| code);
        for line in code.lines().map(str::trim) {
            style += &line.replace(": ", ":").replace(" {", "{");
        }
    }
    style
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!("{name}=\""))?;
    Some(value.split_once('"')?.0)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Sixteen digits that stand for the bytes.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// As in the `integrity` attribute.
fn integrity(bytes: &[u8]) -> String {
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha384::digest(bytes));
    format!("sha384-{digest}")
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_keep_their_code_and_lose_their_comments() {
        let code =
            "/**\n * Why.\n */\nexport function a() {\n    // Why.\n\n    return 2 * 3;\n}\n";
        assert_eq!(script(code), "export function a() {\nreturn 2 * 3;\n}\n");
    }

    #[test]
    fn styles_lose_comments_and_space() {
        let text = "/* why */\na :hover {\n  b: c; /* why\n not */\n  d: e;\n}\n";
        assert_eq!(style(text), "a :hover{b:c;d:e;}");
    }
}
