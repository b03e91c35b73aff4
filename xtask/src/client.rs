//! Builds the client into `dist/`, unless the one that is there was built from the same inputs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::process;
use crate::step::{Plan, Progress};
use crate::tools::{Toolbox, WASM_TARGET};
use crate::workspace::Workspace;
use digest::Digest;

pub(crate) mod compress;
pub(crate) mod digest;
mod names;
mod script;
mod shrink;

/// Everything that the built client depends on, apart from the tools.
const INPUTS: [&str; 13] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "build.rs",
    "crates/causerie-core",
    "crates/no-wasm-streams",
    "index.html",
    "locales",
    "public",
    "src",
    "style",
    "xtask/src/client",
];

/// The back ends, each with a module of its own: a reader loads no code for the others. The feature
/// that builds it and what the attribute `backend` calls it. The last one is what the page speaks.
pub(crate) const BACKENDS: [(&str, &str); 4] = [
    ("wordpress", "wordpress"),
    ("isso", "isso"),
    ("static", "static"),
    ("contract", "causerie"),
];

/// Adds the steps of a client build, or none when it is up to date.
pub(crate) fn plan<'a>(
    plan: &mut Plan<'a>,
    workspace: &'a Workspace,
    toolbox: &'a Toolbox,
) -> Result {
    let stamp = Stamp::of(workspace)?;
    // Taken now, so that a file that changes during the build counts as a change next time.
    let inputs = inputs_digest(workspace, toolbox)?;
    if stamp.matches(&inputs, &workspace.dist())? {
        return Ok(());
    }
    toolbox.plan(plan);
    plan.add("fetching the crates", |progress| {
        let log = workspace.scratch()?.join("fetch.log");
        let mut fetch = workspace.cargo();
        // Those of the standard library too: Trunk builds without a network.
        build_library_along(fetch.args(["fetch", "--locked", "--target", WASM_TARGET]));
        progress
            .run(&mut fetch, &log)
            .map_err(|error| format!("could not fetch the crates: {error}"))
    });
    plan.add(
        "building the client (about three minutes)",
        move |progress| {
            stamp.remove()?;
            let modules = BACKENDS
                .into_iter()
                .map(|(feature, backend)| {
                    trunk_build(workspace, toolbox, feature, progress)?;
                    shrink::Module::read(&workspace.dist(), feature, backend)
                })
                .collect::<Result<Vec<_>>>()?;
            shrink::folder(&workspace.dist(), &modules)?;
            compress::folder(&workspace.dist())?;
            stamp.write(&inputs, &workspace.dist())
        },
    );
    Ok(())
}

fn trunk_build(
    workspace: &Workspace,
    toolbox: &Toolbox,
    feature: &str,
    progress: &Progress,
) -> Result {
    let log = workspace.scratch()?.join("client.log");
    let mut trunk = Command::new("trunk");
    trunk
        // Offline, Trunk names a tool that is missing instead of downloading one.
        .args([
            "build",
            "--release",
            "--offline=true",
            "--skip-version-check",
            "--no-default-features=true",
            "--features",
            feature,
        ])
        .current_dir(&workspace.root)
        .env("PATH", toolbox.search_path()?)
        // Trunk refuses to start over the usual `NO_COLOR=1`: it wants `true`.
        .env_remove("NO_COLOR")
        // A panic stops at once: its message would be written to nowhere. The stack is 64 kB below
        // the usual one, so that the addresses of what lies above it are written in three bytes
        // instead of four.
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            "-Zunstable-options -Cpanic=immediate-abort -Clink-arg=-zstack-size=983040",
        )
        // A backtrace of Trunk would push the error itself out of sight.
        .env("RUST_BACKTRACE", "0");
    progress
        .run(build_library_along(&mut trunk), &log)
        .map_err(|error| format!("could not build the client: {error}"))
}

/// Has Cargo build the standard library with the client, for size. That is unstable, so the compiler
/// is told to allow it: docs/decisions/0004-build-std.md.
fn build_library_along(command: &mut Command) -> &mut Command {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
}

/// The tools belong to the inputs: with another version they write other bytes.
fn inputs_digest(workspace: &Workspace, toolbox: &Toolbox) -> Result<String> {
    let mut digest = Digest::default();
    for path in INPUTS {
        digest.add_path(&workspace.root, Path::new(path))?;
    }
    for tool in toolbox.versions() {
        digest.add_text(&tool);
    }
    let mut rustc = Command::new("rustc");
    rustc.arg("--version").current_dir(&workspace.root);
    digest.add_text(&process::capture(&mut rustc)?);
    Ok(digest.finish())
}

/// What the last build was made from and what it made. Both, because `trunk serve` writes to
/// the same folder.
struct Stamp {
    path: PathBuf,
}

impl Stamp {
    fn of(workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            path: workspace.scratch()?.join("client.stamp"),
        })
    }

    fn matches(&self, inputs: &str, dist: &Path) -> Result<bool> {
        let Ok(stored) = fs::read_to_string(&self.path) else {
            return Ok(false);
        };
        Ok(stored == Self::text(inputs, dist)?)
    }

    fn write(&self, inputs: &str, dist: &Path) -> Result {
        fs::write(&self.path, Self::text(inputs, dist)?)
            .map_err(|error| format!("cannot write {}: {error}", self.path.display()))
    }

    /// A build that fails half-way must not pass for the one before it.
    fn remove(&self) -> Result {
        if self.path.exists() {
            fs::remove_file(&self.path)
                .map_err(|error| format!("cannot remove {}: {error}", self.path.display()))?;
        }
        Ok(())
    }

    fn text(inputs: &str, dist: &Path) -> Result<String> {
        let mut outputs = Digest::default();
        outputs.add_path(dist, Path::new(""))?;
        Ok(format!("inputs {inputs}\noutputs {}\n", outputs.finish()))
    }
}
