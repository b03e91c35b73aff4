//! `cargo xtask test`: every test there is, one sum at the end.

use std::process::ExitCode;

use crate::Result;
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use tally::Tally;

mod contract;
mod e2e;
mod native;
mod tally;
mod wasm;

struct Part {
    name: &'static str,
    run: fn(&Workspace, &Toolbox) -> Result<Tally>,
}

const PARTS: [Part; 4] = [
    Part {
        name: "native",
        run: native::run,
    },
    Part {
        name: "wasm",
        run: wasm::run,
    },
    Part {
        name: "e2e",
        run: e2e::run,
    },
    Part {
        name: "contract",
        run: contract::run,
    },
];

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let selected = select(arguments)?;
    let toolbox = Toolbox::new(workspace)?;
    let mut lines = Vec::new();
    let mut sum = Tally::default();
    for part in selected {
        println!("\n== {} ==", part.name);
        // What cannot run counts as a failure: a test that is skipped in silence is no test.
        let (tally, reason) = match (part.run)(workspace, &toolbox) {
            Ok(tally) => (tally, String::new()),
            Err(reason) => (Tally::one_failed(), format!(" ({reason})")),
        };
        lines.push(format!("{:<10}{tally}{reason}", part.name));
        sum += tally;
    }
    println!("\n{}", lines.join("\n"));
    println!("{sum}");
    Ok(if sum.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
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

    #[test]
    fn selects_all_or_one() {
        let names = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            select(&arguments).map(|parts| parts.iter().map(|part| part.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]), Ok(vec!["native", "wasm", "e2e", "contract"]));
        assert_eq!(names(&["--only", "e2e"]), Ok(vec!["e2e"]));
        assert!(names(&["--only", "unit"]).is_err());
        assert!(names(&["--only"]).is_err());
    }
}
