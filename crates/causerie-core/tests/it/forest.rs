use std::collections::{HashMap, HashSet};

use causerie_core::{Anomaly, Change, Comment, CommentId, Forest, Order, Row, Timestamp};
use proptest::prelude::*;

fn forest(comments: impl IntoIterator<Item = Comment>) -> Forest {
    let mut forest = Forest::default();
    forest.merge(comments);
    forest
}

/// `a b> c>>` for a, b below a, c below b.
fn drawn(rows: &[Row]) -> String {
    let words: Vec<_> = rows
        .iter()
        .map(|row| format!("{}{}", row.id, ">".repeat(row.depth)))
        .collect();
    words.join(" ")
}

fn drawn_in(forest: &Forest, order: Order) -> String {
    drawn(&forest.rows(order, |_| false))
}

/// The rows, but for when they came.
fn shape(forest: &Forest) -> Vec<Row> {
    let rows = forest.rows(Order::Oldest, |_| false).into_iter();
    rows.map(|row| Row { at: 0, ..row }).collect()
}

fn replies(forest: &Forest, id: &CommentId) -> usize {
    forest.position(id).map_or(0, |at| forest.replies(at))
}

fn id(text: &str) -> CommentId {
    CommentId::new(text)
}

#[test]
fn threads_come_in_each_order_and_replies_oldest_first() {
    let forest = forest([
        Comment::sample("c", None, 3),
        Comment::sample("b2", Some("b"), 9),
        Comment::sample("b", None, 2),
        Comment::sample("a", None, 1),
        Comment::sample("b1", Some("b"), 4),
        Comment::sample("a1", Some("a"), 5),
    ]);
    assert_eq!(drawn_in(&forest, Order::Oldest), "a a1> b b1> b2> c");
    assert_eq!(drawn_in(&forest, Order::Newest), "c b b1> b2> a a1>");
    assert_eq!(drawn_in(&forest, Order::Discussed), "b b1> b2> a a1> c");
    assert_eq!(drawn(&forest.chronicle()), "a b c b1 a1 b2");
    assert!(forest.anomalies().is_empty());
}

#[test]
fn a_collapsed_comment_stays_and_hides_what_is_below_it() {
    let forest = forest([
        Comment::sample("a", None, 1),
        Comment::sample("b", Some("a"), 2),
        Comment::sample("c", Some("b"), 3),
        Comment::sample("d", None, 4),
    ]);
    let rows = forest.rows(Order::Oldest, |at| Some(at) == forest.position(&id("a")));
    assert_eq!(drawn(&rows), "a d");
    assert_eq!(replies(&forest, &id("a")), 2);
    assert_eq!(forest.ancestors(&id("c")), [id("b"), id("a")]);
}

#[test]
fn a_comment_goes_and_its_answers_stay() {
    let mut forest = forest([
        Comment::sample("a", None, 1),
        Comment::sample("b", Some("a"), 2),
        Comment::sample("c", Some("b"), 3),
        Comment::sample("d", None, 4),
    ]);
    forest.remove(&id("a"));
    forest.remove(&id("nobody"));
    assert_eq!(drawn_in(&forest, Order::Oldest), "b c> d");
    assert_eq!((forest.len(), forest.get(&id("a"))), (3, None));
    assert_eq!(forest.position(&id("c")), Some(2));
    forest.merge([Comment::sample("a", None, 1)]);
    assert_eq!(drawn_in(&forest, Order::Oldest), "a b> c>> d");
}

#[test]
fn what_became_of_a_comment_is_found_by_its_place_and_words() {
    let says_hello = |id: &str, parent: Option<&str>, second| Comment {
        html: "<p>Hello</p>".into(),
        ..Comment::sample(id, parent, second)
    };
    let mut forest = forest([
        says_hello("later", None, 9),
        says_hello("first", None, 1),
        says_hello("elsewhere", Some("first"), 2),
        says_hello("gone", None, 3),
        Comment::sample("other words", None, 4),
    ]);
    forest.remove(&id("gone"));
    let local = says_hello("local", None, 5);
    let same: Vec<_> = forest.same_as(&local).map(|it| it.id.as_str()).collect();
    assert_eq!(same, ["first", "later"]);
}

