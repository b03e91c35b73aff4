//! Prebuilt release archives, used only when their published checksum matches.

use std::env;
use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::Result;
use crate::process;

/// Where one project publishes the archive for this system.
pub(crate) struct Archive {
    repository: &'static str,
    tag: String,
    file: String,
    /// What is appended to the archive's name for the file that holds its checksum.
    checksum_suffix: &'static str,
    /// How many leading folders of the archive are dropped.
    strip_components: usize,
    /// Where the rest goes, so that the programs end up in `bin`.
    into: &'static str,
}

impl Archive {
    pub(crate) fn trunk(version: &str) -> Option<Self> {
        let platform = match (OS, ARCH) {
            ("linux", "x86_64" | "aarch64") => format!("{ARCH}-unknown-linux-gnu"),
            ("macos", "x86_64" | "aarch64") => format!("{ARCH}-apple-darwin"),
            _ => return None,
        };
        Some(Self {
            repository: "trunk-rs/trunk",
            tag: format!("v{version}"),
            file: format!("trunk-{platform}.tar.gz"),
            checksum_suffix: ".sha256",
            strip_components: 0,
            into: "bin",
        })
    }

    pub(crate) fn wasm_bindgen(version: &str) -> Option<Self> {
        let platform = match (OS, ARCH) {
            ("linux", "x86_64" | "aarch64") => format!("{ARCH}-unknown-linux-musl"),
            ("macos", "x86_64" | "aarch64") => format!("{ARCH}-apple-darwin"),
            _ => return None,
        };
        Some(Self {
            repository: "wasm-bindgen/wasm-bindgen",
            tag: version.to_owned(),
            file: format!("wasm-bindgen-{version}-{platform}.tar.gz"),
            checksum_suffix: ".sha256sum",
            strip_components: 1,
            into: "bin",
        })
    }

    pub(crate) fn binaryen(version: &str) -> Option<Self> {
        let platform = match (OS, ARCH) {
            ("linux", "x86_64" | "aarch64") => format!("{ARCH}-linux"),
            ("macos", "x86_64") => "x86_64-macos".to_owned(),
            ("macos", "aarch64") => "arm64-macos".to_owned(),
            _ => return None,
        };
        Some(Self {
            repository: "WebAssembly/binaryen",
            tag: format!("version_{version}"),
            file: format!("binaryen-version_{version}-{platform}.tar.gz"),
            checksum_suffix: ".sha256",
            strip_components: 1,
            // It brings `bin` and the libraries that its programs look for beside it.
            into: ".",
        })
    }

    /// Downloads, checks and unpacks the archive into the folder.
    pub(crate) fn unpack(&self, base_url: &str, folder: &Path) -> Result {
        let url = format!(
            "{base_url}/{}/releases/download/{}/{}",
            self.repository, self.tag, self.file
        );
        let archive = folder.join(&self.file);
        let checksum = folder.join("checksum");
        download(&url, &archive)?;
        download(&format!("{url}{}", self.checksum_suffix), &checksum)?;
        verify(&archive, &crate::workspace::read(&checksum)?)?;

        let place = folder.join(self.into);
        fs::create_dir_all(&place)
            .map_err(|error| format!("cannot create {}: {error}", place.display()))?;
        process::capture(
            Command::new("tar")
                .arg("-xzf")
                .arg(&archive)
                .arg("-C")
                .arg(&place)
                .arg(format!("--strip-components={}", self.strip_components)),
        )?;
        for done in [archive, checksum] {
            fs::remove_file(&done)
                .map_err(|error| format!("cannot remove {}: {error}", done.display()))?;
        }
        Ok(())
    }
}

/// GitHub, unless a mirror with the same paths is named.
pub(crate) fn base_url() -> String {
    env::var("CAUSERIE_MIRROR").unwrap_or_else(|_| "https://github.com".to_owned())
}

fn download(url: &str, file: &Path) -> Result {
    process::capture(
        Command::new("curl")
            .args(["--fail", "--silent", "--show-error", "--location"])
            .args(["--connect-timeout", "5", "--max-time", "120"])
            .arg("--output")
            .arg(file)
            .arg(url),
    )
    .map(drop)
    .map_err(|error| format!("no download ({error})"))
}

/// The published files hold the checksum first, alone or followed by a file name.
fn verify(archive: &Path, published: &str) -> Result {
    let expected = published.split_whitespace().next().unwrap_or_default();
    if expected.len() != 64 || !expected.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("the archive's published checksum is not SHA-256".to_owned());
    }
    let bytes =
        fs::read(archive).map_err(|error| format!("cannot read {}: {error}", archive.display()))?;
    let found = hex(&Sha256::digest(bytes));
    if found.eq_ignore_ascii_case(expected) {
        Ok(())
    } else {
        Err(format!(
            "the archive does not match its published checksum (expected {expected}, found {found})"
        ))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
