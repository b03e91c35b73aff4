//! The page: shows what the settings on its `#causerie` element ask for.

fn main() {
    causerie::start();
}
