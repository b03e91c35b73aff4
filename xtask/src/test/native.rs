//! The tests that need no browser.

use crate::Result;
use crate::test::tally::{Tally, cargo_test};
use crate::tools::Toolbox;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, _toolbox: &Toolbox) -> Result<Tally> {
    cargo_test(workspace.cargo().args(["test", "--no-fail-fast"]).args([
        "-p",
        "causerie-core",
        "-p",
        "causerie-server",
        "-p",
        "xtask",
    ]))
}
