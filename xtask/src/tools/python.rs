//! Programs from PyPI, each at an exact version in an environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::step::{Plan, Progress};
use crate::tools::{Cache, system};

pub(crate) struct PythonProgram {
    /// As people call it.
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    /// The Debian packages that it is compiled with, where it has parts in C.
    pub(crate) compiled_with: &'static [&'static str],
}

impl PythonProgram {
    /// The Python that has the program. It is started as a module, because the scripts beside it
    /// name the folder they were installed in, and this one is renamed.
    pub(crate) fn python(&self, cache: &Cache) -> PathBuf {
        cache.folder(&self.folder()).join("bin").join("python")
    }

    /// Adds a step for the installation, where it is missing.
    pub(crate) fn plan<'a>(&'a self, plan: &mut Plan<'a>, cache: &'a Cache) {
        if !self.python(cache).exists() {
            plan.add(
                format!("installing {} {}", self.name, self.version),
                |progress| self.ensure(cache, progress).map(|_| ()),
            );
        }
    }

    /// Installs the program where it is missing, and gives its Python.
    pub(crate) fn ensure(&self, cache: &Cache, progress: &Progress) -> Result<PathBuf> {
        let python = self.python(cache);
        if !python.exists() {
            cache.install(&self.folder(), |staging| {
                self.fill(staging, cache, progress)
            })?;
        }
        Ok(python)
    }

    fn folder(&self) -> String {
        format!("{}-{}", self.package, self.version)
    }

    fn fill(&self, folder: &Path, cache: &Cache, progress: &Progress) -> Result {
        let python = system::python(progress, cache)?;
        let log = cache.log(self.package);
        let make_venv = || {
            let mut command = Command::new(&python);
            command.args(["-m", "venv", "--clear"]).arg(folder);
            command
        };
        // Debian's Python comes without what the `venv` module needs.
        progress.attempt(&mut make_venv(), &log).or_else(|error| {
            system::install_packages(&["python3-venv"], progress, cache)
                .map_err(|advice| format!("Python's venv does not work ({error}); {advice}"))?;
            progress.run(&mut make_venv(), &log)
        })?;
        let pip = || {
            let mut command = Command::new(folder.join("bin").join("python"));
            command
                .args(["-m", "pip", "install", "--quiet"])
                .arg("--disable-pip-version-check")
                .arg(format!("{}=={}", self.package, self.version));
            command
        };
        let outcome = if self.compiled_with.is_empty() {
            progress.run(&mut pip(), &log)
        } else {
            progress.attempt(&mut pip(), &log).or_else(|_| {
                system::install_packages(self.compiled_with, progress, cache)?;
                progress.run(&mut pip(), &log)
            })
        };
        outcome.map_err(|error| {
            format!(
                "could not install {}: {error}; check the network and try again",
                self.name
            )
        })
    }
}
