//! Programs that come from the operating system. They are installed where that needs no
//! question (root on Debian or Ubuntu); elsewhere one line names what is missing.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::process;
use crate::step::Progress;
use crate::tools::Cache;

pub(crate) fn npm(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    let programs = ["npm"];
    ensure("npm", &programs, &["nodejs", "npm"], progress, cache)
}

pub(crate) fn chromium(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    let programs = ["chromium", "chromium-browser", "google-chrome"];
    if let Some(path) = env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    ensure("Chromium", &programs, &BROWSER_PACKAGES, progress, cache)
}

pub(crate) fn chromedriver(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    let programs = ["chromedriver"];
    if let Some(path) = env::var_os("CHROMEDRIVER") {
        return Ok(path.into());
    }
    ensure(
        "ChromeDriver",
        &programs,
        &BROWSER_PACKAGES,
        progress,
        cache,
    )
}

pub(crate) fn python(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    let programs = ["python3"];
    let packages = ["python3", "python3-venv"];
    ensure("Python 3", &programs, &packages, progress, cache)
}

/// Without a font, text has no width and tests of the layout fail.
const BROWSER_PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

/// Installs Debian packages, or says which are needed.
pub(crate) fn install_packages(packages: &[&str], progress: &Progress, cache: &Cache) -> Result {
    let packages_line = packages.join(" ");
    let Some(apt_get) = process::find(&["apt-get"]) else {
        return Err(format!(
            "install it, on Debian or Ubuntu with `apt-get install {packages_line}`"
        ));
    };
    if process::capture(Command::new("id").arg("-u")).as_deref() != Ok("0") {
        return Err(format!(
            "install it with `sudo apt-get install {packages_line}`"
        ));
    }
    progress.note(&format!("installing the packages {packages_line}"));
    let apt = || {
        let mut command = Command::new(&apt_get);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // An old package list may do, so only the installation decides.
    let _ = progress.attempt(apt().arg("update"), &cache.log("apt-update"));
    progress.run(
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
        &cache.log("apt-install"),
    )
}

fn ensure(
    name: &str,
    programs: &[&str],
    packages: &[&str],
    progress: &Progress,
    cache: &Cache,
) -> Result<PathBuf> {
    if let Some(path) = process::find(programs) {
        return Ok(path);
    }
    install_packages(packages, progress, cache)
        .map_err(|error| format!("{name} is missing; {error}"))?;
    process::find(programs).ok_or_else(|| {
        format!("{name} is missing even after its packages were installed; install it by hand")
    })
}
