//! What is left when no archive can be had: building from the package registries.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::step::Progress;
use crate::tools::{Cache, system};

pub(crate) enum Source {
    Crate {
        package: &'static str,
        lock: Lock,
        duration: &'static str,
    },
    NodePackage {
        package: &'static str,
        version: String,
    },
}

/// Whether a crate is built with the dependencies that its author locked.
pub(crate) enum Lock {
    Kept,
    /// A locked dependency can have been withdrawn since; then the newest ones have to do.
    KeptIfPossible,
}

impl Source {
    /// Tells what is about to happen.
    pub(crate) fn announcement(&self) -> String {
        match self {
            Self::Crate { duration, .. } => format!("building from source, {duration}"),
            Self::NodePackage { .. } => "installing it with npm".to_owned(),
        }
    }

    /// The command for someone who wants to do it alone.
    pub(crate) fn by_hand(&self, version: &str) -> String {
        match self {
            Self::Crate {
                package,
                lock: Lock::Kept,
                ..
            } => format!("cargo install {package} --version {version} --locked"),
            Self::Crate { package, .. } => format!("cargo install {package} --version {version}"),
            Self::NodePackage { package, version } => format!("npm install -g {package}@{version}"),
        }
    }

    /// Puts the programs into `folder/bin`.
    pub(crate) fn build(
        &self,
        version: &str,
        folder: &Path,
        cache: &Cache,
        progress: &Progress,
    ) -> Result {
        match self {
            Self::Crate { package, lock, .. } => {
                build_crate(package, lock, version, folder, cache, progress)
            }
            Self::NodePackage { package, version } => {
                install_node_package(package, version, folder, cache, progress)
            }
        }
    }
}

fn build_crate(
    package: &str,
    lock: &Lock,
    version: &str,
    folder: &Path,
    cache: &Cache,
    progress: &Progress,
) -> Result {
    // The same each time, so that an interrupted build goes on where it was.
    let target = cache.folder(&format!(".build-{package}-{version}"));
    let install = || {
        let mut command = Command::new("cargo");
        command
            .args(["install", package, "--version", &format!("={version}")])
            // A debug build takes a quarter of the time and works as fast where it matters.
            .args(["--debug", "--no-track", "--root"])
            .arg(folder)
            .arg("--target-dir")
            .arg(&target)
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            // Away from the settings of this workspace.
            .current_dir(folder);
        command
    };
    let log = |attempt: &str| cache.log(&format!("{package}-{version}-{attempt}"));
    match lock {
        Lock::Kept => progress.run(install().arg("--locked"), &log("locked")),
        Lock::KeptIfPossible => progress
            .attempt(install().arg("--locked"), &log("locked"))
            .or_else(|_| {
                progress.note("not with its own lock file; building with newer dependencies");
                progress.run(&mut install(), &log("unlocked"))
            }),
    }?;
    // Nothing in it is of use again, and what stays costs only space.
    let _ = fs::remove_dir_all(&target);
    Ok(())
}

fn install_node_package(
    package: &str,
    version: &str,
    folder: &Path,
    cache: &Cache,
    progress: &Progress,
) -> Result {
    let npm = system::npm(progress, cache)?;
    progress.run(
        Command::new(npm)
            .args(["install", "--no-audit", "--no-fund", "--prefix"])
            .arg(folder)
            .arg(format!("{package}@{version}"))
            .current_dir(folder),
        &cache.log(&format!("{package}-{version}")),
    )?;
    // Its `bin`, as every other tool has it.
    symlink("node_modules/.bin", folder.join("bin"))
        .map_err(|error| format!("cannot link {}: {error}", folder.join("bin").display()))
}
