//! `cargo xtask bench`: what the client takes in a browser, beside a floor and other clients.

use std::process::{Command, ExitCode};

use crate::Result;
use crate::budget;
use crate::process;
use crate::test::e2e;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let scope = scope(arguments)?;
    let toolbox = Toolbox::new(workspace)?;
    let (mut playwright, missing) = e2e::playwright(workspace, &toolbox)?;
    for reason in missing {
        println!("left out: {reason}");
    }
    playwright
        .arg("--config")
        .arg(workspace.root.join("bench").join("playwright.config.ts"))
        .env("BENCH_SCOPE", scope)
        .env("BENCH_BYTES", bytes(workspace)?)
        .env("BENCH_COMMIT", commit(workspace));
    let status = process::stream(&mut playwright)?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What is visited: `bench/plan.ts` knows it by these names.
fn scope(arguments: &[String]) -> Result<&'static str> {
    match arguments {
        [] => Ok("full"),
        [argument] if argument == "--quick" => Ok("quick"),
        [argument, ..] => Err(format!("expected --quick or nothing, found `{argument}`")),
    }
}

/// What the readers of each back end load: `wordpress=99854 isso=98182`.
fn bytes(workspace: &Workspace) -> Result<String> {
    let totals = budget::totals(workspace)?.into_iter();
    let pairs: Vec<_> = totals
        .map(|(backend, bytes)| format!("{backend}={bytes}"))
        .collect();
    Ok(pairs.join(" "))
}

/// The commit that was measured. Where there is none, as in an archive, the rest is worth
/// measuring all the same.
fn commit(workspace: &Workspace) -> String {
    let mut git = Command::new("git");
    git.args(["describe", "--always", "--dirty", "--exclude=*"])
        .current_dir(&workspace.root);
    process::capture(&mut git).unwrap_or_else(|_| "unknown commit".to_owned())
}

#[cfg(test)]
mod tests {
    use super::scope;
    use crate::tests::owned;

    #[test]
    fn reads_the_scope() {
        let scope = |arguments: &[&str]| scope(&owned(arguments));
        assert_eq!(scope(&[]), Ok("full"));
        assert_eq!(scope(&["--quick"]), Ok("quick"));
        assert!(scope(&["--slow"]).is_err());
        assert!(scope(&["--slow", "--quick"]).is_err());
    }
}
