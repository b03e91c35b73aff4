//! Other people's programs that the end-to-end tests work with: WordPress, Isso, nginx, Hugo and rsync.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::Result;
use crate::step::Plan;
use crate::tools::Toolbox;
use crate::tools::python::PythonProgram;
use crate::tools::system::{self, WordPress};
use crate::workspace::Workspace;

const ISSO: PythonProgram = PythonProgram {
    name: "Isso",
    package: "isso",
    version: "0.14.0",
    compiled_with: &["gcc", "libc6-dev", "libffi-dev", "python3-dev"],
};

/// Each is there, or there is a reason why not.
pub(crate) struct Servers {
    nginx: Result<PathBuf>,
    wordpress: Result<WordPress>,
    /// The folder that has them.
    wordpress_themes: Result<PathBuf>,
    /// The Python that has it.
    isso: Result<PathBuf>,
    hugo: Result<PathBuf>,
    rsync: Result<PathBuf>,
}

impl Servers {
    /// Looks for the servers and installs what is missing. What cannot be had is skipped: who
    /// works on something else need not install a database for it.
    pub(crate) fn prepare(toolbox: &Toolbox) -> Result<Self> {
        let cache = toolbox.cache();
        let mut found = None;
        let mut plan = Plan::default();
        plan.add(
            "looking for nginx, WordPress, Isso, Hugo and rsync",
            |progress| {
                found = Some(Self {
                    nginx: system::nginx(progress, cache),
                    wordpress: system::wordpress(progress, cache),
                    wordpress_themes: system::wordpress_themes(progress, cache),
                    isso: ISSO.ensure(cache, progress),
                    hugo: system::hugo(progress, cache),
                    rsync: system::rsync(progress, cache),
                });
                Ok(())
            },
        );
        plan.run()?;
        found.ok_or_else(|| "nothing was looked for".to_owned())
    }

    /// Writes down where the servers are, for Playwright.
    pub(crate) fn write(&self, workspace: &Workspace) -> Result<PathBuf> {
        let path = workspace.scratch()?.join("servers.json");
        fs::write(&path, format!("{:#}", self.json()))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        Ok(path)
    }

    /// A line for each server whose tests are skipped.
    pub(crate) fn missing(&self) -> Vec<String> {
        let nginx = self.nginx.as_ref().err();
        let parts = [
            ("nginx", nginx),
            ("WordPress", self.wordpress.as_ref().err().or(nginx)),
            ("WordPress's themes", self.wordpress_themes.as_ref().err()),
            ("Isso", self.isso.as_ref().err()),
            ("Hugo", self.hugo.as_ref().err()),
            ("rsync", self.rsync.as_ref().err()),
        ];
        parts
            .into_iter()
            .filter_map(|(name, reason)| Some(format!("{name}: {}", reason?)))
            .collect()
    }

    fn json(&self) -> Value {
        let missing = |reason: &String| json!({ "missing": reason });
        let path = |name: &str, path: &Result<PathBuf>| match path {
            Ok(path) => json!({ name: path }),
            Err(reason) => missing(reason),
        };
        json!({
            "nginx": path("program", &self.nginx),
            "wordpress": match (&self.nginx, &self.wordpress) {
                (Ok(nginx), Ok(wordpress)) => json!({
                    "wordpress": wordpress.folder,
                    "php": wordpress.php,
                    "php_fpm": wordpress.php_fpm,
                    "mariadbd": wordpress.mariadbd,
                    "mariadb_install_db": wordpress.mariadb_install_db,
                    "nginx": nginx,
                }),
                (_, Err(reason)) | (Err(reason), _) => missing(reason),
            },
            "wordpress_themes": path("folder", &self.wordpress_themes),
            "isso": path("python", &self.isso),
            "hugo": path("program", &self.hugo),
            "rsync": path("program", &self.rsync),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Servers;

    #[test]
    fn what_is_missing_is_named_with_its_reason() {
        let servers = Servers {
            nginx: Err("nginx is missing".to_owned()),
            wordpress: Err("PHP is missing".to_owned()),
            wordpress_themes: Ok("/themes".into()),
            isso: Ok("/isso/bin/python".into()),
            hugo: Err("Hugo is missing".to_owned()),
            rsync: Ok("/usr/bin/rsync".into()),
        };
        assert_eq!(
            servers.missing(),
            [
                "nginx: nginx is missing",
                "WordPress: PHP is missing",
                "Hugo: Hugo is missing"
            ]
        );
        let json = servers.json();
        assert_eq!(json["wordpress"]["missing"], "PHP is missing");
        assert_eq!(json["isso"]["python"], "/isso/bin/python");
        assert_eq!(json["wordpress_themes"]["folder"], "/themes");
        assert_eq!(json["hugo"]["missing"], "Hugo is missing");
        assert_eq!(json["rsync"]["program"], "/usr/bin/rsync");
    }
}
