//! A face for a name: the picture of the author, else initials on a color, drawn here so that no
//! third party is asked.

use leptos::prelude::*;

use super::once::{Once, once, redrawn};

/// The picture at `address`; without one, or when it does not load, the initials of `name`.
pub(crate) fn view(name: &str, address: Option<String>) -> Once {
    let missing = RwSignal::new(address.is_none());
    let initials = initials(name);
    let hue = hue(name);
    once(redrawn(move || {
        let address = address.clone().filter(|_| !missing.get());
        match address {
            Some(address) => once(view! {
                <img
                    class="avatar"
                    src=address
                    alt=""
                    width="40"
                    height="40"
                    on:error=move |_| missing.set(true)
                />
            }),
            None => once(view! {
                <span class="avatar" data-hue=hue aria-hidden="true">{initials.clone()}</span>
            }),
        }
    }))
}

fn initials(name: &str) -> String {
    let first_letters = name
        .split_whitespace()
        .filter_map(|word| word.chars().next());
    first_letters.take(2).collect()
}

/// One of eight colors, always the same for a name.
fn hue(name: &str) -> u32 {
    name.chars().fold(7_u32, |hash, letter| {
        hash.wrapping_mul(31).wrapping_add(letter.into())
    }) % 8
}
