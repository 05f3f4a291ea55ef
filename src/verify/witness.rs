//! What would improve an assignment that falls short.
//!
//! What tells the assignment from the plan falls apart into paths and cycles of moves. Every cost
//! is a sum of convex ones: of a member's load, of how many partitions of a topic a member has, of
//! where a single partition is. Where each of those only rises or only falls along all paths, the
//! paths together change a cost by at least the sum of what each changes alone. So one of them
//! alone is an improvement.
//!
//! It may hold a lesser one. Some moves of a path that meets nobody twice are *stretches* that do
//! not touch, and what they change is the sum of what the stretches change. So if any of its moves
//! improve the assignment, a stretch does or, of a cycle, the whole, and no part of the shortest
//! such stretch does. A path may meet a member twice, with different topics, where loads and spread
//! both count. Then moves are left out one by one for as long as those left hold an improvement.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use crate::flow::decompose::paths_and_cycles;
use crate::model::{Goal, MemberId, Movement, TopicId, TopicPartition};
use crate::proof::{Audit, Cost, Mismatches};

/// Moves that improve a valid assignment, and no part of them does: they lower the cost of the
/// first goal that is not at its least, and raise none before it.
pub(super) fn witness(audit: &Audit<'_>, (cost, least): (&Cost, &Cost), owners: &[u32], plan: &[u32]) -> Vec<Movement> {
    let falls_short = cost.iter().zip(least.iter()).position(|(cost, least)| cost != least);
    let counted: Vec<Goal> = cost.iter().map(|(goal, _)| goal).take(falls_short.map_or(0, |place| place + 1)).collect();
    let place = |goal: Goal| counted.iter().position(|other| *other == goal);
    let [balance, spread, rack, stickiness] = [Goal::Balance, Goal::Spread, Goal::Rack, Goal::Stickiness].map(place);
    let (loads, moved) = loads_and_moved(audit, owners, plan);
    let mut judge = MoveJudge { balance, spread, rack, stickiness, moves: Vec::new(), loads, shares: Vec::new() };
    // One by one first, of which nothing is kept.
    if let ControlFlow::Break(single) = judge.each_move(audit, (owners, plan), MoveJudge::improving_alone) {
        return vec![single];
    }
    judge.moves.reserve_exact(moved);
    let _: ControlFlow<()> = judge.each_move(audit, (owners, plan), MoveJudge::keep);
    let arcs = judge.arcs();
    let found = paths_and_cycles(judge.shares.len() + judge.loads.len(), &arcs);
    let paths = || found.iter().map(|taken| judge.path(&arcs, taken));
    let simple = paths().filter(|path| judge.meets_nobody_twice(path));
    let shortest = simple.filter_map(|path| judge.least_part(&path)).min_by_key(Vec::len);
    let moves = shortest.or_else(|| {
        let others = paths().filter(|path| !judge.meets_nobody_twice(path));
        let improving = others.filter(|path| judge.changed_by_path(path) < NOTHING);
        Some(judge.reduced(improving.min_by_key(|path| path.moves.len())?.moves))
    });
    moves.unwrap_or_default().iter().map(|step| judge.movement(step)).collect()
}

/// What moves change in each goal that counts, in their order; compared lexicographically.
type CostChange = [i64; Goal::ALL.len()];

const NOTHING: CostChange = [0; Goal::ALL.len()];

fn sum(one: CostChange, other: CostChange) -> CostChange {
    std::array::from_fn(|place| one[place] + other[place])
}

fn difference(one: CostChange, other: CostChange) -> CostChange {
    std::array::from_fn(|place| one[place] - other[place])
}

/// One more partition where there are this many, squared: (n + 1)² − n².
fn one_more(count: u32) -> i64 {
    2 * i64::from(count) + 1
}

/// One partition less where there are this many, squared: (n − 1)² − n².
fn one_less(count: u32) -> i64 {
    1 - 2 * i64::from(count)
}

/// The place of a member that has some of a topic, or could, among those that moves touch.
type SharePlace = u32;

/// A move: the partition's number in its topic, and the shares it goes from and to. There may be
/// one for every partition, so all else is left to the shares.
#[derive(Clone, Copy, Debug, PartialEq)]
struct JudgedMove {
    partition: u32,
    from: SharePlace,
    to: SharePlace,
    /// What the move changes by the partition alone: in mismatches, and in those that moved.
    rack: i8,
    moved: i8,
}

