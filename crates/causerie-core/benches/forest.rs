//! `cargo bench -p causerie-core`: merging and listing 1,000, 10,000 and 100,000 comments.

#![expect(
    missing_docs,
    reason = "criterion_group! makes an undocumented public function"
)]

use std::hint::black_box;

use causerie_core::{Comment, Forest, Order};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn forest(c: &mut Criterion) {
    let mut group = c.benchmark_group("forest");
    for size in [1_000_usize, 10_000, 100_000] {
        let comments = conversation(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_with_input(
            BenchmarkId::new("merge", size),
            &comments,
            |bencher, comments| {
                bencher.iter_with_setup(
                    || comments.clone(),
                    |comments| {
                        let mut forest = Forest::default();
                        forest.merge(comments);
                        forest
                    },
                );
            },
        );
        let mut forest = Forest::default();
        forest.merge(comments);
        group.bench_with_input(
            BenchmarkId::new("rows", size),
            &forest,
            |bencher, forest| {
                bencher.iter(|| black_box(forest.rows(Order::Discussed, |_| false)));
            },
        );
    }
    group.finish();
}

/// Every comment answers one of those before it, or opens a thread, in a fixed irregular pattern.
fn conversation(size: usize) -> Vec<Comment> {
    let mut state = 1_u32;
    (0..size)
        .map(|at| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let parent = (at > 0 && state >> 30 != 0).then(|| (state as usize >> 8) % at);
            let parent = parent.map(|parent| parent.to_string());
            Comment::sample(&at.to_string(), parent.as_deref(), at as i64)
        })
        .collect()
}

criterion_group!(benches, forest);
criterion_main!(benches);
