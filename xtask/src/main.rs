//! The project's own automation: `cargo xtask` lists the commands.
#![expect(
    clippy::print_stdout,
    reason = "a command-line program reports on its standard output"
)]

#[cfg(not(unix))]
compile_error!("xtask runs on Linux and macOS; on Windows use the Linux subsystem");

use std::process::ExitCode;

mod bench;
mod budget;
mod ci;
mod client;
mod process;
mod serve;
mod server;
mod soak;
mod step;
mod test;
mod tidy;
mod tools;
mod workspace;

use workspace::Workspace;

/// Every failure ends as one line on standard error and nobody matches on it,
/// so a text is all that an error has to be.
type Result<T = ()> = std::result::Result<T, String>;

struct Command {
    name: &'static str,
    arguments: &'static str,
    summary: &'static str,
    run: fn(&Workspace, &[String]) -> Result<ExitCode>,
}

const COMMANDS: [Command; 6] = [
    Command {
        name: "serve",
        arguments: "[--listen ADDRESS:PORT]",
        summary: "build the client and the endpoint and start them with demo content",
        run: serve::run,
    },
    Command {
        name: "test",
        arguments: "[--only native|wasm|e2e|contract]",
        summary: "install what the tests need and run all of them",
        run: test::run,
    },
    Command {
        name: "soak",
        arguments: "[--seed N] [--count N]",
        summary: "send comments through random faults: none may be lost, none doubled",
        run: soak::run,
    },
    Command {
        name: "budget",
        arguments: "",
        summary: "compare the size of the client with budget.toml",
        run: budget::run,
    },
    Command {
        name: "bench",
        arguments: "[--quick]",
        summary: "measure the client in a browser, beside a floor and other clients",
        run: bench::run,
    },
    Command {
        name: "ci",
        arguments: "",
        summary: "formatting, lints, budget and every test, as continuous integration does",
        run: ci::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let asks_for_help = |argument: &String| matches!(argument.as_str(), "--help" | "-h" | "help");
    let Some((name, rest)) = arguments.split_first() else {
        print_commands();
        return Ok(ExitCode::SUCCESS);
    };
    if arguments.iter().any(asks_for_help) {
        print_commands();
        return Ok(ExitCode::SUCCESS);
    }
    let command = COMMANDS
        .iter()
        .find(|command| command.name == name)
        .ok_or_else(|| {
            format!("there is no command `{name}`; `cargo xtask` lists the commands there are")
        })?;
    (command.run)(&Workspace::find()?, rest)
}

fn print_commands() {
    println!("Usage: cargo xtask COMMAND\n");
    for command in &COMMANDS {
        let usage = format!("{} {}", command.name, command.arguments);
        println!("  {usage:<40} {}", command.summary);
    }
}

#[cfg(test)]
mod tests {
    /// Arguments as a command gets them.
    pub(crate) fn owned(arguments: &[&str]) -> Vec<String> {
        arguments.iter().map(ToString::to_string).collect()
    }
}