/// A member that has some of a topic, or could, and how much.
struct TopicShare {
    topic: TopicId,
    member: MemberId,
    count: u32,
}

/// Moves of which each leaves the member that the one before it goes to.
struct ImprovingPath {
    moves: Vec<JudgedMove>,
    /// Whether the last goes to where the first leaves, and load and share stay there as well.
    is_cycle: bool,
}

/// Knows what moves change.
struct MoveJudge {
    /// Which place each goal has among those that count.
    balance: Option<usize>,
    spread: Option<usize>,
    rack: Option<usize>,
    stickiness: Option<usize>,
    /// What tells the assignment from the plan, ascending by partition.
    moves: Vec<JudgedMove>,
    /// How many partitions each member has.
    loads: Vec<u32>,
    shares: Vec<TopicShare>,
}

impl MoveJudge {
    /// Does this with each move, ascending by partition, until it breaks off. The shares of topics
    /// of which no move is kept are not, either.
    fn each_move<B>(
        &mut self,
        audit: &Audit<'_>,
        (owners, plan): (&[u32], &[u32]),
        each: impl Fn(&mut Self, JudgedMove) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mismatches = Mismatches::of(audit.group());
        let mut numbers = vec![SharePlace::MAX; self.loads.len()];
        let mut counts = vec![0; self.loads.len()];
        for topic in audit.topics() {
            let slots = audit.slots().of(topic);
            let [owners, plan] = [owners, plan].map(|owners| &owners[slots.start as usize..slots.end as usize]);
            if owners == plan {
                continue;
            }
            let (first, kept) = (self.shares.len(), self.moves.len());
            owners.iter().for_each(|&owner| counts[owner as usize] += 1);
            for (partition, ends) in (0..).zip(owners.iter().zip(plan)).filter(|(_, (from, to))| from != to) {
                let moving = TopicPartition { topic, partition };
                let claimant = audit.claimant(moving);
                let [from, to] = [ends.0, ends.1].map(|owner| MemberId::from_raw(*owner));
                let [from, to] = [from, to].map(|member| {
                    let number = &mut numbers[member.index()];
                    if *number == SharePlace::MAX {
                        *number = self.shares.len() as u32;
                        self.shares.push(TopicShare { topic, member, count: counts[member.index()] });
                    }
                    (*number, i8::from(mismatches.is_one(member, moving)), i8::from(claimant != Some(member)))
                });
                each(self, JudgedMove { partition, from: from.0, to: to.0, rack: to.1 - from.1, moved: to.2 - from.2 })?;
            }
            owners.iter().for_each(|&owner| counts[owner as usize] = 0);
            self.shares[first..].iter().for_each(|share| numbers[share.member.index()] = SharePlace::MAX);
            if self.moves.len() == kept {
                self.shares.truncate(first);
            }
        }
        ControlFlow::Continue(())
    }

    /// Breaks off at a move that improves things alone.
    fn improving_alone(&mut self, step: JudgedMove) -> ControlFlow<Movement> {
        match self.changed_by(&[step]) < NOTHING {
            true => ControlFlow::Break(self.movement(&step)),
            false => ControlFlow::Continue(()),
        }
    }

    fn keep(&mut self, step: JudgedMove) -> ControlFlow<()> {
        self.moves.push(step);
        ControlFlow::Continue(())
    }

    fn share(&self, place: SharePlace) -> &TopicShare {
        &self.shares[place as usize]
    }

    fn movement(&self, step: &JudgedMove) -> Movement {
        let (from, to) = (self.share(step.from), self.share(step.to));
        Movement { partition: TopicPartition { topic: from.topic, partition: step.partition }, from: from.member, to: to.member }
    }

    fn load(&self, place: SharePlace) -> u32 {
        self.loads[self.share(place).member.index()]
    }

