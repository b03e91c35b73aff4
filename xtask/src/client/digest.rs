//! A digest over files: their names and contents, not their times, which a checkout sets anew.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::Result;
use crate::tools::archive::hex;

#[derive(Default)]
pub(crate) struct Digest {
    hasher: Sha256,
}

impl Digest {
    /// Adds a file, a folder with all that is in it, or the fact that there is neither.
    pub(crate) fn add_path(&mut self, root: &Path, path: &Path) -> Result {
        for file in files_below(&root.join(path))? {
            let name = file.strip_prefix(root).unwrap_or(&file);
            self.add_text(&name.to_string_lossy());
            let bytes = fs::read(&file)
                .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
            self.add(&bytes);
        }
        Ok(())
    }

    pub(crate) fn add_text(&mut self, text: &str) {
        self.add(text.as_bytes());
    }

    pub(crate) fn finish(self) -> String {
        hex(&self.hasher.finalize())
    }

    /// The length comes first, so that no two sequences of parts look the same.
    fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes.len().to_le_bytes());
        self.hasher.update(bytes);
    }
}

/// Every file at or below a path, in a fixed order; none when the path does not exist.
pub(crate) fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |error| format!("cannot read {}: {error}", path.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        files.extend(files_below(&entry.map_err(unreadable)?.path())?);
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::Digest;
    use std::fs;
    use std::path::Path;

    #[test]
    fn changes_with_content_and_name_alone() {
        let root = std::env::temp_dir().join(format!("causerie-digest-{}", std::process::id()));
        fs::create_dir_all(root.join("src/ui")).expect("creates");
        let write = |name: &str, text: &str| fs::write(root.join(name), text).expect("writes");
        let digest = || {
            let mut digest = Digest::default();
            digest.add_path(&root, Path::new("src")).expect("digests");
            digest
                .add_path(&root, Path::new("absent"))
                .expect("digests");
            digest.finish()
        };

        write("src/main.rs", "fn main() {}");
        write("src/ui/post.rs", "1");
        let first = digest();
        write("src/main.rs", "fn main() {}");
        assert_eq!(digest(), first, "written again, unchanged");

        write("src/ui/post.rs", "2");
        let edited = digest();
        assert_ne!(edited, first, "edited");

        fs::rename(root.join("src/ui/post.rs"), root.join("src/ui/thread.rs")).expect("renames");
        assert_ne!(digest(), edited, "renamed");

        let _ = fs::remove_dir_all(root);
    }
}
