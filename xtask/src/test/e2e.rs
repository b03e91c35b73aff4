//! The whole page in a real browser, with Playwright.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::process;
use crate::server;
use crate::step::Plan;
use crate::test::Outcome;
use crate::test::servers::Servers;
use crate::test::tally::Tally;
use crate::tools::{Toolbox, system};
use crate::workspace::{Workspace, read};

pub(crate) fn run(workspace: &Workspace, toolbox: &Toolbox) -> Result<Outcome> {
    run_with(workspace, toolbox, |_| {})
}

/// Runs the tests with a Playwright that `adapt` may give arguments and variables.
pub(crate) fn run_with(
    workspace: &Workspace,
    toolbox: &Toolbox,
    adapt: impl FnOnce(&mut Command),
) -> Result<Outcome> {
    let (mut playwright, missing) = playwright(workspace, toolbox)?;
    let results = folder(workspace).join("results");
    let report = results.join("report.json");
    let soaked = results.join("soak.txt");
    // What an earlier run left must not be taken for this one's.
    let _ = fs::remove_file(&report);
    let _ = fs::remove_file(&soaked);
    adapt(&mut playwright);
    let status = process::stream(&mut playwright)?;
    if !report.exists() {
        return Err(format!(
            "Playwright ended with {status} and wrote no report"
        ));
    }
    let skipped = missing.iter().map(|reason| format!("skipped {reason}"));
    // The file is not there where no scenario of the soak ran.
    let figures = fs::read_to_string(&soaked).unwrap_or_default();
    let remarks = skipped.chain(figures.lines().map(str::to_owned)).collect();
    let tally = count(&read(&report)?)?.settle("Playwright", status)?;
    Ok(Outcome { tally, remarks })
}

/// Builds and installs all that the tests work with. Gives the Playwright that runs them, and a
/// line for each server that could not be had.
pub(crate) fn playwright(
    workspace: &Workspace,
    toolbox: &Toolbox,
) -> Result<(Command, Vec<String>)> {
    let endpoint = server::build(workspace, toolbox)?;
    let folder = folder(workspace);
    let chromium = prepare(workspace, toolbox, &folder)?;
    let servers = Servers::prepare(toolbox)?;
    let mut playwright = Command::new(folder.join("node_modules/.bin/playwright"));
    playwright
        .arg("test")
        .current_dir(&folder)
        .env("CAUSERIE_BIN", endpoint)
        .env("CAUSERIE_SERVERS", servers.write(workspace)?)
        .env("CHROMIUM", chromium);
    Ok((playwright, servers.missing()))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests").join("e2e")
}

/// Sees to the browser and the packages, and tells where the browser is.
fn prepare(workspace: &Workspace, toolbox: &Toolbox, folder: &Path) -> Result<PathBuf> {
    let cache = toolbox.cache();
    let mut browser = None;
    let mut plan = Plan::default();
    plan.add("looking for a browser", |progress| {
        browser = Some(system::chromium(progress, cache)?);
        Ok(())
    });
    if !has_current_packages(folder) {
        plan.add(
            "installing the packages of the end-to-end tests",
            |progress| {
                let log = workspace.scratch()?.join("npm.log");
                let npm = system::npm(progress, cache)?;
                progress
                    .run(
                        Command::new(npm)
                            .args(["ci", "--no-audit", "--no-fund"])
                            .current_dir(folder)
                            // The tests run in the system's browser.
                            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
                        &log,
                    )
                    .map_err(|error| {
                        format!("could not install the packages of the end-to-end tests: {error}")
                    })
            },
        );
    }
    plan.run()?;
    browser.ok_or_else(|| "no browser was found".to_owned())
}

/// Whether the packages were installed after the lock file last changed. npm writes the hidden
/// lock file when it is done.
fn has_current_packages(folder: &Path) -> bool {
    let changed = |file: &str| {
        folder
            .join(file)
            .metadata()
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    match (
        changed("node_modules/.package-lock.json"),
        changed("package-lock.json"),
    ) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}

fn count(report: &str) -> Result<Tally> {
    let report: serde_json::Value = serde_json::from_str(report)
        .map_err(|error| format!("Playwright's report is not valid JSON: {error}"))?;
    let stat = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
    // Errors outside any test, such as a spec file that cannot be read.
    let n_errors = report["errors"].as_array().map_or(0, Vec::len);
    Ok(Tally {
        passed: stat("expected") + stat("flaky"),
        failed: stat("unexpected") + n_errors as u64,
        skipped: stat("skipped"),
    })
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_tests_and_errors_outside_tests() {
        let report = r#"{
            "stats": {"expected": 7, "unexpected": 2, "flaky": 1, "skipped": 3},
            "errors": [{"message": "SyntaxError"}]
        }"#;
        let tally = count(report).expect("reads");
        assert_eq!(tally.to_string(), "8 passed, 3 failed, 3 skipped");
    }
}