    /// What is divided into paths and cycles, along each of which every load and share that counts
    /// changes the same way as in all moves together: an arc for each move, and behind them those
    /// that pass on what a member gains of one topic and loses of another.
    fn arcs(&self) -> Vec<(u32, u32)> {
        // Shares come first, then members: from share to member to share.
        let members = self.shares.len() as u32;
        let member = |share: SharePlace| members + self.share(share).member.raw();
        let place = |share: SharePlace| if self.spread.is_some() { share } else { member(share) };
        let mut arcs: Vec<(u32, u32)> = self.moves.iter().map(|step| (place(step.from), place(step.to))).collect();
        if self.spread.is_some() && self.balance.is_some() {
            let mut gains = vec![0_i32; self.shares.len()];
            for step in &self.moves {
                gains[step.from as usize] -= 1;
                gains[step.to as usize] += 1;
            }
            arcs.reserve_exact(gains.iter().map(|gain| gain.unsigned_abs() as usize).sum());
            for (share, gain) in (0..).zip(gains) {
                let (from, to) = if gain > 0 { (share, member(share)) } else { (member(share), share) };
                arcs.extend((0..gain.abs()).map(|_| (from, to)));
            }
        }
        arcs
    }

    /// The moves among the arcs taken.
    fn path(&self, arcs: &[(u32, u32)], taken: &[u32]) -> ImprovingPath {
        ImprovingPath {
            is_cycle: taken.first().map(|&arc| arcs[arc as usize].0) == taken.last().map(|&arc| arcs[arc as usize].1),
            // The arcs of moves come first, one for each.
            moves: taken.iter().filter_map(|&arc| self.moves.get(arc as usize).copied()).collect(),
        }
    }

    /// Whether no member is met twice, but that a cycle ends where it begins.
    fn meets_nobody_twice(&self, path: &ImprovingPath) -> bool {
        let last = path.moves.last().filter(|_| !path.is_cycle).map(|step| step.to);
        let met = path.moves.iter().map(|step| step.from).chain(last);
        let mut members: Vec<MemberId> = met.map(|share| self.share(share).member).collect();
        members.sort_unstable();
        members.windows(2).all(|pair| pair[0] != pair[1])
    }

    /// What a move changes by the partition alone.
    fn change(&self, step: &JudgedMove) -> CostChange {
        let mut change = NOTHING;
        self.rack.into_iter().for_each(|place| change[place] = i64::from(step.rack));
        self.stickiness.into_iter().for_each(|place| change[place] = i64::from(step.moved));
        change
    }

    /// What one more partition changes where a path ends, or where it passes on to a member's load.
    fn more(&self, share: SharePlace) -> CostChange {
        let mut change = self.change_of_share(one_more(self.share(share).count));
        self.balance.into_iter().for_each(|place| change[place] = one_more(self.load(share)));
        change
    }

    /// What one partition less changes where a path begins.
    fn less(&self, share: SharePlace) -> CostChange {
        let mut change = self.change_of_share(one_less(self.share(share).count));
        self.balance.into_iter().for_each(|place| change[place] = one_less(self.load(share)));
        change
    }

    fn change_of_share(&self, squares: i64) -> CostChange {
        let mut change = NOTHING;
        self.spread.into_iter().for_each(|place| change[place] = squares);
        change
    }

    /// What changes at a member that gets a partition in one move and gives one up in the next.
    fn passing(&self, before: &JudgedMove, next: &JudgedMove) -> CostChange {
        match before.to == next.from {
            true => NOTHING,
            false => self.change_of_share(one_more(self.share(before.to).count) + one_less(self.share(next.from).count)),
        }
    }

    /// What the moves of a path that is no cycle change.
    fn changed_by(&self, moves: &[JudgedMove]) -> CostChange {
        let ends = sum(self.less(moves[0].from), self.more(moves[moves.len() - 1].to));
        self.changed_within(moves).fold(ends, sum)
    }

    fn changed_by_path(&self, path: &ImprovingPath) -> CostChange {
        match (path.is_cycle, &path.moves[..]) {
            (true, [first, .., last]) => self.changed_within(&path.moves).fold(self.passing(last, first), sum),
            _ => self.changed_by(&path.moves),
        }
    }

    fn changed_within<'a>(&'a self, moves: &'a [JudgedMove]) -> impl Iterator<Item = CostChange> + 'a {
        moves.iter().map(|step| self.change(step)).chain(moves.windows(2).map(|pair| self.passing(&pair[0], &pair[1])))
    }

