//! What is kept on this device. Storage may be blocked, private or full: nothing here fails, it
//! only says whether it worked.

use serde::Serialize;
use serde_json::Value;
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
pub fn get(keep: Keep, key: &str) -> Option<Value> {
    let text = storage(keep)?.get_item(key).ok()??;
    serde_json::from_str(&text).ok()
}

/// Keeps `value` under `key`. Whether it worked.
pub fn set<T: Serialize>(keep: Keep, key: &str, value: &T) -> bool {
    let Ok(text) = serde_json::to_string(value) else {
        return false;
    };
    storage(keep).is_some_and(|storage| storage.set_item(key, &text).is_ok())
}

/// Forgets what is under `key`.
pub fn remove(keep: Keep, key: &str) {
    if let Some(storage) = storage(keep) {
        // Removing fails only where nothing can have been kept either.
        let _ = storage.remove_item(key);
    }
}

fn storage(keep: Keep) -> Option<Storage> {
    let window = web_sys::window()?;
    let storage = match keep {
        Keep::OnDevice => window.local_storage(),
        Keep::InTab => window.session_storage(),
    };
    storage.ok().flatten()
}
