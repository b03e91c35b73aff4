use std::cmp::Ordering;
use std::rc::Rc;

use crate::index::Index;
use crate::{Comment, CommentId, Moderation, Timestamp};

/// A conversation: comments by id, with their replies.
///
/// It takes anything that a back end may deliver, in any order, and shows every comment exactly
/// once: a comment whose parent is missing opens a thread of its own, a circle of comments is cut
/// at its oldest. What was odd is reported beside the result, see [`Forest::anomalies`]. Linking
/// and walking take time linear in the number of comments, apart from a sort by time where many
/// have come, and no recursion, so depth has no limit.
#[derive(Clone, Debug, Default)]
pub struct Forest {
    nodes: Vec<Node>,
    index: Index,
    /// All comments by time, then by id.
    by_time: Vec<usize>,
    /// Those that open a thread, oldest first.
    roots: Vec<usize>,
    /// How many deliveries were merged.
    deliveries: usize,
    duplicates: Vec<CommentId>,
    misplaced: Vec<Anomaly>,
}

#[derive(Clone, Debug)]
struct Node {
    comment: Rc<Comment>,
    /// The delivery that it last came with.
    delivery: usize,
    /// The comment it answers, as soon as that one is here.
    answered: Option<usize>,
    /// The comment it is shown under; circles are cut here.
    parent: Option<usize>,
    /// Oldest first.
    children: Vec<usize>,
    /// All replies below it, at any depth.
    replies: usize,
    /// Whether it was taken out. It keeps its position, and is nowhere else.
    is_gone: bool,
}

/// A comment and its place in the list that is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which comment.
    pub id: CommentId,
    /// Its place in the order of arrival, from 0; it never changes.
    pub at: usize,
    /// 0 for one that opens a thread, and for all in a flat list.
    pub depth: usize,
    /// The comment that it answers, where that one is here.
    pub answers: Option<CommentId>,
}

/// The order of the threads. Within a thread replies always come oldest first, so that it reads
/// as it was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The oldest thread first.
    #[default]
    Oldest,
    /// The newest thread first.
    Newest,
    /// The thread with the most replies first.
    Discussed,
}

/// What a merge did to one comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Inserted(CommentId),
    /// Something about it is different.
    Patched(CommentId),
}

/// Something odd in what was delivered. The comment is shown all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anomaly {
    /// The same id came twice in one delivery; the first was kept.
    Duplicate(CommentId),
    /// It answers a comment that is not here: held, deleted, or yet to come.
    Orphan(CommentId),
    /// It answers itself.
    SelfParent(CommentId),
    /// It answers, over others, itself; the circle was cut above this comment, its oldest.
    Cycle(CommentId),
}

impl Forest {
    /// Takes in one delivery: inserts what is new and patches what differs. Returns what changed,
    /// in the order of the delivery.
    pub fn merge(&mut self, comments: impl IntoIterator<Item = Comment>) -> Vec<Change> {
        let (mut changes, mut changed) = (Vec::new(), Vec::new());
        self.deliveries += 1;
        for comment in comments {
            let id = comment.id.clone();
            if let Some(at) = self.index.get(&id) {
                let node = &mut self.nodes[at];
                if node.delivery == self.deliveries {
                    self.duplicates.push(id);
                    continue;
                }
                node.delivery = self.deliveries;
                if *node.comment != comment {
                    node.comment = Rc::new(comment);
                    changes.push(Change::Patched(id));
                    changed.push(at);
                }
            } else {
                self.index.insert(&id, self.nodes.len());
                changed.push(self.nodes.len());
                self.nodes.push(Node {
                    comment: Rc::new(comment),
                    delivery: self.deliveries,
                    answered: None,
                    parent: None,
                    children: Vec::new(),
                    replies: 0,
                    is_gone: false,
                });
                changes.push(Change::Inserted(id));
            }
        }
        if !changes.is_empty() {
            self.link(&changed);
        }
        changes
    }

    /// Takes a comment out. What answers it opens threads of its own.
    pub fn remove(&mut self, id: &CommentId) {
        if let Some(at) = self.index.remove(id) {
            self.nodes[at].is_gone = true;
            self.link(&[at]);
        }
    }