    /// The shortest stretch of a path that improves things, or else the whole cycle, if it does.
    fn least_part(&self, path: &ImprovingPath) -> Option<Vec<JudgedMove>> {
        let moves = &path.moves;
        if !path.is_cycle {
            return self.shortest_improvement(moves).map(|part| moves[part].to_vec());
        }
        // A stretch of a cycle may lead over where the cycle happens to begin.
        let twice = [&moves[..], moves].concat();
        let stretch = self.shortest_improvement(&twice).filter(|stretch| stretch.len() < moves.len());
        let whole = || (self.changed_by_path(path) < NOTHING).then_some(0..moves.len());
        stretch.or_else(whole).map(|part| twice[part].to_vec())
    }

    /// The shortest stretch that changes less than nothing.
    fn shortest_improvement(&self, moves: &[JudgedMove]) -> Option<Range<usize>> {
        // From `starts[i]`, what changes before step i and where it begins, to `ends[j]`, what
        // changes up to step j and where it ends: the stretch changes the difference.
        let (mut starts, mut ends) = (Vec::with_capacity(moves.len()), Vec::with_capacity(moves.len()));
        let mut before = NOTHING;
        for (place, step) in moves.iter().enumerate() {
            starts.push(difference(before, self.less(step.from)));
            before = sum(before, self.change(step));
            ends.push(sum(before, self.more(step.to)));
            if let Some(next) = moves.get(place + 1) {
                before = sum(before, self.passing(step, next));
            }
        }
        shortest_fall(&starts, &ends)
    }

    /// Some of these moves that improve things, no part of which does.
    ///
    /// What moves change is least at a cycle in the graph of shares, members and the outside that
    /// has these moves as arcs; where no cycle is negative nothing is better. A move without which
    /// there is none is in every improvement, and stays in every one of what is left.
    fn reduced(&self, moves: Vec<JudgedMove>) -> Vec<JudgedMove> {
        let mut kept = self.improvement(&moves).unwrap_or(moves);
        let mut length = kept.len().div_ceil(2);
        loop {
            let mut start = 0;
            while start < kept.len() && kept.len() > 1 {
                let without: Vec<JudgedMove> = [&kept[..start], &kept[(start + length).min(kept.len())..]].concat();
                match self.improvement(&without) {
                    // What is left is in the order of before, so those tried come first.
                    Some(part) => {
                        start = part.iter().filter(|step| kept[..start].iter().any(|tried| tried == *step)).count();
                        kept = part;
                    }
                    None => start += length,
                }
            }
            if length == 1 {
                return kept;
            }
            length = length.div_ceil(2);
        }
    }

    /// Some of these moves that improve things, in their order (Bellman and Ford's negative cycle).
    fn improvement(&self, moves: &[JudgedMove]) -> Option<Vec<JudgedMove>> {
        let mut numbers = BTreeMap::new();
        let mut arcs: Vec<(usize, usize, CostChange, Option<usize>)> = Vec::new();
        let mut number = |place: ImprovementNode| {
            let next = numbers.len();
            *numbers.entry(place).or_insert(next)
        };
        let outside = number(ImprovementNode::Outside);
        for (place, step) in moves.iter().enumerate() {
            for share in [step.from, step.to] {
                let &TopicShare { member, count, .. } = self.share(share);
                let (share, at_member) = (number(ImprovementNode::Share(share)), number(ImprovementNode::Member(member)));
                arcs.push((share, at_member, self.change_of_share(one_more(count)), None));
                arcs.push((at_member, share, self.change_of_share(one_less(count)), None));
                let load = self.loads[member.index()];
                let of_load = |squares: i64| {
                    self.balance.map_or(NOTHING, |balance| std::array::from_fn(|at| if at == balance { squares } else { 0 }))
                };
                arcs.push((at_member, outside, of_load(one_more(load)), None));
                arcs.push((outside, at_member, of_load(one_less(load)), None));
            }
            arcs.push((number(ImprovementNode::Share(step.from)), number(ImprovementNode::Share(step.to)), self.change(step), Some(place)));
        }
        let mut found = negative_cycle(numbers.len(), &arcs)?;
        found.sort_unstable();
        Some(found.into_iter().map(|place| moves[place]).collect())
    }
}

/// A node of the graph in which improvements are negative cycles.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ImprovementNode {
    Share(SharePlace),
    Member(MemberId),
    Outside,
}

