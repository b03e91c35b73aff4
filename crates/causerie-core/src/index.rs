use crate::CommentId;

/// Where things are, by id.
///
/// A sorted list, and not a hash map, which is three kilobytes more for each reader to download:
/// most ids come in their order, and then a new one goes to the end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index(Vec<(CommentId, usize)>);

impl Index {
    /// The place of `id`.
    #[inline(never)]
    pub(crate) fn get(&self, id: &CommentId) -> Option<usize> {
        self.find(id).ok().map(|at| self.0[at].1)
    }

    /// Gives `id` a place.
    #[inline(never)]
    pub(crate) fn insert(&mut self, id: &CommentId, place: usize) {
        match self.find(id) {
            Ok(at) => self.0[at].1 = place,
            Err(at) => self.0.insert(at, (id.clone(), place)),
        }
    }

    /// Takes the place of `id` away. Which it was.
    #[inline(never)]
    pub(crate) fn remove(&mut self, id: &CommentId) -> Option<usize> {
        self.find(id).ok().map(|at| self.0.remove(at).1)
    }

    /// How many have a place.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn find(&self, id: &CommentId) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(id))
    }
}
