//! The module that the boot script loads. It does nothing by itself: the script calls
//! [`causerie::browser::embed::mount`].

// Named, so that the library with its exports is linked in.
use causerie as _;

fn main() {}
