//! A face for a name: the picture of the author, else initials on a color, drawn here so that no
//! third party is asked.

use crate::browser::view::{View, el};
use crate::state::kept::Watch;

/// The picture at `address`; without one, or when it does not load, the initials of `name`.
pub(crate) fn view(name: &str, address: Option<String>) -> View {
    let is_missing = Watch::new(address.is_none());
    let initials = initials(name);
    let hue = hue(name).to_string();
    let face = move || match address.as_ref().filter(|_| !is_missing.get()) {
        Some(address) => el("img")
            .class("avatar")
            .attr("src", address)
            .attr("alt", "")
            .attr("width", "40")
            .attr("height", "40")
            .on("error", move |_| is_missing.set(true))
            .into(),
        None => el("span")
            .class("avatar")
            .attr("data-hue", &hue)
            .attr("aria-hidden", "true")
            .text(&initials)
            .into(),
    };
    el("span").class("face").redrawn(face).into()
}

/// The first letters of the first two words; the style makes them capitals.
fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect()
}

/// One of eight colors, always the same for a name.
fn hue(name: &str) -> u32 {
    name.chars().fold(7_u32, |hash, letter| {
        hash.wrapping_mul(31).wrapping_add(letter.into())
    }) % 8
}
