//! What this device keeps of comments that are on their way: `public/device.js`, which the boot
//! script hands over.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The module.
    #[derive(Clone, Debug)]
    pub type Device;

    #[wasm_bindgen(method)]
    fn all(this: &Device) -> Promise;

    #[wasm_bindgen(method)]
    fn swap(this: &Device, key: &str, before: Option<&str>, after: Option<&str>) -> Promise;

    #[wasm_bindgen(method)]
    fn lock(this: &Device, key: &str) -> Promise;
}

/// Who may send a record.
#[derive(Debug)]
pub enum Turn {
    /// This one, until dropped.
    Ours(Lock),
    /// Somebody else.
    Theirs,
    /// The browser cannot tell.
    Anybodys,
}

/// Ends when dropped.
#[derive(Debug)]
pub struct Lock(Function);

impl Drop for Lock {
    fn drop(&mut self) {
        // The end of a promise throws nothing.
        let _ = self.0.call0(&JsValue::NULL);
    }
}

impl Device {
    /// All records; `None` where they cannot be read.
    pub async fn read_all(&self) -> Option<Vec<String>> {
        let records = Array::from(&settled(self.all()).await?);
        let records = records.iter().filter_map(|record| record.as_string());
        Some(records.collect())
    }

    /// Puts the record `after` in the place of `before`; whether nobody else was quicker. `None`
    /// where the device does not keep it.
    pub async fn replace(
        &self,
        key: &str,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Option<bool> {
        settled(self.swap(key, before, after)).await?.as_bool()
    }

    /// Whose turn it is to send the record.
    pub async fn turn(&self, key: &str) -> Turn {
        let held = settled(self.lock(key)).await.unwrap_or_default();
        if held == JsValue::FALSE {
            return Turn::Theirs;
        }
        held.dyn_into()
            .map_or(Turn::Anybodys, |release| Turn::Ours(Lock(release)))
    }
}

/// One piece of code for all that waits.
pub(super) async fn settled(promise: Promise) -> Option<JsValue> {
    JsFuture::from(promise).await.ok()
}
