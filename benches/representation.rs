//! Three ways to hold who owns what: building it for a million partitions, and moving one, or 500,
//! with the old version kept.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

const PARTITIONS: usize = 1_000_000;
const MEMBERS: usize = 2000;
const OF_TOPIC: usize = 2000;

/// One flat table that versions share, and persistent maps of what differs from it: what
/// `Assignment` did before it kept sorted runs in their place.
#[derive(Clone)]
struct TableAndChanges {
    table: Arc<(Vec<u32>, Vec<u32>, Vec<u32>)>,
    owners: im::OrdMap<u32, u32>,
    changes: im::OrdMap<(u32, u32), bool>,
}

/// A shared list for each member, a persistent vector of owners for each topic.
#[derive(Clone)]
struct Lists {
    of_member: im::Vector<Arc<Vec<u32>>>,
    of_topic: im::Vector<im::Vector<u32>>,
}

/// A persistent set for each member, a persistent vector of owners for each topic.
#[derive(Clone)]
struct Sets {
    of_member: im::Vector<im::OrdSet<u32>>,
    of_topic: im::Vector<im::Vector<u32>>,
}

trait Representation: Clone {
    fn build(owners: &[u32]) -> Self;
    fn with_owner(self, partition: u32, to: u32) -> Self;
    fn of_last_member(&self) -> Vec<u32>;
}

impl Representation for TableAndChanges {
    fn build(owners: &[u32]) -> Self {
        let (starts, held) = scatter(owners);
        Self { table: Arc::new((starts, held, owners.to_vec())), owners: im::OrdMap::new(), changes: im::OrdMap::new() }
    }

    fn with_owner(mut self, partition: u32, to: u32) -> Self {
        let from = *self.owners.get(&partition).unwrap_or(&self.table.2[partition as usize]);
        self.owners.insert(partition, to);
        self.changes.insert((from, partition), false);
        self.changes.insert((to, partition), true);
        self
    }

    fn of_last_member(&self) -> Vec<u32> {
        self.table.1[self.table.0[MEMBERS - 1] as usize..].to_vec()
    }
}

impl Representation for Lists {
    fn build(owners: &[u32]) -> Self {
        let (starts, held) = scatter(owners);
        let list = |member: usize| Arc::new(held[starts[member] as usize..starts[member + 1] as usize].to_vec());
        Self {
            of_member: (0..MEMBERS).map(list).collect(),
            of_topic: owners.chunks(OF_TOPIC).map(|topic| topic.iter().copied().collect()).collect(),
        }
    }

    fn with_owner(mut self, partition: u32, to: u32) -> Self {
        let (topic, place) = (partition as usize / OF_TOPIC, partition as usize % OF_TOPIC);
        let from = self.of_topic[topic].set(place, to);
        Arc::make_mut(&mut self.of_member[from as usize]).retain(|held| *held != partition);
        let list = Arc::make_mut(&mut self.of_member[to as usize]);
        list.insert(list.partition_point(|held| *held < partition), partition);
        self
    }

    fn of_last_member(&self) -> Vec<u32> {
        self.of_member[MEMBERS - 1].to_vec()
    }
}

impl Representation for Sets {
    fn build(owners: &[u32]) -> Self {
        let (starts, held) = scatter(owners);
        let set = |member: usize| held[starts[member] as usize..starts[member + 1] as usize].iter().copied().collect();
        Self {
            of_member: (0..MEMBERS).map(set).collect(),
            of_topic: owners.chunks(OF_TOPIC).map(|topic| topic.iter().copied().collect()).collect(),
        }
    }

    fn with_owner(mut self, partition: u32, to: u32) -> Self {
        let (topic, place) = (partition as usize / OF_TOPIC, partition as usize % OF_TOPIC);
        let from = self.of_topic[topic].set(place, to);
        self.of_member[from as usize].remove(&partition);
        self.of_member[to as usize].insert(partition);
        self
    }

    fn of_last_member(&self) -> Vec<u32> {
        self.of_member[MEMBERS - 1].iter().copied().collect()
    }
}

/// Where each member's partitions start, and the partitions in the order of their owners.
fn scatter(owners: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; MEMBERS + 1];
    owners.iter().for_each(|&owner| starts[owner as usize + 1] += 1);
    (0..MEMBERS).for_each(|member| starts[member + 1] += starts[member]);
    let mut next = starts.clone();
    let mut held = vec![0; owners.len()];
    for (partition, &owner) in owners.iter().enumerate() {
        held[next[owner as usize] as usize] = partition as u32;
        next[owner as usize] += 1;
    }
    (starts, held)
}

fn measure<R: Representation>(criterion: &mut Criterion, name: &str) {
    let owners: Vec<u32> = (0..PARTITIONS as u32).map(|partition| partition % MEMBERS as u32).collect();
    let built = R::build(&owners);
    let leaving = built.of_last_member();
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    group.bench_function("build", |bench| bench.iter_with_large_drop(|| R::build(black_box(&owners))));
    group.bench_function("one move, old kept", |bench| bench.iter_with_large_drop(|| built.clone().with_owner(12_345, 7)));
    group.bench_function("500 moves of a leave, old kept", |bench| {
        let leave =
            |version: R| leaving.iter().zip((0..).step_by(3)).fold(version, |version, (&partition, to)| version.with_owner(partition, to));
        bench.iter_batched(|| built.clone(), leave, BatchSize::LargeInput);
    });
    group.finish();
}

fn representations(criterion: &mut Criterion) {
    let owners: Vec<u32> = (0..PARTITIONS as u32).map(|partition| partition % MEMBERS as u32).collect();
    criterion.bench_function("floor", |bench| bench.iter_with_large_drop(|| scatter(black_box(&owners))));
    measure::<TableAndChanges>(criterion, "table and changes");
    measure::<Lists>(criterion, "lists");
    measure::<Sets>(criterion, "sets");
}

criterion_group!(benches, representations);
criterion_main!(benches);
