//! The tools that build the client, each at an exact version, kept per user: a second clone
//! finds them built.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::process;
use crate::step::{Plan, Progress};
use crate::workspace::Workspace;
use archive::Archive;
use source::Source;

pub(crate) mod archive;
pub(crate) mod python;
mod source;
pub(crate) mod system;

/// The newest that installs with Rust 1.95; see docs/decisions/0002-trunk-0.21.md.
const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132";
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

pub(crate) struct Toolbox {
    cache: Cache,
    tools: Vec<Tool>,
}

impl Toolbox {
    pub(crate) fn new(workspace: &Workspace) -> Result<Self> {
        // The command-line tool refuses a module made by any other version of the library.
        let wasm_bindgen = workspace.locked_version("wasm-bindgen")?;
        Ok(Self {
            cache: Cache::find()?,
            tools: vec![
                Tool::trunk(),
                Tool::wasm_bindgen(wasm_bindgen),
                Tool::wasm_opt(),
            ],
        })
    }

    /// Names and versions, for the digest of what a client build depends on.
    pub(crate) fn versions(&self) -> Vec<String> {
        self.tools.iter().map(Tool::folder).collect()
    }

    /// Adds a step for the Rust target, the library's source and each tool, where it is missing.
    pub(crate) fn plan<'a>(&'a self, plan: &mut Plan<'a>) {
        self.plan_target(plan);
        self.plan_library(plan);
        for tool in &self.tools {
            if !tool.is_ready(&self.cache) {
                plan.add(
                    format!("installing {} {}", tool.name, tool.version),
                    |progress| tool.install(&self.cache, progress),
                );
            }
        }
    }

    pub(crate) fn plan_target<'a>(&'a self, plan: &mut Plan<'a>) {
        if has_wasm_target() {
            return;
        }
        plan.add(
            format!("adding the Rust target {WASM_TARGET}"),
            |progress| {
                let mut rustup = Command::new("rustup");
                rustup.args(["target", "add", WASM_TARGET]);
                progress
                    .run(&mut rustup, &self.cache.log("rustup-target"))
                    .map_err(|error| {
                        format!(
                            "could not add the Rust target {WASM_TARGET} ({error}); add it with \
                         rustup, or install your system's package of that target"
                        )
                    })
            },
        );
    }

    /// The source of the standard library, which the client is built with:
    /// docs/decisions/0004-build-std.md.
    fn plan_library<'a>(&'a self, plan: &mut Plan<'a>) {
        if has_library_source() {
            return;
        }
        plan.add("adding the Rust component rust-src", |progress| {
            let mut rustup = Command::new("rustup");
            rustup.args(["component", "add", "rust-src"]);
            progress
                .run(&mut rustup, &self.cache.log("rustup-component"))
                .map_err(|error| {
                    format!(
                        "could not add the Rust component rust-src ({error}); add it with rustup, \
                         or install your system's package of Rust's source"
                    )
                })
        });
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// `PATH` with the tools in front. Naming a folder that does not exist, because the right
    /// version was already on `PATH`, does no harm.
    pub(crate) fn search_path(&self) -> Result<OsString> {
        let own = self.tools.iter().map(|tool| tool.bin(&self.cache));
        let inherited = env::var_os("PATH").unwrap_or_default();
        env::join_paths(own.chain(env::split_paths(&inherited)))
            .map_err(|error| format!("cannot put {} on PATH: {error}", self.cache.root.display()))
    }
}

/// The folder that holds the tools, one folder for each tool and version.
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    pub(crate) fn find() -> Result<Self> {
        let home = || env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"));
        let root = env::var_os("CAUSERIE_TOOLS")
            .map(PathBuf::from)
            .or_else(|| {
                let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
                cache
                    .or_else(|| Some(PathBuf::from(home()?).join(".cache")))
                    .map(|cache| cache.join("causerie").join("tools"))
            })
            .ok_or(
                "expected HOME or CAUSERIE_TOOLS to tell where the tools are kept, found neither",
            )?;
        // Tools are started from other working folders than this one.
        std::path::absolute(&root)
            .map(|root| Self { root })
            .map_err(|error| format!("cannot use {} for the tools: {error}", root.display()))
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.log"))
    }

    /// Fills a folder beside its final place and renames it there, so that an interrupted
    /// installation is never taken for a finished one.
    pub(crate) fn install(&self, name: &str, fill: impl FnOnce(&Path) -> Result) -> Result {
        let place = self.folder(name);
        let staging = self
            .root
            .join(format!(".staging-{name}-{}", std::process::id()));
        recreate(&staging)?;
        let outcome = fill(&staging).and_then(|()| {
            fs::rename(&staging, &place).or_else(|error| {
                // Another process may have come first; its installation is as good.
                if place.is_dir() {
                    Ok(())
                } else {
                    Err(format!("cannot create {}: {error}", place.display()))
                }
            })
        });
        // Already gone if all went well.
        let _ = fs::remove_dir_all(&staging);
        outcome
    }
}

