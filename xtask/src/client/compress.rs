//! Writes a Brotli file beside each text and each module, for servers that send such files.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::client::digest::files_below;

/// Not the page: bloggers edit it, and a compressed copy would then say something else.
const COMPRESSIBLE: [&str; 5] = ["css", "js", "json", "svg", "wasm"];

pub(crate) fn folder(dist: &Path) -> Result {
    for file in files_below(dist)? {
        let extension = file.extension().and_then(|extension| extension.to_str());
        if !extension.is_some_and(|extension| COMPRESSIBLE.contains(&extension)) {
            continue;
        }
        let bytes =
            fs::read(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let compressed = brotli(&bytes)?;
        if compressed.len() < bytes.len() {
            let mut path = file.into_os_string();
            path.push(".br");
            fs::write(&path, compressed)
                .map_err(|error| format!("cannot write {}: {error}", Path::new(&path).display()))?;
        }
    }
    Ok(())
}

/// The strongest Brotli, as it goes over the wire and as the budget counts it.
pub(crate) fn brotli(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut compressed, &parameters)
        .map_err(|error| format!("cannot compress: {error}"))?;
    Ok(compressed)
}