#[test]
fn what_was_sent_keeps_its_place_when_it_is_stored() {
    let mut forest = forest([
        Comment::sample("a", None, 1),
        Comment::sample("local", Some("a"), 2),
        Comment::sample("other", Some("a"), 3),
    ]);
    forest.reconcile(&id("local"), Comment::sample("17", Some("a"), 2));
    assert_eq!(drawn_in(&forest, Order::Oldest), "a 17> other>");
    assert_eq!(forest.position(&id("17")), Some(1));
    // It has come by another way before.
    forest.merge([Comment::sample("mine", None, 9)]);
    forest.reconcile(&id("mine"), Comment::sample("17", Some("a"), 2));
    assert_eq!(drawn_in(&forest, Order::Oldest), "a 17> other>");
    // It is no longer there.
    forest.reconcile(&id("mine"), Comment::sample("18", None, 2));
    assert_eq!(forest.len(), 3);
}

#[test]
fn oddities_are_shown_and_reported() {
    let forest = forest([
        Comment::sample("orphan", Some("held"), 1),
        Comment::sample("me", Some("me"), 2),
        Comment::sample("x", Some("y"), 5),
        Comment::sample("y", Some("z"), 4),
        Comment::sample("z", Some("x"), 3),
        Comment::sample("below", Some("x"), 6),
        Comment::sample("orphan", None, 7),
    ]);
    assert_eq!(
        drawn_in(&forest, Order::Oldest),
        "orphan me z y> x>> below>>>"
    );
    assert_eq!(
        forest.anomalies(),
        [
            Anomaly::Duplicate(id("orphan")),
            Anomaly::Orphan(id("orphan")),
            Anomaly::SelfParent(id("me")),
            Anomaly::Cycle(id("z")),
        ]
    );
}

#[test]
fn a_parent_that_comes_later_adopts_its_orphans() {
    let mut forest = forest([Comment::sample("b", Some("a"), 2)]);
    assert_eq!(forest.anomalies(), [Anomaly::Orphan(id("b"))]);
    let changes = forest.merge([Comment::sample("a", None, 1)]);
    assert_eq!(changes, [Change::Inserted(id("a"))]);
    assert_eq!(drawn_in(&forest, Order::Oldest), "a b>");
    assert!(forest.anomalies().is_empty());
}

#[test]
fn the_same_delivery_again_changes_nothing_and_an_edit_is_a_patch() {
    let mut forest = forest([Comment::sample("a", None, 1)]);
    assert!(forest.merge([Comment::sample("a", None, 1)]).is_empty());
    let edited = Comment {
        html: "<p>edited</p>".into(),
        ..Comment::sample("a", None, 1)
    };
    assert_eq!(forest.merge([edited.clone()]), [Change::Patched(id("a"))]);
    assert_eq!(forest.get(&id("a")).map(|it| &**it), Some(&edited));
}

#[test]
fn undated_and_far_future_comments_have_a_place() {
    let undated = Comment {
        published: None,
        ..Comment::sample("undated", None, 0)
    };
    let future = Comment {
        published: Some(Timestamp::from_ms(i64::MAX)),
        ..Comment::sample("future", None, 0)
    };
    let forest = forest([undated, future, Comment::sample("now", None, 1)]);
    assert_eq!(drawn_in(&forest, Order::Oldest), "now future undated");
}

#[test]
fn a_chain_of_50_000_and_a_circle_of_50_000_are_walked_without_recursion() {
    let chain = (0..50_000).map(|at: i64| {
        let parent = (at > 0).then(|| (at - 1).to_string());
        Comment::sample(&at.to_string(), parent.as_deref(), at)
    });
    let forest_of_chain = forest(chain.clone().rev_shuffled());
    let rows = forest_of_chain.rows(Order::Oldest, |_| false);
    assert_eq!(rows.len(), 50_000);
    assert_eq!(rows.last().map(|row| row.depth), Some(49_999));
    assert_eq!(replies(&forest_of_chain, &id("0")), 49_999);

    let mut circle: Vec<_> = chain.collect();
    circle[0].parent = Some(id("49999"));
    let forest = forest(circle);
    assert_eq!(forest.rows(Order::Oldest, |_| false).len(), 50_000);
    assert_eq!(forest.anomalies(), [Anomaly::Cycle(id("0"))]);
}

