//! Long work that shows it is alive: numbered steps, elapsed seconds, and on failure the end
//! of the log instead of all of it.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::process;

/// The steps still to be done, collected first so that each can say how many there are.
#[derive(Default)]
pub(crate) struct Plan<'a> {
    steps: Vec<Step<'a>>,
}

struct Step<'a> {
    title: String,
    action: Box<dyn FnOnce(&Progress) -> Result + 'a>,
}

impl<'a> Plan<'a> {
    pub(crate) fn add(
        &mut self,
        title: impl Into<String>,
        action: impl FnOnce(&Progress) -> Result + 'a,
    ) {
        self.steps.push(Step {
            title: title.into(),
            action: Box::new(action),
        });
    }

    /// Does every step in order and stops at the first that fails.
    pub(crate) fn run(self) -> Result {
        let n_steps = self.steps.len();
        for (index, step) in self.steps.into_iter().enumerate() {
            let progress = Progress::begin(format!("[{}/{n_steps}] {}", index + 1, step.title));
            let outcome = (step.action)(&progress);
            progress.end(&outcome);
            outcome?;
        }
        Ok(())
    }
}

const TICK: Duration = Duration::from_millis(100);
/// How often a step reports to a log file or a continuous integration page.
const REPORT_EVERY: Duration = Duration::from_secs(15);
/// Enough for a compiler error with its context.
const LINES_SHOWN_ON_FAILURE: usize = 60;

pub(crate) struct Progress {
    started: Instant,
    on_terminal: bool,
    label: RefCell<String>,
}

impl Progress {
    fn begin(label: String) -> Self {
        let on_terminal = io::stdout().is_terminal();
        if on_terminal {
            print!("{label}");
            flush();
        } else {
            println!("{label}");
        }
        Self {
            started: Instant::now(),
            on_terminal,
            label: RefCell::new(label),
        }
    }

    fn end(&self, outcome: &Result) {
        let word = if outcome.is_ok() { "done" } else { "failed" };
        let seconds = self.started.elapsed().as_secs();
        if self.on_terminal {
            println!("\r\x1b[2K{} … {word} in {seconds} s", self.label.borrow());
        } else if seconds > 0 || outcome.is_err() {
            println!("      {word} in {seconds} s");
        }
    }

    /// Tells that the step goes on another way.
    pub(crate) fn note(&self, text: &str) {
        let text = format!("      {text}");
        if self.on_terminal {
            println!("\r\x1b[2K{}", self.label.borrow());
            print!("{text}");
            flush();
        } else {
            println!("{text}");
        }
        *self.label.borrow_mut() = text;
    }

    /// Runs a command, its output going to the log file. On failure prints the end of that
    /// output and names the file.
    pub(crate) fn run(&self, command: &mut Command, log: &Path) -> Result {
        self.try_run(command, log).map_err(|failure| {
            eprintln!("\n{}", failure.tail);
            failure.message
        })
    }

    /// Like `run`, but prints nothing on failure: for attempts that have an alternative.
    pub(crate) fn attempt(&self, command: &mut Command, log: &Path) -> Result {
        self.try_run(command, log)
            .map_err(|failure| failure.message)
    }

    fn try_run(&self, command: &mut Command, log: &Path) -> std::result::Result<(), Failure> {
        let (output, errors) = create_log(log).map_err(|error| {
            Failure::early(format!("cannot write the log {}: {error}", log.display()))
        })?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(|error| {
                Failure::early(format!(
                    "cannot start `{}`: {error}",
                    process::name(command)
                ))
            })?;
        let mut next_report = REPORT_EVERY;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) => {}
                Err(error) => {
                    return Err(Failure::early(format!(
                        "lost sight of `{}`: {error}",
                        process::name(command)
                    )));
                }
            }
            self.tick(&mut next_report);
            thread::sleep(TICK);
        };
        if status.success() {
            return Ok(());
        }
        Err(Failure {
            message: format!(
                "`{}` ended with {status}; its whole output is in {}",
                process::name(command),
                log.display()
            ),
            tail: tail(log),
        })
    }

    fn tick(&self, next_report: &mut Duration) {
        let elapsed = self.started.elapsed();
        if self.on_terminal {
            print!("\r\x1b[2K{} … {} s", self.label.borrow(), elapsed.as_secs());
            flush();
        } else if elapsed >= *next_report {
            println!("      … {} s", elapsed.as_secs());
            *next_report = elapsed + REPORT_EVERY;
        }
    }
}

struct Failure {
    message: String,
    tail: String,
}

impl Failure {
    fn early(message: String) -> Self {
        Self {
            message,
            tail: String::new(),
        }
    }
}

fn create_log(log: &Path) -> io::Result<(File, File)> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = File::create(log)?;
    let errors = file.try_clone()?;
    Ok((file, errors))
}

fn tail(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES_SHOWN_ON_FAILURE)..].join("\n")
}

/// A closed standard output must not end the work.
fn flush() {
    let _ = io::stdout().flush();
}
