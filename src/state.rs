//! What the views share: the only signals that more than one of them sees.

pub mod blog;
pub mod clock;
pub mod composer;
pub mod kept;
pub mod live;
pub mod outbox;
pub mod own;
pub mod reader;
pub mod thread;

use causerie_core::Error;

/// Something that comes from the network.
#[derive(Clone, Debug, Default)]
pub enum Load<T> {
    /// It is on its way.
    #[default]
    Loading,
    /// It is here.
    Ready(T),
    /// It did not come.
    Failed(Error),
}

impl<T> From<Result<T, Error>> for Load<T> {
    fn from(result: Result<T, Error>) -> Self {
        result.map_or_else(Self::Failed, Self::Ready)
    }
}