/// The moves on a negative cycle, if there is one.
fn negative_cycle(nodes: usize, arcs: &[(usize, usize, CostChange, Option<usize>)]) -> Option<Vec<usize>> {
    let mut distance = vec![NOTHING; nodes];
    let mut entered: Vec<Option<usize>> = vec![None; nodes];
    for _ in 0..=nodes {
        let mut is_settled = true;
        for (number, &(from, to, change, _)) in arcs.iter().enumerate() {
            let reached = sum(distance[from], change);
            if reached < distance[to] {
                (distance[to], entered[to], is_settled) = (reached, Some(number), false);
            }
        }
        if is_settled {
            return None;
        }
        // A cycle of entering arcs is always negative.
        if let Some(cycle) = cycle_of(&entered, arcs) {
            return Some(cycle.into_iter().filter_map(|arc| arcs[arc].3).collect());
        }
    }
    None
}

/// A cycle among the arcs by which nodes were entered.
fn cycle_of(entered: &[Option<usize>], arcs: &[(usize, usize, CostChange, Option<usize>)]) -> Option<Vec<usize>> {
    let mut seen = vec![usize::MAX; entered.len()];
    for first in 0..entered.len() {
        let mut node = first;
        while seen[node] == usize::MAX {
            seen[node] = first;
            let Some(arc) = entered[node] else { break };
            node = arcs[arc].0;
        }
        if seen[node] == first && entered[node].is_some() && is_on_cycle(node, entered, arcs) {
            let mut cycle = Vec::new();
            let mut here = node;
            while let Some(arc) = entered[here] {
                cycle.push(arc);
                here = arcs[arc].0;
                if here == node {
                    return Some(cycle);
                }
            }
        }
    }
    None
}

/// Whether going back along entering arcs leads to the node again.
fn is_on_cycle(node: usize, entered: &[Option<usize>], arcs: &[(usize, usize, CostChange, Option<usize>)]) -> bool {
    let mut here = node;
    for _ in 0..entered.len() {
        let Some(arc) = entered[here] else { return false };
        here = arcs[arc].0;
        if here == node {
            return true;
        }
    }
    false
}

/// Everybody's load, and how many partitions the plan has elsewhere. Both have an owner for each
/// slot of a topic that has subscribers.
fn loads_and_moved(audit: &Audit<'_>, owners: &[u32], plan: &[u32]) -> (Vec<u32>, usize) {
    let (mut loads, mut moved) = (vec![0; audit.group().all_members().numbers()], 0);
    for slot in audit.topics().flat_map(|topic| audit.slots().of(topic)) {
        let owner = owners[slot as usize];
        loads[MemberId::from_raw(owner).index()] += 1;
        moved += usize::from(owner != plan[slot as usize]);
    }
    (loads, moved)
}

