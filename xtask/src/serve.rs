//! `cargo xtask serve`: from a fresh clone to a running demo.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use crate::Result;
use crate::server;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// Builds what is missing and starts the endpoint with the `arguments`, which are its own: what it
/// says about them, about a taken port above all, is then right here too.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let toolbox = Toolbox::new(workspace)?;
    let program = server::build(workspace, &toolbox)?;
    let mut endpoint = Command::new(&program);
    endpoint
        .args(["serve", "--demo"])
        .args(arguments)
        .current_dir(&workspace.root);
    if !arguments
        .iter()
        .any(|argument| argument.starts_with("--database"))
    {
        endpoint.args(["--database", "data/causerie.sqlite"]);
    }
    // The endpoint takes the place of this process, so that its exit code and Ctrl-C need no
    // passing on. It comes back only if it could not be started.
    let error = endpoint.exec();
    Err(format!("cannot start {}: {error}", program.display()))
}