    /// Puts `stored`, the comment as the back end has it, where the one is that this device
    /// called `local`; if it has come by another way already, that one goes.
    pub fn reconcile(&mut self, local: &CommentId, stored: Comment) {
        if self.index.get(&stored.id).is_some() {
            return self.remove(local);
        }
        if let Some(at) = self.index.remove(local) {
            self.index.insert(&stored.id, at);
            self.nodes[at].comment = Rc::new(stored);
            self.link(&[at]);
        }
    }

    /// The comment with this id.
    pub fn get(&self, id: &CommentId) -> Option<&Rc<Comment>> {
        self.index.get(id).map(|at| &self.nodes[at].comment)
    }

    /// Those that are what became of `comment`, as far as their place and words tell, oldest first.
    pub fn same_as(&self, comment: &Comment) -> impl Iterator<Item = &Rc<Comment>> {
        let all = self.by_time.iter().map(|&at| &self.nodes[at].comment);
        all.filter(move |other| other.is_same_as(comment))
    }

    /// How many replies are below the comment at this position, at any depth.
    pub fn replies(&self, at: usize) -> usize {
        self.nodes.get(at).map_or(0, |node| node.replies)
    }

    /// The place of this comment in the order of arrival, from 0; it never changes.
    pub fn position(&self, id: &CommentId) -> Option<usize> {
        self.index.get(id)
    }

    /// When the newest comment was written that everybody sees.
    pub fn newest(&self) -> Option<Timestamp> {
        let comments = self.by_time.iter().rev().map(|&at| &self.nodes[at].comment);
        let mut public = comments.filter(|it| it.moderation == Moderation::Published);
        public.next()?.published
    }

