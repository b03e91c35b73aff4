//! Where things are: the checkout, Cargo's target folder, the locked versions.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::process;

pub(crate) struct Workspace {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, which may be anywhere.
    pub(crate) target: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        // Cargo sets the variable for `cargo xtask`; the value from build time serves a binary
        // that is started by hand.
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest_dir
            .parent()
            .ok_or("expected xtask inside the workspace, found it at the root of the file system")?
            .to_path_buf();
        let target = target_directory(&root)?;
        Ok(Self { root, target })
    }

    /// A Cargo command that runs in the checkout.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }

    /// The built client.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Where xtask keeps its own files: logs, reports, the stamp of the client build.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let folder = self.target.join("xtask");
        fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// The version of a package that Cargo.lock names.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        locked_version(&read(&path)?, package)
    }
}

/// Reads a text file, naming it when that fails.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn target_directory(root: &Path) -> Result<PathBuf> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root);
    let metadata: serde_json::Value = serde_json::from_str(&process::capture(&mut command)?)
        .map_err(|error| format!("`cargo metadata` printed no JSON: {error}"))?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .ok_or_else(|| "`cargo metadata` named no target_directory".to_owned())
}

fn locked_version(lock: &str, package: &str) -> Result<String> {
    let lock: toml::Table = lock
        .parse()
        .map_err(|error| format!("Cargo.lock is not valid TOML: {error}"))?;
    let versions: Vec<&str> = lock
        .get("package")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
        .filter_map(|entry| entry.get("version").and_then(toml::Value::as_str))
        .collect();
    match versions.as_slice() {
        [version] => Ok((*version).to_owned()),
        found => Err(format!(
            "expected one version of {package} in Cargo.lock, found {}",
            if found.is_empty() {
                "none".to_owned()
            } else {
                found.join(", ")
            }
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
dependencies = ["syn 2.0.1"]

[[package]]
name = "syn"
version = "2.0.1"

[[package]]
name = "syn"
version = "3.0.9"
"#;

    #[test]
    fn reads_the_one_locked_version() {
        assert_eq!(
            locked_version(LOCK, "wasm-bindgen").as_deref(),
            Ok("0.2.130")
        );
    }

    #[test]
    fn tells_missing_and_ambiguous_versions_apart() {
        assert_eq!(
            locked_version(LOCK, "leptos").expect_err("fails"),
            "expected one version of leptos in Cargo.lock, found none"
        );
        assert_eq!(
            locked_version(LOCK, "syn").expect_err("fails"),
            "expected one version of syn in Cargo.lock, found 2.0.1, 3.0.9"
        );
    }
}
