//! How many tests passed, failed and were skipped, read from what the runners say.

use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::ops::AddAssign;
use std::process::{Command, ExitStatus, Stdio};

use crate::Result;
use crate::process;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Those that could not run here.
    pub(crate) skipped: u64,
}

impl Tally {
    pub(crate) fn one_failed() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    /// Brings the count and the runner's exit status together: a runner that failed without a
    /// failing test (it did not compile, say) counts one, and a run of no test at all is an
    /// error.
    pub(crate) fn settle(mut self, runner: &str, status: ExitStatus) -> Result<Self> {
        if !status.success() && self.failed == 0 {
            eprintln!("error: {runner} ended with {status} though no test failed; see above");
            self.failed = 1;
        }
        if self == Self::default() {
            return Err(format!("{runner} found no test"));
        }
        Ok(self)
    }

    /// Adds what a line of libtest or wasm-bindgen-test says, if it is a closing line:
    /// `test result: ok. 3 passed; 0 failed; …`.
    fn count_line(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result: ") else {
            return;
        };
        let count = |word: &str| -> u64 {
            let words: Vec<&str> = counts.split([' ', ';']).collect();
            words
                .windows(2)
                .find(|pair| pair[1] == word)
                .and_then(|pair| pair[0].parse().ok())
                .unwrap_or(0)
        };
        self.passed += count("passed");
        self.failed += count("failed");
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(formatter, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Runs `cargo test`, passing its output on and counting the tests.
pub(crate) fn cargo_test(command: &mut Command) -> Result<Tally> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start `{}`: {error}", process::name(command)))?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output)
            .split(b'\n')
            .map_while(std::io::Result::ok)
        {
            // A test may print anything.
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            tally.count_line(&line);
        }
    }
    let status = child
        .wait()
        .map_err(|error| format!("lost sight of `{}`: {error}", process::name(command)))?;
    tally.settle("`cargo test`", status)
}

#[cfg(test)]
mod tests {
    use super::Tally;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    #[test]
    fn counts_closing_lines_and_nothing_else() {
        let mut tally = Tally::default();
        for line in [
            "running 4 tests",
            "test draft::keeps_text ... ok",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            "   Doc-tests causerie_core",
            "test result: ok. 0 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.05s",
        ] {
            tally.count_line(line);
        }
        assert_eq!(tally.to_string(), "15 passed, 2 failed");
    }

    #[test]
    fn a_failed_run_is_never_clean_and_an_empty_one_never_passes() {
        let success = ExitStatus::from_raw(0);
        let failure = ExitStatus::from_raw(101 << 8);
        let passed = Tally {
            passed: 3,
            ..Tally::default()
        };
        assert_eq!(passed.settle("runner", success), Ok(passed));
        assert_eq!(
            passed.settle("runner", failure).map(|tally| tally.failed),
            Ok(1)
        );
        assert!(Tally::default().settle("runner", success).is_err());
        assert_eq!(
            Tally::default().settle("runner", failure),
            Ok(Tally::one_failed())
        );
    }
}
