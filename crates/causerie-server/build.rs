//! Embeds the built client: writes a table of the files in `dist/` for `src/client.rs`, and the
//! catalogues of `locales/` for `src/snapshot/messages.rs`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=CAUSERIE_DIST");
    let dist = env::var_os("CAUSERIE_DIST").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist"),
        PathBuf::from,
    );
    // Also where it is missing, so that the first build of the client is noticed.
    println!("cargo:rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    if dist.is_dir() {
        collect(&dist, &mut files)?;
    }
    files.sort();

    // Copies, because the next build of the client may replace its files while this crate is
    // being compiled.
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let copies = out.join("client");
    if copies.exists() {
        fs::remove_dir_all(&copies)?;
    }
    fs::create_dir(&copies)?;
    let mut table = String::from("&[\n");
    for (at, file) in files.iter().enumerate() {
        let path = file.strip_prefix(&dist)?;
        let path = path.to_str().ok_or("a file name in dist/ is not UTF-8")?;
        let path = path.replace('\\', "/");
        let copy = copies.join(at.to_string());
        fs::write(&copy, fs::read(file)?)?;
        writeln!(table, "    ({path:?}, include_bytes!({copy:?})),")?;
    }
    table.push_str("]\n");
    fs::write(out.join("client.rs"), table)?;
    fs::write(out.join("messages.rs"), messages()?)?;
    Ok(())
}

/// A constant for each message, and the catalogues by their languages. That all have the same
/// messages is seen to by the client's own build.
fn messages() -> Result<String, Box<dyn Error>> {
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../locales");
    println!("cargo:rerun-if-changed={}", locales.display());
    let english = fs::read_to_string(locales.join("en.json"))?;
    let english: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&english)?;
    let mut code = String::new();
    for (name, text) in &english {
        let constant = name.to_uppercase();
        writeln!(
            code,
            "/// `{text}`\npub(crate) const {constant}: Message = Message({name:?});"
        )?;
    }
    let mut files = Vec::new();
    collect(&locales, &mut files)?;
    files.sort();
    code.push_str("pub(crate) static CATALOGUES: &[(&str, &str)] = &[\n");
    for file in files {
        let path = fs::canonicalize(&file)?;
        let language = path.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(code, "    ({language:?}, include_str!({path:?})),")?;
    }
    code.push_str("];\n");
    Ok(code)
}

/// Files below `folder`, but for those whose name begins with a dot, such as Trunk's `.stamp`.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
