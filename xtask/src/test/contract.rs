//! The endpoint against docs/openapi.yaml, with requests that Schemathesis makes up.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::process;
use crate::server;
use crate::step::Plan;
use crate::test::tally::Tally;
use crate::tools::Toolbox;
use crate::tools::python::PythonProgram;
use crate::workspace::{Workspace, read};

const SCHEMATHESIS: PythonProgram = PythonProgram {
    name: "Schemathesis",
    package: "schemathesis",
    version: "4.32.5",
    compiled_with: &[],
};
/// How many requests are made up for each operation. With a fixed seed, more of them find
/// nothing new on the next run.
const EXAMPLES: &str = "40";

pub(crate) fn run(workspace: &Workspace, toolbox: &Toolbox) -> Result<Tally> {
    let contract = workspace.root.join("docs").join("openapi.yaml");
    if !contract.is_file() {
        return Err(format!("expected {}, found nothing", contract.display()));
    }
    let program = server::build(workspace, toolbox)?;
    let mut plan = Plan::default();
    SCHEMATHESIS.plan(&mut plan, toolbox.cache());
    plan.run()?;

    // Schemathesis leaves files in its working folder.
    let folder = workspace.scratch()?.join("contract");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    let endpoint = Endpoint::start(&program, &folder)?;

    let report = folder.join("report.xml");
    let mut schemathesis = Command::new(SCHEMATHESIS.python(toolbox.cache()));
    schemathesis
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(workspace.root.join("xtask/src/test/contract.toml"))
        .arg("run")
        .arg(&contract)
        .args(["--url", &endpoint.url])
        .args(["--phases", "examples,coverage,fuzzing"])
        .args(["--checks", "all", "--max-examples", EXAMPLES])
        .args(["--generation-deterministic", "--continue-on-failure"])
        .args(["--report", "junit", "--report-junit-path"])
        .arg(&report)
        .current_dir(&folder);
    let status = process::stream(&mut schemathesis)?;
    if !report.exists() {
        return Err(format!(
            "Schemathesis ended with {status} and wrote no report"
        ));
    }
    count(&read(&report)?)?.settle("Schemathesis", status)
}

/// A running endpoint with a database of its own, stopped when dropped.
struct Endpoint {
    child: Child,
    url: String,
}

impl Endpoint {
    const PATIENCE: Duration = Duration::from_secs(20);

    fn start(program: &Path, folder: &Path) -> Result<Self> {
        let address = free_address()?;
        let child = Command::new(program)
            .args(["serve", "--demo", "--listen", &address, "--database"])
            .arg(folder.join("causerie.sqlite"))
            .current_dir(folder)
            // Made-up requests come faster than people write.
            .env("CAUSERIE_RATE_LIMIT", "0")
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let mut endpoint = Self {
            child,
            url: format!("http://{address}/api"),
        };
        endpoint.wait_for(&address)?;
        Ok(endpoint)
    }

    fn wait_for(&mut self, address: &str) -> Result {
        let begin = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("the endpoint ended with {status} as it started"));
            }
            if begin.elapsed() > Self::PATIENCE {
                return Err(format!(
                    "the endpoint did not listen on {address} within {} s",
                    Self::PATIENCE.as_secs()
                ));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> Result<String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.to_string())
        .map_err(|error| format!("found no free port on 127.0.0.1: {error}"))
}

/// Counts operations: each is one test case of the report.
fn count(report: &str) -> Result<Tally> {
    let head = report
        .split_once("<testsuites")
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(head, _)| head)
        .ok_or("expected <testsuites> in Schemathesis's report, found none")?;
    let attribute = |name: &str| -> u64 {
        head.split_once(&format!(" {name}=\""))
            .and_then(|(_, rest)| rest.split_once('"'))
            .and_then(|(value, _)| value.parse().ok())
            .unwrap_or(0)
    };
    let failed = attribute("failures") + attribute("errors");
    Ok(Tally {
        passed: attribute("tests").saturating_sub(failed + attribute("skipped")),
        failed,
        ..Tally::default()
    })
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_operations() {
        let report = r#"<?xml version="1.0" encoding="utf-8"?>
            <testsuites errors="1" failures="2" skipped="1" tests="9" time="0.06">
              <testsuite name="schemathesis" errors="1" failures="2" tests="9">"#;
        let tally = count(report).expect("reads");
        assert_eq!(tally.to_string(), "5 passed, 3 failed");
        assert!(count("").is_err());
    }
}
