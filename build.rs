//! Turns `locales/*.json` into `messages.rs`: one constant a message, the English texts, and the
//! list of the other languages. A catalogue that lacks a message, has one too many, has another
//! order or drops a `{placeholder}` fails the build, so that a new language is one new file and nothing else.

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::{Map, Value};

type Catalogue = Map<String, Value>;

fn main() {
    println!("cargo:rerun-if-changed=locales");
    if let Err(problem) = generate() {
        println!("cargo::error={problem}");
    }
}

fn generate() -> Result<(), String> {
    let english = read(Path::new("locales/en.json"))?;
    let mut code = String::new();
    for (at, (name, text)) in english.iter().enumerate() {
        let constant = name.to_uppercase();
        let _ = writeln!(
            code,
            "/// `{text}`\npub const {constant}: Message = Message({at});"
        );
    }
    let text = Value::Array(english.values().cloned().collect()).to_string();
    let _ = writeln!(code, "pub(super) static ENGLISH: &str = {text:?};");
    let _ = writeln!(code, "pub(super) static OTHERS: &[Language] = &[");
    for path in catalogues()? {
        let language = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if language == "en" {
            continue;
        }
        compare(&path, &read(&path)?, &english)?;
        let version = fingerprint(&path)?;
        let _ = writeln!(
            code,
            "Language {{ tag: {language:?}, version: {version:?} }},"
        );
    }
    code.push_str("];\n");

    let target = env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    fs::write(target.join("messages.rs"), code).map_err(|error| error.to_string())
}

fn catalogues() -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir("locales").map_err(|error| format!("locales: {error}"))?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Catalogue, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn compare(path: &Path, catalogue: &Catalogue, english: &Catalogue) -> Result<(), String> {
    let path = path.display();
    for (name, text) in english {
        let Some(translated) = catalogue.get(name) else {
            return Err(format!("{path}: \"{name}\" is missing, in English: {text}"));
        };
        let same_kind = match translated {
            Value::Object(forms) => text.is_object() && forms.contains_key("other"),
            translated => text.is_string() && translated.is_string(),
        };
        if !same_kind || placeholders(translated) != placeholders(text) {
            return Err(format!(
                "{path}: \"{name}\" needs the placeholders of {text}, and \"other\" where it has plural forms"
            ));
        }
    }
    if let Some(name) = catalogue.keys().find(|name| !english.contains_key(*name)) {
        return Err(format!("{path}: \"{name}\" is not in locales/en.json"));
    }
    // The client knows a message by its place.
    match catalogue
        .keys()
        .zip(english.keys())
        .find(|(found, expected)| found != expected)
    {
        Some((found, expected)) => Err(format!(
            "{path}: expected \"{expected}\" in this place, as in locales/en.json, found \"{found}\""
        )),
        None => Ok(()),
    }
}

fn placeholders(text: &Value) -> BTreeSet<String> {
    let text = text.to_string();
    let is_name = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    let words = text.split('{').filter_map(|rest| rest.split_once('}'));
    words
        .map(|(word, _)| word)
        .filter(is_name)
        .map(str::to_owned)
        .collect()
}

/// Changes with the file, so that a browser never pairs an old catalogue with a new client.
fn fingerprint(path: &Path) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    fs::read(path)
        .map_err(|error| error.to_string())?
        .hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}
