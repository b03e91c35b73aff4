//! What the compiler does not check of ARCHITECTURE.md's invariants.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    /// Places, and words that have no business there.
    const RULES: [(&str, &[&str], &[&str]); 3] = [
        (
            "crates/causerie-core/src",
            &[],
            &["web_sys", "js_sys", "leptos", "SystemTime", "Instant"],
        ),
        (
            "src",
            &["src/browser", "src/browser.rs"],
            &["web_sys", "js_sys"],
        ),
        (
            "src/ui",
            &[],
            &[
                "fetch::",
                "storage::",
                "gloo_net",
                "set_inner_html",
                "inner_html",
            ],
        ),
    ];

    #[test]
    fn words_stay_where_they_belong() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("a workspace");
        let mut found = Vec::new();
        for (place, except, words) in RULES {
            for file in sources(&root.join(place)) {
                let name = file.strip_prefix(root).expect("a file of the workspace");
                if except.iter().any(|except| name.starts_with(except)) {
                    continue;
                }
                let text = fs::read_to_string(&file).expect("a source file");
                let code = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"));
                for (at, line) in code.enumerate() {
                    if words.iter().any(|word| line.contains(word)) {
                        found.push(format!("{}, code line {}: {line}", name.display(), at + 1));
                    }
                }
            }
        }
        assert!(
            found.is_empty(),
            "see the invariants in ARCHITECTURE.md:\n{}",
            found.join("\n")
        );
    }

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("a folder of sources");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        paths
            .flat_map(|path| {
                if path.is_dir() {
                    sources(&path)
                } else {
                    vec![path]
                }
            })
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .collect()
    }
}
