//! `cargo xtask budget`: the size of the client, as it goes over the wire, against the numbers
//! in budget.toml.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::Result;
use crate::client;
use crate::client::compress::brotli;
use crate::client::digest::files_below;
use crate::step::Plan;
use crate::tools::Toolbox;
use crate::workspace::{Workspace, read};

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        return Err(format!("expected no arguments, found `{argument}`"));
    }
    Ok(if check(workspace)? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Builds the client, prints its sizes and tells whether all are within the budget.
pub(crate) fn check(workspace: &Workspace) -> Result<bool> {
    let toolbox = Toolbox::new(workspace)?;
    let mut plan = Plan::default();
    client::plan(&mut plan, workspace, &toolbox)?;
    plan.run()?;

    let (budget, files) = weigh(workspace)?;
    for file in &files {
        println!("{:>8}  {}", file.bytes, file.name);
    }
    let mut is_within = true;
    for (feature, backend) in client::BACKENDS {
        let report = budget.compare(backend, &loaded(&files, feature));
        println!("{}", report.table);
        is_within &= report.is_within;
    }
    Ok(is_within)
}

/// What readers of each back end load, in bytes after Brotli, of the client that is there.
pub(crate) fn totals(workspace: &Workspace) -> Result<Vec<(&'static str, usize)>> {
    let (_, files) = weigh(workspace)?;
    let total = |feature: &str| loaded(&files, feature).iter().map(|it| it.bytes).sum();
    let totals = client::BACKENDS.into_iter();
    Ok(totals
        .map(|(feature, backend)| (backend, total(feature)))
        .collect())
}

/// The budget, and every file of the client that is there that it counts.
fn weigh(workspace: &Workspace) -> Result<(Budget, Vec<Measured>)> {
    let budget = Budget::parse(&read(&workspace.root.join("budget.toml"))?)?;
    let files = measure(&workspace.dist(), &budget)?;
    Ok((budget, files))
}

/// Those that readers of a back end load.
fn loaded<'a>(files: &'a [Measured], feature: &str) -> Vec<&'a Measured> {
    files.iter().filter(|it| it.serves(feature)).collect()
}

/// A file that a first visit loads.
struct Measured {
    name: String,
    kind: &'static str,
    bytes: usize,
}

impl Measured {
    /// Whether readers of the back end load it: they do not load the clients for others.
    fn serves(&self, feature: &str) -> bool {
        client::BACKENDS.into_iter().all(|(other, _)| {
            other == feature || !self.name.starts_with(&format!("causerie-{other}-"))
        })
    }
}

const KINDS: [&str; 3] = ["wasm", "js", "css"];

/// Counts every module, script and style sheet that is not listed as lazy, so that a new file
/// is counted until someone says that a first visit does without it.
fn measure(dist: &Path, budget: &Budget) -> Result<Vec<Measured>> {
    let mut files = Vec::new();
    for path in files_below(dist)? {
        let name = path
            .strip_prefix(dist)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let Some(kind) = KINDS.into_iter().find(|kind| extension == Some(kind)) else {
            continue;
        };
        if budget.lazy.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        let bytes =
            fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        files.push(Measured {
            name,
            kind,
            bytes: brotli(&bytes)?.len(),
        });
    }
    Ok(files)
}

#[derive(Debug)]
struct Budget {
    total: usize,
    /// In the order of `KINDS`.
    by_kind: [usize; KINDS.len()],
    /// Starts of the names of files that a first visit does not load.
    lazy: Vec<String>,
}

struct Report {
    table: String,
    is_within: bool,
}

impl Budget {
    fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text
            .parse()
            .map_err(|error| format!("budget.toml is not valid TOML: {error}"))?;
        let number = |key: &str| {
            table
                .get(key)
                .and_then(toml::Value::as_integer)
                .and_then(|bytes| usize::try_from(bytes).ok())
                .ok_or_else(|| format!("expected a number of bytes for `{key}` in budget.toml"))
        };
        let lazy = table
            .get("lazy")
            .and_then(toml::Value::as_array)
            .ok_or("expected a list of names for `lazy` in budget.toml")?;
        Ok(Self {
            total: number("total")?,
            by_kind: [number("wasm")?, number("js")?, number("css")?],
            lazy: lazy
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
        })
    }

    fn compare(&self, backend: &str, files: &[&Measured]) -> Report {
        let of_kind = |kind: &str| -> usize {
            let counted = files.iter().filter(|file| file.kind == kind);
            counted.map(|file| file.bytes).sum()
        };
        let lines = KINDS
            .iter()
            .zip(self.by_kind)
            .map(|(kind, limit)| (*kind, of_kind(kind), limit))
            .chain([(
                "total",
                files.iter().map(|file| file.bytes).sum(),
                self.total,
            )]);
        let mut table = format!("\n{backend:<10}{:>10}{:>10}", "brotli", "budget");
        let mut is_within = true;
        for (name, bytes, limit) in lines {
            let verdict = if bytes > limit {
                is_within = false;
                format!("  over by {}", bytes - limit)
            } else {
                String::new()
            };
            table.push_str(&format!("\n{name:<10}{bytes:>10}{limit:>10}{verdict}"));
        }
        Report { table, is_within }
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Measured};

    const BUDGET: &str = "total = 100\nwasm = 80\njs = 30\ncss = 10\nlazy = [\"lazy/\"]";

    fn verdict(wasm: usize, js: usize) -> (bool, String) {
        let budget = Budget::parse(BUDGET).expect("parses");
        let file = |kind, bytes| Measured {
            name: format!("causerie.{kind}"),
            kind,
            bytes,
        };
        let report = budget.compare("isso", &[&file("wasm", wasm), &file("js", js)]);
        (report.is_within, report.table)
    }

    #[test]
    fn the_limit_itself_is_within() {
        assert!(verdict(80, 20).0);
    }

    #[test]
    fn one_kind_over_fails_though_the_total_is_within() {
        let (is_within, table) = verdict(0, 31);
        assert!(!is_within);
        assert!(table.contains("over by 1"), "{table}");
    }

    #[test]
    fn the_total_over_fails_though_each_kind_is_within() {
        let (is_within, table) = verdict(80, 21);
        assert!(!is_within);
        assert!(table.ends_with("over by 1"), "{table}");
    }

    #[test]
    fn nobody_loads_the_clients_of_others() {
        let serves = |name: &str, feature| {
            let name = name.to_owned();
            let (kind, bytes) = ("wasm", 1);
            Measured { name, kind, bytes }.serves(feature)
        };
        assert!(serves("causerie-isso-0123.wasm", "isso"));
        assert!(!serves("causerie-isso-0123.wasm", "contract"));
        assert!(serves("causerie-0123.css", "contract"));
    }

    #[test]
    fn a_missing_number_is_named() {
        let error = Budget::parse("total = 1\nlazy = []\nwasm = 1\njs = 1").expect_err("fails");
        assert_eq!(error, "expected a number of bytes for `css` in budget.toml");
    }
}
