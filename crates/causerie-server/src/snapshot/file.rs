//! The files: read whole, and replaced whole or not at all.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::SnapshotError;

/// The page in the file at `path`.
pub(super) fn read(path: &Path) -> Result<String, SnapshotError> {
    read_if_there(path)?.ok_or_else(|| {
        let path = path.display();
        SnapshotError::new(format!(
            "{path}: expected a page, found no file: check the path"
        ))
    })
}

/// The page in the file at `path`; `None` where there is no such file.
pub(super) fn read_if_there(path: &Path) -> Result<Option<String>, SnapshotError> {
    let shown = path.display();
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(SnapshotError::new(format!(
                "{shown}: expected a page, found {error}: check the path"
            )));
        }
    };
    // What is written is UTF-8: in a page of another encoding it would be gibberish.
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        SnapshotError::new(format!(
            "{shown}: expected UTF-8, found something else at byte {at}: convert the page first"
        ))
    })
}

/// Puts `html` where `path` leads, in one step: whoever reads the file meanwhile gets all of the old
/// one or all of the new one.
pub(super) fn write(path: &Path, html: &str) -> Result<(), SnapshotError> {
    // A rename would replace a link, not what it leads to.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    replace(&path, &aside, html).map_err(|error| {
        // It may never have been made.
        let _ = fs::remove_file(&aside);
        let path = path.display();
        SnapshotError::new(format!(
            "{path}: expected to write it, found {error}: check who may write there"
        ))
    })
}

fn replace(path: &Path, aside: &Path, html: &str) -> std::io::Result<()> {
    let mut file = File::create(aside)?;
    file.write_all(html.as_bytes())?;
    if let Ok(before) = fs::metadata(path) {
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()?;
    fs::rename(aside, path)
}
