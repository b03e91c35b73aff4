//! `cargo xtask test`: every test there is, one sum at the end.

use std::process::ExitCode;

use crate::Result;
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use tally::Tally;

mod contract;
pub(crate) mod e2e;
mod native;
mod servers;
pub(crate) mod tally;
mod wasm;

struct Part {
    name: &'static str,
    run: fn(&Workspace, &Toolbox) -> Result<Outcome>,
}

/// What came of a part.
pub(crate) struct Outcome {
    pub(crate) tally: Tally,
    /// What else is to be said, a line each: why tests were skipped, what was counted.
    pub(crate) remarks: Vec<String>,
}

impl From<Tally> for Outcome {
    fn from(tally: Tally) -> Self {
        let remarks = Vec::new();
        Self { tally, remarks }
    }
}

const PARTS: [Part; 4] = [
    Part {
        name: "native",
        run: |workspace, toolbox| native::run(workspace, toolbox).map(Outcome::from),
    },
    Part {
        name: "wasm",
        run: |workspace, toolbox| wasm::run(workspace, toolbox).map(Outcome::from),
    },
    Part {
        name: "e2e",
        run: e2e::run,
    },
    Part {
        name: "contract",
        run: |workspace, toolbox| contract::run(workspace, toolbox).map(Outcome::from),
    },
];

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let sum = run_parts(workspace, select(arguments)?)?;
    Ok(if sum.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs all tests, where none may be skipped.
pub(crate) fn run_without_skips(workspace: &Workspace) -> Result<ExitCode> {
    let sum = run_parts(workspace, PARTS.iter().collect())?;
    if sum.skipped > 0 {
        eprintln!(
            "error: expected every test to run, found {} skipped",
            sum.skipped
        );
    }
    Ok(if sum.failed + sum.skipped == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run_parts(workspace: &Workspace, selected: Vec<&'static Part>) -> Result<Tally> {
    let toolbox = Toolbox::new(workspace)?;
    let mut lines = Vec::new();
    let mut sum = Tally::default();
    for part in selected {
        println!("\n== {} ==", part.name);
        // A part that cannot run counts as a failure: a test that is skipped in silence is no test.
        let (outcome, error) = match (part.run)(workspace, &toolbox) {
            Ok(outcome) => (outcome, String::new()),
            Err(error) => (Tally::one_failed().into(), format!(" ({error})")),
        };
        lines.push(format!("{:<10}{}{error}", part.name, outcome.tally));
        for remark in outcome.remarks {
            lines.push(format!("{:<10}{remark}", ""));
        }
        sum += outcome.tally;
    }
    println!("\n{}", lines.join("\n"));
    println!("{sum}");
    Ok(sum)
}

fn select(arguments: &[String]) -> Result<Vec<&'static Part>> {
    let names = || PARTS.map(|part| part.name).join(", ");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(PARTS.iter().collect()),
        ["--only", name] => PARTS
            .iter()
            .find(|part| part.name == *name)
            .map(|part| vec![part])
            .ok_or_else(|| format!("expected one of {} after --only, found `{name}`", names())),
        other => Err(format!(
            "expected nothing or `--only` with one of {}, found `{}`",
            names(),
            other.join(" ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::select;
    use crate::tests::owned;

    #[test]
    fn selects_all_or_one() {
        let names = |arguments: &[&str]| {
            select(&owned(arguments))
                .map(|parts| parts.iter().map(|part| part.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]), Ok(vec!["native", "wasm", "e2e", "contract"]));
        assert_eq!(names(&["--only", "e2e"]), Ok(vec!["e2e"]));
        assert!(names(&["--only", "unit"]).is_err());
        assert!(names(&["--only"]).is_err());
    }
}
