//! Finding and running other programs.

use std::env;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::Result;

/// Runs a command to its end and returns what it printed on standard output. Fails with the
/// last line it printed on standard error.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot start `{}`: {error}", name(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(match complaint.trim().lines().next_back() {
        Some(line) => line.trim().to_owned(),
        None => format!("`{}` ended with {}", name(command), output.status),
    })
}

/// Runs a command with its output going straight to the terminal.
pub(crate) fn stream(command: &mut Command) -> Result<ExitStatus> {
    command
        .status()
        .map_err(|error| format!("cannot start `{}`: {error}", name(command)))
}

/// The first of the programs that is on `PATH`.
pub(crate) fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    programs.iter().find_map(|program| {
        env::split_paths(&path)
            .map(|folder| folder.join(program))
            .find(|candidate| is_executable(candidate))
    })
}

/// Whether `program --version` names exactly this version.
pub(crate) fn has_version(program: &Path, version: &str) -> bool {
    capture(Command::new(program).arg("--version"))
        .is_ok_and(|printed| printed.split_whitespace().any(|word| word == version))
}

/// The program's name, for messages.
pub(crate) fn name(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
