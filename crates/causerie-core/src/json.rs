//! Members of JSON objects, where any may be missing or of another type.

use serde_json::Value;

/// A member as text; a number counts as its digits, for ids that some write as numbers.
pub(crate) fn text(object: &Value, member: &str) -> Option<String> {
    match object.get(member)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => number.as_i64().map(|number| number.to_string()),
        _ => None,
    }
}

/// A text member; empty where there is none.
pub(crate) fn str<'a>(object: &'a Value, member: &str) -> &'a str {
    object
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A whole number that is not negative.
pub(crate) fn count(object: &Value, member: &str) -> Option<usize> {
    object
        .get(member)?
        .as_u64()
        .and_then(|count| usize::try_from(count).ok())
}

/// The elements of a list; none where there is no list.
pub(crate) fn list<'a>(object: &'a Value, member: &str) -> &'a [Value] {
    object
        .get(member)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
