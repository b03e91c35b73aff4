//! Embeds the built client: writes a table of the files in `dist/` for `src/client.rs`.

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
    Ok(())
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