#[test]
fn a_hundred_thousand_comments_all_appear() {
    let comments = (0..100_000_i64).map(|at| {
        let parent = (at % 3 != 0).then(|| (at / 2).to_string());
        Comment::sample(&at.to_string(), parent.as_deref(), at % 977)
    });
    assert_eq!(
        forest(comments).rows(Order::Discussed, |_| false).len(),
        100_000
    );
}

trait RevShuffled {
    fn rev_shuffled(self) -> Vec<Comment>;
}

impl<I: DoubleEndedIterator<Item = Comment>> RevShuffled for I {
    /// Backwards, and every other one first: no parent is near its child.
    fn rev_shuffled(self) -> Vec<Comment> {
        let (even, odd): (Vec<_>, Vec<_>) = self.rev().enumerate().partition(|(at, _)| at % 2 == 0);
        even.into_iter()
            .chain(odd)
            .map(|(_, comment)| comment)
            .collect()
    }
}

/// Any comments with few ids, so that circles, orphans, self-parents and duplicates abound.
fn comments() -> impl Strategy<Value = Vec<Comment>> {
    let comment = (
        0..24_u32,
        proptest::option::of(0..30_u32),
        proptest::option::of(-5..5_i64),
    );
    proptest::collection::vec(comment, 0..60).prop_map(|drawn| {
        let comment = |(id, parent, second): (u32, Option<u32>, Option<i64>)| Comment {
            published: second.map(|second| Timestamp::from_ms(second * 1_000)),
            ..Comment::sample(
                &id.to_string(),
                parent.map(|id| id.to_string()).as_deref(),
                0,
            )
        };
        drawn.into_iter().map(comment).collect()
    })
}

proptest! {
    #[test]
    fn every_comment_is_shown_exactly_once(comments in comments()) {
        let ids: HashSet<_> = comments.iter().map(|comment| comment.id.clone()).collect();
        let forest = forest(comments);
        for order in [Order::Oldest, Order::Newest, Order::Discussed] {
            let rows = forest.rows(order, |_| false);
            prop_assert_eq!(rows.len(), ids.len());
            let shown: HashSet<_> = rows.into_iter().map(|row| row.id).collect();
            prop_assert_eq!(&shown, &ids);
        }
        prop_assert_eq!(forest.chronicle().len(), ids.len());
    }

    #[test]
    fn a_reply_stands_one_deeper_somewhere_below_what_it_answers(comments in comments()) {
        let rows = forest(comments).rows(Order::Newest, |_| false);
        let mut seen: HashMap<CommentId, usize> = HashMap::new();
        for row in rows {
            match &row.answers {
                Some(parent) => prop_assert_eq!(seen.get(parent).map(|depth| depth + 1), Some(row.depth)),
                None => prop_assert_eq!(row.depth, 0),
            }
            seen.insert(row.id, row.depth);
        }
    }

    #[test]
    fn replies_are_counted_as_they_are_shown(comments in comments()) {
        let forest = forest(comments);
        let rows = forest.rows(Order::Oldest, |_| false);
        for (at, row) in rows.iter().enumerate() {
            let below = rows[at + 1..].iter().take_while(|other| other.depth > row.depth).count();
            prop_assert_eq!(forest.replies(row.at), below);
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(
        (in_order, shuffled) in comments().prop_flat_map(|mut comments| {
            let mut ids = HashSet::new();
            comments.retain(|comment| ids.insert(comment.id.clone()));
            (Just(comments.clone()), Just(comments).prop_shuffle())
        }),
        pages in 1..5_usize,
    ) {
        let whole = forest(in_order);
        let mut paged = Forest::default();
        for page in shuffled.chunks(shuffled.len().div_ceil(pages).max(1)) {
            paged.merge(page.to_vec());
        }
        prop_assert_eq!(shape(&whole), shape(&paged));
        prop_assert_eq!(whole.anomalies(), paged.anomalies());
    }
}
