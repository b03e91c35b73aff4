//! `cargo xtask serve`: from a fresh clone to a running demo.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use crate::Result;
use crate::server;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let listen = parse(arguments)?;
    let toolbox = Toolbox::new(workspace)?;
    let program = server::build(workspace, &toolbox)?;
    // The endpoint takes the place of this process, so that its exit code and Ctrl-C need no
    // passing on. It comes back only if it could not be started.
    let error = Command::new(&program)
        .args(["serve", "--demo", "--database", "data/causerie.sqlite"])
        .args(["--listen", &listen])
        .current_dir(&workspace.root)
        .exec();
    Err(format!("cannot start {}: {error}", program.display()))
}

/// The address to listen on.
fn parse(arguments: &[String]) -> Result<String> {
    let mut host = "127.0.0.1".to_owned();
    let mut port = 8080;
    let mut arguments = arguments.iter();
    while let Some(option) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("expected a value after {option}, found nothing"))
        };
        match option.as_str() {
            "--host" => host.clone_from(value()?),
            "--port" => {
                let text = value()?;
                port = text.parse::<u16>().map_err(|_| {
                    format!("expected a port from 0 to 65535 after --port, found `{text}`")
                })?;
            }
            other => {
                return Err(format!("expected --port N or --host H, found `{other}`"));
            }
        }
    }
    if host.contains(':') && !host.starts_with('[') {
        host = format!("[{host}]");
    }
    Ok(format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn understands_its_options() {
        let address = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            parse(&arguments)
        };
        assert_eq!(address(&[]).as_deref(), Ok("127.0.0.1:8080"));
        assert_eq!(
            address(&["--port", "80", "--host", "::1"]).as_deref(),
            Ok("[::1]:80")
        );
        for (arguments, found) in [
            (&["--port"][..], "found nothing"),
            (&["--port", "http"], "found `http`"),
            (&["8080"], "found `8080`"),
        ] {
            let error = address(arguments).expect_err("fails");
            assert!(error.ends_with(found), "{error}");
        }
    }
}
