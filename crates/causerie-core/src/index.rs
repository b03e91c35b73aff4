use crate::CommentId;

/// Where things are, by id.
///
/// Sorted lists, and not a hash map, which is three kilobytes more for each reader to download. What
/// is new goes into a short one, so that little has to move, and from there into the long one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    sorted: Vec<(CommentId, usize)>,
    recent: Vec<(CommentId, usize)>,
}

/// The length of the short list.
const RECENT: usize = 1_000;

impl Index {
    /// The place of `id`.
    #[inline(never)]
    pub(crate) fn get(&self, id: &CommentId) -> Option<usize> {
        [&self.recent, &self.sorted]
            .into_iter()
            .find_map(|list| find(list, id).ok().map(|at| list[at].1))
    }

    /// Gives `id`, which has none, a place.
    #[inline(never)]
    pub(crate) fn insert(&mut self, id: &CommentId, place: usize) {
        if let Err(at) = find(&self.recent, id) {
            self.recent.insert(at, (id.clone(), place));
        }
        if self.recent.len() > RECENT {
            let mut before = std::mem::take(&mut self.sorted).into_iter().peekable();
            let mut sorted = Vec::with_capacity(before.len() + self.recent.len());
            for entry in std::mem::take(&mut self.recent) {
                while let Some(smaller) = before.next_if(|other| other.0 < entry.0) {
                    sorted.push(smaller);
                }
                sorted.push(entry);
            }
            sorted.extend(before);
            self.sorted = sorted;
        }
    }

    /// Takes the place of `id` away. Which it was.
    #[inline(never)]
    pub(crate) fn remove(&mut self, id: &CommentId) -> Option<usize> {
        [&mut self.recent, &mut self.sorted]
            .into_iter()
            .find_map(|list| find(list, id).ok().map(|at| list.remove(at).1))
    }

    /// How many have a place.
    pub(crate) fn len(&self) -> usize {
        self.sorted.len() + self.recent.len()
    }
}

#[inline(never)]
fn find(list: &[(CommentId, usize)], id: &CommentId) -> Result<usize, usize> {
    list.binary_search_by(|(known, _)| known.cmp(id))
}
