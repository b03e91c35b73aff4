//! `cargo xtask soak`: comments sent through random faults, as in the end-to-end tests, but more
//! of them, and other ones each time.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Result;
use crate::test::e2e;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// How many scenarios there are if nobody says.
const COUNT: u32 = 1000;

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let wish = Wish::parse(arguments)?;
    let seed = wish.seed.unwrap_or_else(any_seed);
    let toolbox = Toolbox::new(workspace)?;
    println!("{} scenarios from seed {seed} on", wish.count);
    let outcome = e2e::run_with(workspace, &toolbox, |playwright| {
        playwright
            .args(["--project", "soak"])
            .env("SOAK_SEED", seed.to_string())
            .env("SOAK_COUNT", wish.count.to_string());
    })?;
    println!("\n{} (seed {seed})", outcome.tally);
    for remark in outcome.remarks {
        println!("{remark}");
    }
    Ok(if outcome.tally.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    seed: Option<u32>,
    count: u32,
}

impl Wish {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut wish = Self {
            seed: None,
            count: COUNT,
        };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let number = rest
                .next()
                .ok_or_else(|| format!("expected a number after {name}, found nothing"))
                .and_then(|value| {
                    let parsed = value.parse::<u32>();
                    parsed.map_err(|_| format!("expected a number after {name}, found `{value}`"))
                });
            match name.as_str() {
                "--seed" => wish.seed = Some(number?),
                "--count" => wish.count = number?,
                other => {
                    return Err(format!("expected --seed or --count, found `{other}`"));
                }
            }
        }
        Ok(wish)
    }
}

/// Another one each time. Short, because people copy it.
fn any_seed() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.subsec_nanos() % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{COUNT, Wish};
    use crate::tests::owned;

    #[test]
    fn reads_seed_and_count() {
        let wish = |arguments: &[&str]| {
            Wish::parse(&owned(arguments)).map(|Wish { seed, count }| (seed, count))
        };
        assert_eq!(wish(&[]), Ok((None, COUNT)));
        assert_eq!(wish(&["--seed", "7"]), Ok((Some(7), COUNT)));
        assert_eq!(wish(&["--count", "1", "--seed", "7"]), Ok((Some(7), 1)));
        assert!(wish(&["--seed"]).is_err());
        assert!(wish(&["--seed", "x"]).is_err());
        assert!(wish(&["7"]).is_err());
    }
}