struct Tool {
    /// As people call it.
    name: &'static str,
    version: String,
    /// The start of its folder's name.
    slug: &'static str,
    programs: &'static [&'static str],
    archive: Option<Archive>,
    source: Source,
}

impl Tool {
    fn trunk() -> Self {
        Self {
            name: "Trunk",
            version: TRUNK.to_owned(),
            slug: "trunk",
            programs: &["trunk"],
            archive: Archive::trunk(TRUNK),
            source: Source::Crate {
                package: "trunk",
                lock: source::Lock::Kept,
                duration: "about three minutes",
            },
        }
    }

    fn wasm_bindgen(version: String) -> Self {
        Self {
            name: "wasm-bindgen",
            slug: "wasm-bindgen",
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
            archive: Archive::wasm_bindgen(&version),
            source: Source::Crate {
                package: "wasm-bindgen-cli",
                lock: source::Lock::KeptIfPossible,
                duration: "about a minute",
            },
            version,
        }
    }

    fn wasm_opt() -> Self {
        Self {
            name: "wasm-opt",
            version: BINARYEN.to_owned(),
            slug: "binaryen",
            programs: &["wasm-opt"],
            archive: Archive::binaryen(BINARYEN),
            source: Source::NodePackage {
                package: "binaryen",
                version: format!("{BINARYEN}.0.0"),
            },
        }
    }

    fn folder(&self) -> String {
        format!("{}-{}", self.slug, self.version)
    }

    fn bin(&self, cache: &Cache) -> PathBuf {
        cache.folder(&self.folder()).join("bin")
    }

    /// The cache is asked first because its folders are named by version and were checked when
    /// they were made; a program on `PATH` has to be started to tell.
    fn is_ready(&self, cache: &Cache) -> bool {
        let bin = self.bin(cache);
        self.programs.iter().all(|program| {
            bin.join(program).exists()
                || process::find(&[program])
                    .is_some_and(|path| process::has_version(&path, &self.version))
        })
    }

    fn install(&self, cache: &Cache, progress: &Progress) -> Result {
        let folder = self.folder();
        let no_archive = match &self.archive {
            None => "there is no prebuilt archive for this system".to_owned(),
            Some(archive) => {
                let outcome = cache.install(&folder, |staging| {
                    archive.unpack(&archive::base_url(), staging)?;
                    self.check(staging)
                });
                match outcome {
                    Ok(()) => return Ok(()),
                    Err(reason) => reason,
                }
            }
        };
        progress.note(&format!("{no_archive}; {}", self.source.announcement()));
        cache
            .install(&folder, |staging| {
                self.source
                    .build(&self.version, staging, cache, progress)?;
                self.check(staging)
            })
            .map_err(|error| {
                format!(
                    "could not install {} {}: {no_archive}, and {error}; check the network and try again, or install it yourself: {}",
                    self.name,
                    self.version,
                    self.source.by_hand(&self.version)
                )
            })
    }

    /// An archive can hold the wrong thing, or a program that this system cannot start.
    fn check(&self, folder: &Path) -> Result {
        for program in self.programs {
            let path = folder.join("bin").join(program);
            if !process::has_version(&path, &self.version) {
                return Err(format!(
                    "expected {program} {}, found a program that does not say so",
                    self.version
                ));
            }
        }
        Ok(())
    }
}

fn has_wasm_target() -> bool {
    process::capture(Command::new("rustc").args(["--print=target-libdir", "--target", WASM_TARGET]))
        .is_ok_and(|folder| Path::new(&folder).is_dir())
}

fn has_library_source() -> bool {
    process::capture(Command::new("rustc").arg("--print=sysroot")).is_ok_and(|root| {
        Path::new(&root)
            .join("lib/rustlib/src/rust/library/Cargo.lock")
            .is_file()
    })
}

fn recreate(folder: &Path) -> Result {
    // It may not be there; if it is there and stays, creating the next file in it fails.
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)
        .map_err(|error| format!("cannot create {}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::Cache;
    use std::fs;

    #[test]
    fn a_failed_installation_leaves_nothing_behind() {
        let root = std::env::temp_dir().join(format!("causerie-cache-{}", std::process::id()));
        let cache = Cache { root: root.clone() };

        let outcome = cache.install("tool-1", |staging| {
            fs::write(staging.join("half"), "done").map_err(|error| error.to_string())?;
            Err("interrupted".to_owned())
        });

        assert_eq!(outcome.expect_err("fails"), "interrupted");
        assert_eq!(fs::read_dir(&root).map(Iterator::count).ok(), Some(0));
        let _ = fs::remove_dir_all(root);
    }
}
