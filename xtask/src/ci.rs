//! `cargo xtask ci`: all that a change has to pass, the quickest to fail first.

use std::process::{Command, ExitCode};

use crate::Result;
use crate::process;
use crate::step::Plan;
use crate::tools::{Toolbox, WASM_TARGET};
use crate::workspace::Workspace;
use crate::{budget, test};

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        return Err(format!("expected no arguments, found `{argument}`"));
    }
    prepare(workspace)?;
    check(
        "formatting",
        workspace.cargo().args(["fmt", "--all", "--check"]),
    )?;
    check(
        "lints of the native crates",
        workspace
            .cargo()
            .args(["clippy", "--all-targets"])
            .args([
                "-p",
                "causerie-core",
                "-p",
                "causerie-server",
                "-p",
                "xtask",
            ])
            .args(["--", "-D", "warnings"]),
    )?;
    check(
        "lints of the client",
        workspace
            .cargo()
            .args(["clippy", "--all-targets"])
            .args(["-p", "causerie", "--target", WASM_TARGET])
            .args(["--", "-D", "warnings"]),
    )?;
    println!("== budget ==");
    if !budget::check(workspace)? {
        return Err("the client is over its budget".to_owned());
    }
    // Last, because its closing line is what a reader of the log looks for.
    test::run_without_skips(workspace)
}

/// Adds the parts of the toolchain that a minimal installation lacks.
fn prepare(workspace: &Workspace) -> Result {
    for component in ["rustfmt", "clippy"] {
        let program = format!("cargo-{}", component.trim_start_matches("rust"));
        if process::capture(Command::new(&program).arg("--version")).is_ok() {
            continue;
        }
        check(
            &format!("adding {component}"),
            Command::new("rustup").args(["component", "add", component]),
        )?;
    }
    let toolbox = Toolbox::new(workspace)?;
    let mut plan = Plan::default();
    toolbox.plan_target(&mut plan);
    plan.run()
}

fn check(name: &str, command: &mut Command) -> Result {
    println!("== {name} ==");
    let status = process::stream(command)?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "{name}: `{}` ended with {status}",
            process::name(command)
        ))
    }
}
