//! The client's tests in a headless browser.

use crate::Result;
use crate::step::Plan;
use crate::test::tally::{Tally, cargo_test};
use crate::tools::{Toolbox, WASM_TARGET, system};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, toolbox: &Toolbox) -> Result<Tally> {
    let mut chromedriver = None;
    let mut plan = Plan::default();
    toolbox.plan(&mut plan);
    plan.add("looking for a browser", |progress| {
        system::chromium(progress, toolbox.cache())?;
        chromedriver = Some(system::chromedriver(progress, toolbox.cache())?);
        Ok(())
    });
    plan.run()?;

    let mut command = workspace.cargo();
    command
        .args(["test", "--no-fail-fast", "--tests"])
        .args(["-p", "causerie", "--target", WASM_TARGET])
        .env("PATH", toolbox.search_path()?)
        // The default of 20 seconds is short for a browser that starts on a busy machine.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    if let Some(chromedriver) = chromedriver {
        command.env("CHROMEDRIVER", chromedriver);
    }
    cargo_test(&mut command)
}
