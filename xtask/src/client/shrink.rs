//! Makes what Trunk wrote smaller: one style sheet, minified scripts, short names between module and
//! glue. Then names each file by its content, and writes names and digests into the page and the
//! boot script. The page itself stays readable, because bloggers edit it.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use sha2::{Digest as _, Sha256, Sha384};

use crate::Result;
use crate::client::digest::files_below;
use crate::client::names;
use crate::client::script::minified;

/// Shrinks the files in `dist` and names and digests them anew in its page and its boot script.
pub(crate) fn folder(dist: &Path) -> Result {
    let page_path = dist.join("index.html");
    let boot_path = dist.join("causerie.js");
    let (page, sheet) = one_style(dist, &text(&page_path)?)?;
    let mut naming = Naming {
        page,
        boot: text(&boot_path)?,
    };
    for path in files_below(&dist.join("lazy"))? {
        if path.extension().is_some_and(|extension| extension == "js") && !is_minified(&path) {
            write(&path, minified(&text(&path)?)?.as_bytes())?;
        }
    }

    naming.name(dist, STYLE, "css", sheet.as_bytes(), sheet.as_bytes())?;
    let wasm_path = dist.join(MODULE);
    let wasm = fs::read(&wasm_path).map_err(|error| format!("{}: {error}", wasm_path.display()))?;
    let (short_wasm, names) = names::shorten(&wasm)?;
    let wasm_name = naming.name(dist, MODULE, "wasm", &wasm, &short_wasm)?;
    let glue_path = dist.join(SCRIPT);
    let glue = text(&glue_path)?;
    let mut short_glue = glue
        .replace(MODULE, &wasm_name)
        .replace(WITH_SYNC, "export {");
    for (name, short) in &names {
        short_glue = short_glue.replace(name, short);
    }
    let short_glue = minified(&short_glue)?;
    naming.name(dist, SCRIPT, "js", glue.as_bytes(), short_glue.as_bytes())?;
    for path in [glue_path, wasm_path] {
        fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    write(&page_path, naming.page.as_bytes())?;
    write(&boot_path, minified(&naming.boot)?.as_bytes())
}

// The names that Trunk gives, and those in the boot script's source.
const SCRIPT: &str = "causerie-page.js";
const MODULE: &str = "causerie-page_bg.wasm";
const STYLE: &str = "causerie.css";

/// How the glue begins to export its two ways of starting the module. Nobody takes the first.
const WITH_SYNC: &str = "export { initSync,";

/// The two texts that name the files.
struct Naming {
    page: String,
    boot: String,
}

impl Naming {
    /// Writes the file that was called `name` and held `before` under a name for what it holds
    /// `now`, and says so.
    fn name(
        &mut self,
        dist: &Path,
        name: &str,
        extension: &str,
        before: &[u8],
        now: &[u8],
    ) -> Result<String> {
        let new_name = format!("causerie-{}.{extension}", hash(now));
        write(&dist.join(&new_name), now)?;
        let digest = integrity(now);
        let entry = format!("[\"{name}\", \"\"]");
        if !self.boot.contains(&entry) {
            return Err(format!(
                "expected {entry} in public/causerie.js, found none"
            ));
        }
        let named = format!("[\"{new_name}\", \"{digest}\"]");
        self.boot = self.boot.replace(&entry, &named);
        self.page = self
            .page
            .replace(&integrity(before), &digest)
            .replace(&format!("./{name}"), &format!("./{new_name}"));
        Ok(new_name)
    }
}

/// Puts all styles into one sheet, in the order of the page: a request and a dictionary for each
/// would cost more than the order saves. Gives the page and the sheet.
fn one_style(dist: &Path, page: &str) -> Result<(String, String)> {
    let is_style = |line: &&str| line.contains("rel=\"stylesheet\"");
    let mut sheet = String::new();
    for link in page.lines().filter(is_style) {
        let name = attribute(link, "href").ok_or("a style sheet in dist/index.html has no href")?;
        let path = dist.join(name.trim_start_matches("./"));
        sheet += &style(&text(&path)?);
        fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let integrity = integrity(sheet.as_bytes());
    let link =
        format!("    <link rel=\"stylesheet\" href=\"./{STYLE}\" integrity=\"{integrity}\">");
    let mut lines: Vec<&str> = page.lines().filter(|line| !is_style(line)).collect();
    let head = lines.iter().position(|line| line.contains("</head>"));
    lines.insert(head.ok_or("dist/index.html has no </head>")?, &link);
    Ok((lines.join("\n") + "\n", sheet))
}

fn is_minified(path: &Path) -> bool {
    path.to_string_lossy().ends_with(".min.js")
}

/// No string in our styles holds what begins a comment. Lengths follow `--causerie-rem` instead of
/// the page's root, which an embed has no say in.
fn style(text: &str) -> String {
    let mut style = String::new();
    for part in text.split("/*") {
        let code = part.split_once("*/").map_or(part, |(_, code)| code);
        for line in code.lines().map(str::trim) {
            style += &own_rem(&line.replace(": ", ":").replace(" {", "{"));
        }
    }
    style
}

/// `0.5rem` as `calc(0.5*var(--causerie-rem))`.
fn own_rem(line: &str) -> String {
    // Which says itself what it is, in rem.
    if line.starts_with("--causerie-rem") {
        return line.to_owned();
    }
    let mut parts = line.split("rem");
    let mut own = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_number = |letter: char| letter.is_ascii_digit() || letter == '.';
        let number_at = own.trim_end_matches(is_number).len();
        let ends_here = !part.starts_with(|next: char| next.is_alphanumeric() || next == '-');
        if number_at < own.len() && ends_here {
            let number = own.split_off(number_at);
            // A sign belongs to the number.
            let sign = if own.ends_with('-') {
                own.pop().map_or("", |_| "-")
            } else {
                ""
            };
            own += &format!("calc({sign}{number}*var(--causerie-rem))");
        } else {
            own += "rem";
        }
        own += part;
    }
    own
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!("{name}=\""))?;
    Some(value.split_once('"')?.0)
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
    fn styles_lose_comments_and_space() {
        let text = "/* why */\na :hover {\n  b: c; /* why\n not */\n  d: e;\n}\n";
        assert_eq!(style(text), "a :hover{b:c;d:e;}");
        assert_eq!(
            style("a: 0.5rem -1.25rem;\n--_rem-x: 2px remote;\n--causerie-rem: 1rem;\n"),
            "a:calc(0.5*var(--causerie-rem)) calc(-1.25*var(--causerie-rem));--_rem-x:2px remote;\
             --causerie-rem:1rem;"
        );
    }
}
