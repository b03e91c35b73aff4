//! Ids that nobody else makes.

/// 128 random bits as 32 hexadecimal digits.
///
/// `crypto.randomUUID` would do, but only on https and localhost.
pub fn id() -> String {
    let mut bytes = [0; 16];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let filled =
        crypto.is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        // No browser in use lacks it; an id per moment and chance is still better than none.
        bytes[..8].copy_from_slice(&js_sys::Math::random().to_bits().to_be_bytes());
        bytes[8..].copy_from_slice(&js_sys::Date::now().to_bits().to_be_bytes());
    }
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Any number from 0 to 1.
pub fn chance() -> f64 {
    js_sys::Math::random()
}
