//! Shortens the names that the module and its glue know one another by.
//!
//! wasm-bindgen tells functions of several crates apart by a hash in each name. Sixteen random
//! digits, once in the module and once in the script, do not compress: with the names that they
//! belong to three kilobytes for each reader, and one module is all that there is here.

use std::cmp::Reverse;

use crate::Result;

/// The names to shorten, with the short ones. A name that is the beginning of another comes after it.
pub(crate) type Names = Vec<(String, String)>;

/// Finds the names in the module `wasm`, [binary format](https://webassembly.github.io/spec/core/binary/modules.html)
/// version 1, and returns it with short ones in their place.
pub(crate) fn shorten(wasm: &[u8]) -> Result<(Vec<u8>, Names)> {
    let mut names = Names::new();
    let mut input = Input { bytes: wasm, at: 8 };
    let mut output = wasm
        .get(..8)
        .ok_or("the module is shorter than its header")?
        .to_vec();
    while input.at < wasm.len() {
        let id = input.byte()?;
        let length = input.number()?;
        let content = input.take(length)?;
        output.push(id);
        if id == IMPORTS || id == EXPORTS {
            let content = renamed(id, content, &mut names)?;
            push_number(&mut output, content.len());
            output.extend(content);
        } else {
            push_number(&mut output, length);
            output.extend(content);
        }
    }
    names.sort_by_key(|(name, _)| Reverse(name.len()));
    Ok((output, names))
}

const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
const FUNCTION: u8 = 0;

/// The section of imports or that of exports.
fn renamed(id: u8, content: &[u8], names: &mut Names) -> Result<Vec<u8>> {
    let mut input = Input {
        bytes: content,
        at: 0,
    };
    let mut output = Vec::new();
    let count = input.number()?;
    push_number(&mut output, count);
    for _ in 0..count {
        if id == IMPORTS {
            push_name(&mut output, input.text()?, names);
        }
        let name = input.text()?;
        push_name(&mut output, name, names);
        let kind = input.byte()?;
        if id == IMPORTS && kind != FUNCTION {
            return Err(format!("expected the import {name} to be a function"));
        }
        output.push(kind);
        push_number(&mut output, input.number()?);
    }
    Ok(output)
}

fn push_name(output: &mut Vec<u8>, name: &str, names: &mut Names) {
    let short = match names.iter().find(|(known, _)| known == name) {
        Some((_, short)) => short.clone(),
        None if name.starts_with("./") || has_hash(name) => {
            let short = format!("i{}", names.len());
            names.push((name.to_owned(), short.clone()));
            short
        }
        None => name.to_owned(),
    };
    push_number(output, short.len());
    output.extend(short.as_bytes());
}

/// As `__wbg_set_1a2b3c4d5e6f7a8b` has.
fn has_hash(name: &str) -> bool {
    let is_hash =
        |part: &str| part.len() == 16 && part.bytes().all(|digit| digit.is_ascii_hexdigit());
    name.split('_').any(is_hash)
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// LEB128, at most five bytes.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a number in the module is longer than five bytes".to_owned())
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        str::from_utf8(self.take(length)?).map_err(|error| format!("a name in the module: {error}"))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at + length);
        self.at += length;
        taken.ok_or_else(|| "the module ends too early".to_owned())
    }
}

fn push_number(output: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        output.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_go_and_the_rest_stays() {
        let mut wasm = b"\0asm\x01\0\0\0\x02".to_vec();
        let name = b"__wbg_set_1a2b3c4d5e6f7a8b";
        let mut imports = vec![2];
        imports.extend([1, b'm', name.len() as u8]);
        imports.extend(name);
        imports.extend([0, 5, 1, b'm', 3, b'a', b'b', b'c', 0, 0x81, 1]);
        wasm.push(imports.len() as u8);
        wasm.extend(imports);
        wasm.extend([1, 2, 7, 7]);
        let export = b"call_1a2b3c4d5e6f7a8b_with";
        wasm.extend([7, export.len() as u8 + 4, 1, export.len() as u8]);
        wasm.extend(export);
        wasm.extend([0, 9]);
        let (short, names) = shorten(&wasm).expect("a module");
        let expected = [
            ("__wbg_set_1a2b3c4d5e6f7a8b", "i0"),
            ("call_1a2b3c4d5e6f7a8b_with", "i1"),
        ];
        assert_eq!(
            names,
            expected.map(|(name, short)| (name.into(), short.into()))
        );
        assert_eq!(
            short,
            b"\0asm\x01\0\0\0\x02\x11\x02\x01m\x02i0\0\x05\x01m\x03abc\0\x81\x01\x01\x02\x07\x07\
              \x07\x06\x01\x02i1\0\x09"
        );
        assert!(shorten(b"\0asm").is_err());
        assert!(shorten(b"\0asm\x01\0\0\0\x02\x09").is_err());
    }
}
