//! Builds the endpoint, which carries the built client.

use std::path::PathBuf;

use crate::Result;
use crate::client;
use crate::step::Plan;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// Builds whatever of the client and the endpoint is out of date, and tells where the endpoint
/// is.
pub(crate) fn build(workspace: &Workspace, toolbox: &Toolbox) -> Result<PathBuf> {
    let mut plan = Plan::default();
    client::plan(&mut plan, workspace, toolbox)?;
    plan.add("building the endpoint", |progress| {
        let log = workspace.scratch()?.join("endpoint.log");
        progress
            .run(
                workspace.cargo().args(["build", "-p", "causerie-server"]),
                &log,
            )
            .map_err(|error| format!("could not build the endpoint: {error}"))
    });
    plan.run()?;
    Ok(workspace.target.join("debug").join("causerie"))
}
