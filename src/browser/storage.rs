//! What is kept on this device. Storage may be blocked, private or full: nothing here fails, it
//! only says whether it worked.

use causerie_core::Json;
use web_sys::Storage;

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Until somebody removes it, and seen by every tab of the site.
    OnDevice,
    /// As long as this tab is open.
    InTab,
}

/// Reads what was kept under `key`; `None` where there is nothing that can be read.
pub fn get(keep: Keep, key: &str) -> Option<Json> {
    let text = storage(keep)?.get_item(key).ok()??;
    Json::parse(&text).ok()
}

/// Keeps `value` under `key`. Whether it worked.
pub fn set(keep: Keep, key: &str, value: &Json) -> bool {
    storage(keep).is_some_and(|storage| storage.set_item(key, &value.to_text()).is_ok())
}

/// Forgets what is under `key`.
pub fn remove(keep: Keep, key: &str) {
    if let Some(storage) = storage(keep) {
        // Removing fails only where nothing can have been kept either.
        let _ = storage.remove_item(key);
    }
}

/// All keys that begin with `prefix`.
pub fn keys(keep: Keep, prefix: &str) -> Vec<String> {
    let Some(storage) = storage(keep) else {
        return Vec::new();
    };
    let places = 0..storage.length().unwrap_or_default();
    let keys = places.filter_map(|at| storage.key(at).ok().flatten());
    keys.filter(|key| key.starts_with(prefix)).collect()
}

fn storage(keep: Keep) -> Option<Storage> {
    let window = web_sys::window()?;
    let storage = match keep {
        Keep::OnDevice => window.local_storage(),
        Keep::InTab => window.session_storage(),
    };
    storage.ok().flatten()
}
