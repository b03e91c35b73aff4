//! Makes what Trunk wrote smaller: one style sheet, minified scripts, short names between module and
//! glue. Then names each file by its content, and writes names and digests into the boot script and a
//! page for each back end. Pages stay readable, because bloggers edit it.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use sha2::{Digest as _, Sha256, Sha384};

use crate::Result;
use crate::client::digest::files_below;
use crate::client::names;
use crate::client::script::minified;

/// A module, with the script that goes with it, as Trunk has written them.
pub(crate) struct Module {
    feature: &'static str,
    backend: &'static str,
    wasm: Vec<u8>,
    glue: String,
}

impl Module {
    /// Reads what was built last.
    pub(crate) fn read(dist: &Path, feature: &'static str, backend: &'static str) -> Result<Self> {
        let wasm = dist.join(MODULE);
        Ok(Self {
            feature,
            backend,
            wasm: fs::read(&wasm).map_err(|error| format!("{}: {error}", wasm.display()))?,
            glue: text(&dist.join(SCRIPT))?,
        })
    }
}

/// Shrinks the files in `dist` and names and digests them anew in its boot script and its page,
/// which speaks to the last of the `modules`; beside it there is a page for each of the others.
pub(crate) fn folder(dist: &Path, modules: &[Module]) -> Result {
    let page_path = dist.join("index.html");
    let boot_path = dist.join("causerie.js");
    let (page, sheet) = one_style(dist, &text(&page_path)?)?;
    let mut boot = text(&boot_path)?;
    for path in files_below(&dist.join("lazy"))? {
        if path.extension().is_some_and(|extension| extension == "js") && !is_minified(&path) {
            write(&path, minified(&text(&path)?)?.as_bytes())?;
        }
    }
    for path in [dist.join(SCRIPT), dist.join(MODULE)] {
        fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }

    let style = Named::write(dist, "causerie", "css", sheet.as_bytes())?;
    // As the page of a snapshot names it, whatever client comes later.
    write(&dist.join(STYLE), sheet.as_bytes())?;
    replace_once(&mut boot, &entry(STYLE, ""), &style.entry())?;
    let page = page.replace(
        &tag_of(STYLE, &integrity(sheet.as_bytes())),
        &style.attributes(),
    );
    let Some(shown) = modules.last() else {
        return Err("expected a module, found none".to_owned());
    };
    for module in modules {
        let name = format!("causerie-{}", module.feature);
        let (wasm, names) = names::shorten(&module.wasm)?;
        let wasm = Named::write(dist, &name, "wasm", &wasm)?;
        let mut glue = module
            .glue
            .replace(MODULE, &wasm.name)
            .replace(WITH_SYNC, "export {");
        for (name, short) in &names {
            glue = glue.replace(name, short);
        }
        let glue = Named::write(dist, &name, "js", minified(&glue)?.as_bytes())?;
        let both = |script: &str, module: &str| format!("[{script}, {module}]");
        replace_once(
            &mut boot,
            &format!(
                "{}: {}",
                module.backend,
                both(&entry(SCRIPT, ""), &entry(MODULE, ""))
            ),
            &format!("{}: {}", module.backend, both(&glue.entry(), &wasm.entry())),
        )?;
        let own = page
            .replace(
                &format!("href=\"./{SCRIPT}\""),
                &format!("href=\"./{}\"", glue.name),
            )
            .replace(
                &format!("href=\"./{MODULE}\""),
                &format!("href=\"./{}\"", wasm.name),
            )
            .replace(&integrity(shown.glue.as_bytes()), &glue.digest)
            .replace(&integrity(&shown.wasm), &wasm.digest);
        if std::ptr::eq(module, shown) {
            write(&page_path, own.as_bytes())?;
        } else {
            let backend = format!("{SETTINGS} data-backend=\"{}\"", module.backend);
            let path = dist.join(format!("{}.html", module.backend));
            write(&path, own.replace(SETTINGS, &backend).as_bytes())?;
        }
    }
    write(&boot_path, minified(&boot)?.as_bytes())
}

// The names that Trunk gives, and those in the boot script's source.
const SCRIPT: &str = "causerie-page.js";
const MODULE: &str = "causerie-page_bg.wasm";
const STYLE: &str = "causerie.css";

/// How the page's element with the settings begins.
const SETTINGS: &str = "<main id=\"causerie\"";

/// How the glue begins to export its two ways of starting the module. Nobody takes the first.
const WITH_SYNC: &str = "export { initSync,";

/// A file that is named by what it holds.
struct Named {
    name: String,
    digest: String,
}

impl Named {
    fn write(dist: &Path, begin: &str, extension: &str, bytes: &[u8]) -> Result<Self> {
        let name = format!("{begin}-{}.{extension}", hash(bytes));
        write(&dist.join(&name), bytes)?;
        Ok(Self {
            name,
            digest: digest(bytes),
        })
    }

    /// As the boot script has it.
    fn entry(&self) -> String {
        entry(&self.name, &self.digest)
    }

    /// As the page links it.
    fn attributes(&self) -> String {
        tag_of(&self.name, &self.digest)
    }
}

fn entry(name: &str, digest: &str) -> String {
    format!("[\"{name}\", \"{digest}\"]")
}

fn tag_of(name: &str, digest: &str) -> String {
    format!("href=\"./{name}\" integrity=\"{digest}\"")
}

fn replace_once(boot: &mut String, before: &str, after: &str) -> Result {
    if !boot.contains(before) {
        return Err(format!(
            "expected {before} in public/causerie.js, found none"
        ));
    }
    *boot = boot.replacen(before, after, 1);
    Ok(())
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
    let attributes = tag_of(STYLE, &integrity(sheet.as_bytes()));
    let link = format!("    <link rel=\"stylesheet\" {attributes}>");
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

/// Eight digits that stand for the bytes: every reader loads the names of all modules.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// As in the `integrity` attribute; shorter than Trunk's, for every reader loads those of all modules.
fn digest(bytes: &[u8]) -> String {
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(bytes));
    format!("sha256-{digest}")
}

/// As Trunk writes it.
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
