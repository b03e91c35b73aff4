//! Programs that come from the operating system. They are installed where that needs no
//! question (root on Debian or Ubuntu); elsewhere one line names what is missing.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::process;
use crate::step::Progress;
use crate::tools::Cache;

pub(crate) fn npm(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    let programs = ["npm"];
    ensure("npm", &programs, &["nodejs", "npm"], progress, cache)
}

pub(crate) fn chromium(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    let programs = ["chromium", "chromium-browser", "google-chrome"];
    if let Some(path) = env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    ensure("Chromium", &programs, &BROWSER_PACKAGES, progress, cache)
}

pub(crate) fn chromedriver(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    let programs = ["chromedriver"];
    if let Some(path) = env::var_os("CHROMEDRIVER") {
        return Ok(path.into());
    }
    ensure(
        "ChromeDriver",
        &programs,
        &BROWSER_PACKAGES,
        progress,
        cache,
    )
}

pub(crate) fn python(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    let programs = ["python3"];
    let packages = ["python3", "python3-venv"];
    ensure("Python 3", &programs, &packages, progress, cache)
}

pub(crate) fn nginx(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    ensure("nginx", &["nginx"], &["nginx"], progress, cache)
}

pub(crate) fn hugo(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    ensure("Hugo", &["hugo"], &["hugo"], progress, cache)
}

pub(crate) fn rsync(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    ensure("rsync", &["rsync"], &["rsync"], progress, cache)
}

/// The folder of WordPress's themes, with one for blocks and a classic one in it.
pub(crate) fn wordpress_themes(progress: &Progress, cache: &Cache) -> Result<PathBuf> {
    let folder = PathBuf::from("/usr/share/wordpress/wp-content/themes");
    let packages = [
        "wordpress-theme-twentytwentythree",
        "wordpress-theme-twentytwentyone",
    ];
    let has_all = || {
        ["twentytwentythree", "twentytwentyone"]
            .iter()
            .all(|theme| folder.join(theme).join("style.css").is_file())
    };
    if !has_all() {
        install_packages(&packages, progress, cache)
            .map_err(|error| format!("themes are missing; {error}"))?;
    }
    if has_all() {
        Ok(folder)
    } else {
        Err("themes are missing even after their packages were installed".to_owned())
    }
}

/// WordPress and what runs it, without a web server.
pub(crate) struct WordPress {
    /// The folder of its program.
    pub(crate) folder: PathBuf,
    pub(crate) php: PathBuf,
    pub(crate) php_fpm: PathBuf,
    pub(crate) mariadbd: PathBuf,
    pub(crate) mariadb_install_db: PathBuf,
}

pub(crate) fn wordpress(progress: &Progress, cache: &Cache) -> Result<WordPress> {
    WordPress::find().or_else(|missing| {
        install_packages(&WORDPRESS_PACKAGES, progress, cache)
            .map_err(|error| format!("{missing} is missing; {error}"))?;
        WordPress::find().map_err(|missing| {
            format!(
                "{missing} is missing even after its packages were installed; install it by hand"
            )
        })
    })
}

impl WordPress {
    /// Looks for all of it, or names what is missing.
    fn find() -> std::result::Result<Self, &'static str> {
        let folder = PathBuf::from("/usr/share/wordpress");
        if !folder.join("wp-load.php").is_file() {
            return Err("WordPress");
        }
        let php = find(&["php"]).ok_or("PHP")?;
        // Debian names the program after PHP's version.
        let version = process::capture(
            Command::new(&php).args(["-r", "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;"]),
        )
        .unwrap_or_default();
        Ok(Self {
            folder,
            php,
            php_fpm: find(&["php-fpm", &format!("php-fpm{version}")]).ok_or("PHP-FPM")?,
            mariadbd: find(&["mariadbd"]).ok_or("MariaDB")?,
            mariadb_install_db: find(&["mariadb-install-db"]).ok_or("MariaDB")?,
        })
    }
}

/// nginx and PHP-FPM are named because apt would take Apache for them.
const WORDPRESS_PACKAGES: [&str; 6] = [
    "nginx",
    "php-fpm",
    "php",
    "php-mysql",
    "mariadb-server-core",
    "wordpress",
];

/// Without a font, text has no width and tests of the layout fail.
const BROWSER_PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

/// Installs Debian packages, or says which are needed.
pub(crate) fn install_packages(packages: &[&str], progress: &Progress, cache: &Cache) -> Result {
    let packages_line = packages.join(" ");
    let Some(apt_get) = process::find(&["apt-get"]) else {
        return Err(format!(
            "install it, on Debian or Ubuntu with `apt-get install {packages_line}`"
        ));
    };
    if process::capture(Command::new("id").arg("-u")).as_deref() != Ok("0") {
        return Err(format!(
            "install it with `sudo apt-get install {packages_line}`"
        ));
    }
    progress.note(&format!("installing the packages {packages_line}"));
    let apt = || {
        let mut command = Command::new(&apt_get);
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            // Another installation may be under way.
            .args(["-o", "DPkg::Lock::Timeout=300"]);
        command
    };
    let _no_services = NoServices::begin();
    // An old package list may do, so only the installation decides.
    let _ = progress.attempt(apt().arg("update"), &cache.log("apt-update"));
    progress.run(
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
        &cache.log("apt-install"),
    )
}

fn ensure(
    name: &str,
    programs: &[&str],
    packages: &[&str],
    progress: &Progress,
    cache: &Cache,
) -> Result<PathBuf> {
    if let Some(path) = find(programs) {
        return Ok(path);
    }
    install_packages(packages, progress, cache)
        .map_err(|error| format!("{name} is missing; {error}"))?;
    find(programs).ok_or_else(|| {
        format!("{name} is missing even after its packages were installed; install it by hand")
    })
}

/// The first of the programs that is on `PATH`, or where Debian has its servers, which is not on
/// everybody's `PATH`.
fn find(programs: &[&str]) -> Option<PathBuf> {
    let server = |program: &&str| Path::new("/usr/sbin").join(program);
    process::find(programs).or_else(|| programs.iter().map(server).find(|path| path.is_file()))
}

/// While this lives, no package starts its service: the tests start their servers themselves, with
/// settings of their own.
struct NoServices {
    is_ours: bool,
}

impl NoServices {
    /// Debian's installer asks this program whether it may start a service.
    const POLICY: &str = "/usr/sbin/policy-rc.d";

    fn begin() -> Self {
        // What it says is true for the life of this process only, so that nothing is left behind
        // by one that was killed.
        let script = format!(
            "#!/bin/sh\n# By `cargo xtask test`; to be deleted if found.\n\
             [ -d /proc/{} ] && exit 101\nexit 0\n",
            std::process::id()
        );
        // Where there is such a program already, it has its reasons.
        let is_ours = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o755)
            .open(Self::POLICY)
            .and_then(|mut file| file.write_all(script.as_bytes()))
            .is_ok();
        Self { is_ours }
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.is_ours {
            // Left behind, it does nothing.
            let _ = fs::remove_file(Self::POLICY);
        }
    }
}