/// The nearest start and end, the end not before the start, where the end is below the start.
fn shortest_fall(starts: &[CostChange], ends: &[CostChange]) -> Option<Range<usize>> {
    // The starts so far that are higher than any later one: what is gained from them falls.
    let mut peaks: Vec<usize> = Vec::new();
    let mut best: Option<Range<usize>> = None;
    for (here, (start, end)) in starts.iter().zip(ends).enumerate() {
        while peaks.pop_if(|&mut peak| starts[peak] <= *start).is_some() {}
        peaks.push(here);
        let higher = peaks.partition_point(|&peak| starts[peak] > *end);
        if let Some(&nearest) = peaks[..higher].last()
            && best.as_ref().is_none_or(|best| here + 1 - nearest < best.len())
        {
            best = Some(nearest..here + 1);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::super::reading::AssignmentFigures;
    use super::*;
    use crate::model::{Goals, Group, NewMember, NewTopic, Subscription};

    /// Every way along four starts and ends below three.
    fn ways() -> impl Iterator<Item = ([CostChange; 4], [CostChange; 4])> {
        let digit = |number: u32, place: u32| i64::from(number / 3_u32.pow(place) % 3);
        let at = move |number, place| [digit(number, place), 0, 0, 0];
        (0..3_u32.pow(8)).map(move |number| ([0, 1, 2, 3].map(|place| at(number, place)), [4, 5, 6, 7].map(|place| at(number, place))))
    }

    #[test]
    fn no_fall_is_shorter_than_the_shortest() {
        for (starts, ends) in ways() {
            let pairs = (0..4).flat_map(|end| (0..=end).map(move |start| (start, end)));
            let least = pairs.filter(|&(start, end)| ends[end] < starts[start]).map(|(start, end)| end + 1 - start).min();
            let found = shortest_fall(&starts, &ends);
            assert_eq!(found.as_ref().map(ExactSizeIterator::len), least, "{starts:?} {ends:?}");
            assert!(found.is_none_or(|part| ends[part.end - 1] < starts[part.start]), "{starts:?} {ends:?}");
        }
    }

    /// Numbers that follow from a seed (Knuth's linear congruence).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) % limit as u64) as usize
        }

        fn goals(&mut self) -> Goals {
            let mut goals = Goal::ALL.to_vec();
            goals.sort_by_cached_key(|_| self.below(1000));
            goals.truncate(1 + self.below(4));
            Goals::new(goals).expect("each once")
        }

        fn group(&mut self) -> Group {
            let rack = |numbers: &mut Self| ["a", "b"][numbers.below(2)].to_string();
            let mut topics = Vec::new();
            for (name, most) in [("t", 4), ("u", 4), ("v", 2)] {
                let mut topic = NewTopic::new(name, self.below(most) as u32);
                topic.racks = (self.below(2) == 0).then(|| (0..topic.partitions).map(|_| vec![rack(self)]).collect());
                topics.push(topic);
            }
            let mut members = Vec::new();
            for name in ["c", "d", "e"] {
                let all = self.below(3) > 0 || name == "c";
                let mut member = NewMember::new(name, if all { Subscription::Every } else { Subscription::from(["t", "u"]) });
                member.rack = (self.below(2) == 0).then(|| rack(self));
                for topic in ["t", "u", "v"] {
                    member = member.owning(topic, (0..4).filter(|_| self.below(2) == 0).collect::<Vec<u32>>());
                }
                members.push(member.generation(self.below(3) as i64));
            }
            Group::new(&topics, &members).expect("names differ")
        }
    }

    /// Every valid assignment of a small group, as owners by slot.
    fn assignments(audit: &Audit<'_>) -> Vec<Vec<u32>> {
        let group = audit.group();
        let mut all = vec![Vec::new()];
        for topic in audit.topics().collect::<Vec<_>>() {
            for _ in audit.slots().of(topic) {
                let subscribers = || group.members().filter(|(member, _)| group.subscribes(*member, topic)).map(|(member, _)| member.raw());
                all = all.iter().flat_map(|owners| subscribers().map(|owner| [&owners[..], &[owner]].concat())).collect();
            }
        }
        all
    }

    /// The plan has no meaning but that nothing is better: the best is found by trying all.
    #[test]
    fn a_witness_improves_what_falls_short_and_no_part_of_it_does() {
        let mut longest = 0;
        for seed in 0..600 {
            let mut numbers = Numbers(seed);
            let (group, goals) = (numbers.group(), numbers.goals());
            let audit = Audit::of(&group);
            let all = assignments(&audit);
            let cost = |owners: &[u32]| AssignmentFigures::of(goals, &audit, owners).cost;
            let best = all.iter().min_by(|one, other| cost(one).partial_cmp(&cost(other)).expect("the same goals")).expect("one at least");
            let owners = &all[numbers.below(all.len())];
            if cost(owners) == cost(best) {
                continue;
            }
            let moves = witness(&audit, (&cost(owners), &cost(best)), owners, best);
            let short = cost(owners).iter().zip(cost(best).iter()).position(|(cost, best)| cost != best).expect("they differ");
            let counted = |owners: &[u32]| cost(owners).iter().map(|(_, cost)| cost).take(short + 1).collect::<Vec<i128>>();
            let improves = |part: u32| {
                let mut after = owners.clone();
                for (place, step) in moves.iter().enumerate().filter(|(place, _)| part >> place & 1 == 1) {
                    let slot = audit.slots().slot(step.partition).expect("a slot") as usize;
                    assert_eq!(after[slot], step.from.raw(), "seed {seed}: move {place} is one of the assignment");
                    after[slot] = step.to.raw();
                }
                counted(&after) < counted(owners)
            };
            let whole = (1 << moves.len()) - 1;
            assert!(!moves.is_empty() && improves(whole), "seed {seed}, {goals}: {moves:?}");
            assert!((1..whole).all(|part| !improves(part)), "seed {seed}, {goals}: a part of {moves:?} suffices");
            longest = longest.max(moves.len());
        }
        assert!(longest >= 3, "some witnesses take several moves");
    }
}