    /// How many comments are here.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.index.len() == 0
    }

    /// All that was odd so far, each once.
    pub fn anomalies(&self) -> Vec<Anomaly> {
        let duplicates = self.duplicates.iter().cloned().map(Anomaly::Duplicate);
        duplicates.chain(self.misplaced.iter().cloned()).collect()
    }

    /// The threads as one flat list, each reply somewhere below what it answers. Nothing below a
    /// position that `is_collapsed` is listed.
    pub fn rows(&self, order: Order, is_collapsed: impl Fn(usize) -> bool) -> Vec<Row> {
        // A stack: what comes first goes on it last.
        let mut roots = self.roots.clone();
        if order != Order::Newest {
            roots.reverse();
        }
        if order == Order::Discussed {
            sort(&mut roots, &|a, b| {
                self.nodes[a].replies.cmp(&self.nodes[b].replies)
            });
        }
        let mut to_visit: Vec<_> = roots.into_iter().map(|at| (at, 0)).collect();
        let mut rows = Vec::with_capacity(self.nodes.len());
        while let Some((at, depth)) = to_visit.pop() {
            let node = &self.nodes[at];
            rows.push(self.row(at, depth));
            if !node.children.is_empty() && !is_collapsed(at) {
                to_visit.extend(node.children.iter().rev().map(|&child| (child, depth + 1)));
            }
        }
        rows
    }

    /// All comments in the order of time, undated ones last.
    pub fn chronicle(&self) -> Vec<Row> {
        self.by_time.iter().map(|&at| self.row(at, 0)).collect()
    }

    /// What the comment answers, what that one answers, and so on up to the opening of the thread.
    pub fn ancestors(&self, id: &CommentId) -> Vec<CommentId> {
        let first = self.index.get(id).and_then(|at| self.nodes[at].parent);
        std::iter::successors(first, |&at| self.nodes[at].parent)
            .map(|at| self.nodes[at].comment.id.clone())
            .collect()
    }

    fn row(&self, at: usize, depth: usize) -> Row {
        let node = &self.nodes[at];
        let answers = node
            .parent
            .map(|parent| self.nodes[parent].comment.id.clone());
        Row {
            id: node.comment.id.clone(),
            at,
            depth,
            answers,
        }
    }

    /// Finds the places of all comments, of which those at the positions `changed` are new, are
    /// gone or are different.
    fn link(&mut self, changed: &[usize]) {
        self.sort_by_time(changed);
        self.find_parents(changed);
        self.cut_circles();
        self.hang_children();
    }

    fn sort_by_time(&mut self, changed: &[usize]) {
        let is_here = |at: &usize| !self.nodes[*at].is_gone;
        let mut by_time = std::mem::take(&mut self.by_time);
        if changed.len() > FEW {
            by_time = (0..self.nodes.len()).filter(is_here).collect();
            sort(&mut by_time, &|a, b| self.age(a).cmp(&self.age(b)));
        } else {
            by_time.retain(|at| !changed.contains(at));
            for &at in changed.iter().filter(|at| is_here(at)) {
                let place = by_time.partition_point(|&other| self.age(other) < self.age(at));
                by_time.insert(place, at);
            }
        }
        self.by_time = by_time;
    }

    /// What comments are sorted by: undated ones come last, and of two in the same moment the one
    /// with the longer id, because most ids are numbers.
    fn age(&self, at: usize) -> impl Ord {
        let comment = &self.nodes[at].comment;
        let id = comment.id.as_str();
        (comment.published.is_none(), comment.published, id.len(), id)
    }

    fn find_parents(&mut self, changed: &[usize]) {
        for &at in changed {
            self.nodes[at].answered = None;
        }
        self.misplaced.clear();
        for &at in &self.by_time {
            let Node {
                comment, answered, ..
            } = &self.nodes[at];
            let parent = comment.parent.as_ref();
            let answered = answered.filter(|&answered| !self.nodes[answered].is_gone);
            let answered = answered.or_else(|| self.index.get(parent?));
            if answered == Some(at) {
                self.misplaced.push(Anomaly::SelfParent(comment.id.clone()));
            } else if parent.is_some() && answered.is_none() {
                self.misplaced.push(Anomaly::Orphan(comment.id.clone()));
            }
            let node = &mut self.nodes[at];
            node.answered = answered;
            node.parent = answered.filter(|&answered| answered != at);
        }
    }

    /// Walks up from every comment. A walk that meets itself has found a circle; one that meets
    /// an earlier walk, or an opening comment, is done. Every comment is walked over once.
    fn cut_circles(&mut self) {
        let mut walked_in = vec![None; self.nodes.len()];
        for walk in 0..self.by_time.len() {
            let mut next = Some(self.by_time[walk]);
            while let Some(at) = next {
                match walked_in[at] {
                    None => {
                        walked_in[at] = Some(walk);
                        next = self.nodes[at].parent;
                    }
                    Some(earlier) => {
                        if earlier == walk {
                            self.cut_circle_through(at);
                        }
                        break;
                    }
                }
            }
        }
    }

    fn cut_circle_through(&mut self, at: usize) {
        let mut circle = vec![at];
        let ups = std::iter::successors(self.nodes[at].parent, |&up| self.nodes[up].parent);
        circle.extend(ups.take_while(|&up| up != at));
        let oldest = circle
            .into_iter()
            .min_by(|&a, &b| self.age(a).cmp(&self.age(b)));
        if let Some(oldest) = oldest {
            self.nodes[oldest].parent = None;
            self.misplaced
                .push(Anomaly::Cycle(self.nodes[oldest].comment.id.clone()));
        }
    }

    fn hang_children(&mut self) {
        for node in &mut self.nodes {
            node.children.clear();
            node.replies = 0;
        }
        self.roots.clear();
        for &at in &self.by_time {
            match self.nodes[at].parent {
                Some(parent) => self.nodes[parent].children.push(at),
                None => self.roots.push(at),
            }
        }
        // Every comment after what it answers, so that backwards the sums below are complete.
        let mut downwards = self.roots.clone();
        let mut next = 0;
        while let Some(&at) = downwards.get(next) {
            downwards.extend_from_slice(&self.nodes[at].children);
            next += 1;
        }
        for &at in downwards.iter().rev() {
            if let Some(parent) = self.nodes[at].parent {
                self.nodes[parent].replies += self.nodes[at].replies + 1;
            }
        }
    }
}

/// Changes that are put in their places one by one. More of them are sorted with all others.
const FEW: usize = 50;

/// One sort for all orders: each of its own would be code for the reader to download.
fn sort(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_by(|&a, &b| compare(a, b));
}
