//! The plans of a group over time, every one restorable.

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::sync::Arc;

use super::figures::Figures;
use super::window::EventBatch;
use crate::balance::balance;
use crate::document::GroupDocument;
use crate::model::{Assignment, ChangeError, Claims, Group, GroupError, MemberId, Numbering, TopicPartition, Transfer};
use crate::plan::Plan;

/// Of how many transfers a history holds the list: as many, or twice as many as there are
/// partitions if that is more. Older ones it finds anew, from the versions.
const TRANSFERS_HELD: usize = 1 << 20;

/// How many checkpoints a history has unless told otherwise.
const CHECKPOINTS: NonZeroUsize = NonZeroUsize::new(256).expect("is not zero");

/// A group's plans over time: version 0 is the group's own, each rebalance adds one. A persistent
/// value; cloning is O(1).
///
/// A bounded number of versions, evenly spread, are checkpoints; of the others the history holds
/// their figures and what happened, from which it restores them. What changed hands it holds of the
/// last ones: a million transfers, or twice the partitions if that is more. The caller sees no
/// difference but time.
///
/// | operation | cost (w checkpoints, v versions in all, c partitions that changed hands) |
/// |---|---|
/// | [`with_plan`](Self::with_plan) | O(c) |
/// | [`at`](Self::at) | at most v / w rebalances |
/// | [`assignment`](Self::assignment), [`diff`](Self::diff) | O(c log c) of at most v / w versions where transfers are held, else as `at` |
/// | [`owners`](Self::owners) | O(v log c) where transfers are held, and a rebalance for each version where not |
///
/// ```
/// use sticky_assignor::replay::{History, EventBatch};
/// use sticky_assignor::{Change, Event, Group, NewMember, NewTopic};
/// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", ["orders"])])?;
/// let history = History::new(&group)?;
/// let later = history.clone().rebalance(EventBatch::new(10, Change::from([Event::Join(NewMember::new("c2", ["orders"]))])))?;
/// assert_eq!((history.len(), later.len()), (1, 2));
/// assert_eq!(later.diff(0, 1).len(), 2);
/// assert_eq!(later.at(0).as_ref().map(|plan| plan.assignment()), Some(history.last().assignment()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct History {
    /// The checkpoints, versions kept as they are, by number: every `stride`-th.
    checkpoints: im::OrdMap<usize, Plan>,
    stride: usize,
    keep: NonZeroUsize,
    versions: im::Vector<Arc<StoredVersion>>,
    /// The first version whose transfers are held, and how many are held in all.
    held_from: usize,
    held: usize,
    last: Plan,
}

/// What a version is made of, beside the one before it.
#[derive(Debug)]
struct StoredVersion {
    batch: Arc<EventBatch>,
    /// Ascending by partition; nothing where they are not held. Version 0 has none.
    transfers: Box<[Transfer]>,
    /// Who had which number.
    numbering: Numbering,
    figures: Figures,
}

impl History {
    /// The history that begins with this group, balanced.
    ///
    /// # Errors
    ///
    /// None for a group that could be built; its description is read again, so that equal groups
    /// have equal histories.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// use sticky_assignor::replay::History;
    /// assert_eq!(History::new(&group)?.len(), 1);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn new(group: &Group) -> Result<Self, GroupError> {
        Ok(Self::starting(balance(&Group::try_from(&GroupDocument::from(group))?)))
    }

    /// The history that begins with this plan, the best of its group. Written down and read again
    /// it gives the same plans where the group was built from a description; of a group that has
    /// changed since, the numbers are lost and ties may fall otherwise.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// use sticky_assignor::{Goals, replay::History};
    /// let history = History::starting(Goals::BALANCE_STICKINESS.balance(&group));
    /// assert_eq!(history.last().goals(), Goals::BALANCE_STICKINESS);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn starting(first: Plan) -> Self {
        let version = StoredVersion {
            batch: Arc::default(),
            transfers: Box::default(),
            numbering: first.assignment().numbering().clone(),
            figures: Figures::of(&first),
        };
        let versions = im::Vector::unit(Arc::new(version));
        let checkpoints = im::OrdMap::unit(0, first.clone());
        Self { checkpoints, stride: 1, keep: CHECKPOINTS, versions, held_from: 1, held: 0, last: first }
    }

    /// The history, with at most this many checkpoints beside the first and the last version.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// let history = history.keeping(std::num::NonZeroUsize::MIN);
    /// assert_eq!(history.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn keeping(mut self, keep: NonZeroUsize) -> Self {
        self.keep = keep;
        self.thinned()
    }

    /// The history after one more rebalance.
    ///
    /// # Errors
    ///
    /// Where an event cannot happen to the group as the last version left it.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// let history = history.rebalance(EventBatch::new(20, Event::Join(NewMember::new("c3", "orders")).into()))?;
    /// assert_eq!((history.len(), history.last_figures().moved), (3, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rebalance(self, batch: EventBatch) -> Result<Self, ChangeError> {
        let plan = self.last.rebalance(&batch.change)?;
        Ok(self.with_plan(batch, plan))
    }

    /// The history with one more version: the plan that `self.last().rebalance(&batch.change)`
    /// gave. This is [`rebalance`](Self::rebalance) in two steps, for callers that time the first.
    #[must_use]
    pub fn with_plan(mut self, batch: EventBatch, plan: Plan) -> Self {
        let transfers: Box<[Transfer]> = self.last.assignment().differences(plan.assignment()).collect();
        let number = self.versions.len();
        let figures = figures(self.last.assignment(), &plan, &transfers);
        self.held += transfers.len();
        let numbering = plan.assignment().numbering().clone();
        self.versions.push_back(Arc::new(StoredVersion { batch: Arc::new(batch), transfers, numbering, figures }));
        if number.is_multiple_of(self.stride) {
            self.checkpoints.insert(number, plan.clone());
        }
        self.last = plan;
        self.forgetful().thinned()
    }

    /// The history with no more transfers than it should hold: the oldest are let go first.
    fn forgetful(mut self) -> Self {
        let most = TRANSFERS_HELD.max(2 * self.last.assignment().len() as usize);
        while self.held > most {
            let StoredVersion { batch, transfers, numbering, figures } = &*self.versions[self.held_from];
            self.held -= transfers.len();
            let (batch, numbering) = (Arc::clone(batch), numbering.clone());
            let forgetful = StoredVersion { batch, transfers: Box::default(), numbering, figures: *figures };
            self.versions.set(self.held_from, Arc::new(forgetful));
            self.held_from += 1;
        }
        self
    }

    /// The history with no more checkpoints than it should have: of those it has, every other
    /// one is let go as often as needed.
    fn thinned(mut self) -> Self {
        while self.checkpoints.len() > self.keep.get().saturating_add(1) {
            self.stride *= 2;
            let stride = self.stride;
            self.checkpoints = self.checkpoints.into_iter().filter(|(number, _)| number.is_multiple_of(stride)).collect();
        }
        self
    }

    /// How many versions there are: one more than there were rebalances.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.len(), 2); // the group itself is one
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[expect(clippy::len_without_is_empty, reason = "a history has a first version")]
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// The first version.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.first().group().member_count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn first(&self) -> &Plan {
        self.checkpoint_before(0).1
    }

    /// Who owned what before the first version, by the claims that stand.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert!(history.claimed().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn claimed(&self) -> Assignment {
        self.first().claimed_owners()
    }

    /// The last version.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.last().group().member_count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn last(&self) -> &Plan {
        &self.last
    }

    /// The plan after the `number`-th rebalance; 0 is the group's own.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.at(0).as_ref(), Some(history.first()));
    /// assert_eq!(history.at(2), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at(&self, number: usize) -> Option<Plan> {
        if number + 1 == self.len() {
            return Some(self.last.clone());
        }
        self.versions.get(number)?;
        let (from, plan) = self.checkpoint_before(number);
        self.between(from, number).try_fold(plan.clone(), |plan, version| plan.rebalance(&version.batch.change)).ok()
    }

    /// Who owned what after the `number`-th rebalance.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.assignment(1).map(|assignment| assignment.len()), Some(4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn assignment(&self, number: usize) -> Option<Assignment> {
        self.versions.get(number)?;
        let (from, plan) = self.checkpoint_before(number);
        match from + 1 < self.held_from && from < number {
            true => self.at(number).map(|plan| plan.assignment().clone()),
            false => Some(self.between(from, number).fold(plan.assignment().clone(), |assignment, version| version.after(assignment))),
        }
    }

    /// What happened before the `number`-th rebalance; nothing before rebalance 0.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.batch(1).map(|batch| batch.at.seconds()), Some(10.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn batch(&self, number: usize) -> Option<&EventBatch> {
        self.versions.get(number).map(|version| &*version.batch)
    }

    /// The partitions that changed hands in the `number`-th rebalance, ascending; none in rebalance
    /// 0.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.transfers(1).len(), 2); // what c1 had
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn transfers(&self, number: usize) -> Cow<'_, [Transfer]> {
        match self.versions.get(number) {
            Some(_) if 0 < number && number < self.held_from => Cow::Owned(self.diff(number - 1, number)),
            version => Cow::Borrowed(version.map_or(&[], |version| &version.transfers)),
        }
    }

    /// The partitions whose owner after rebalance `a` differs from that after rebalance `b`,
    /// ascending; none where there is no such rebalance.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.diff(0, 1).len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn diff(&self, a: usize, b: usize) -> Vec<Transfer> {
        match (self.assignment(a), self.assignment(b)) {
            (Some(before), Some(after)) => before.differences(&after).collect(),
            _ => Vec::new(),
        }
    }

    /// Who owned a partition over time: the number of each version that changed it, beginning with
    /// version 0, and its owner from then on.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic, TopicPartition};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// let orders = history.group().topic_id("orders").expect("a topic");
    /// let owners = history.owners(TopicPartition::new(orders, 0));
    /// assert_eq!(owners.iter().map(|(rebalance, _)| *rebalance).collect::<Vec<_>>(), [0, 1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn owners(&self, partition: TopicPartition) -> Vec<(usize, Option<MemberId>)> {
        let restored = self.plans().take(self.held_from).map(|plan| plan.assignment().owner(partition)).enumerate();
        let held = self.versions.iter().enumerate().skip(self.held_from);
        let changes = held.filter_map(|(number, version)| Some((number, version.transfer(partition)?.to)));
        let mut owners: Vec<(usize, Option<MemberId>)> = restored.collect();
        owners.dedup_by_key(|(_, owner)| *owner);
        owners.extend(changes);
        owners
    }

    /// The figures of the last version.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!((history.last_figures().moved, history.last_figures().forced), (2, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn last_figures(&self) -> Figures {
        self.versions.last().map(|version| version.figures).unwrap_or_default()
    }

    /// The plans of all versions in turn, each restored from the one before where it is not kept
    /// whole.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// let loads: Vec<u32> = history.plans().map(|plan| plan.summary().max).collect();
    /// assert_eq!(loads, [2, 4]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn plans(&self) -> impl Iterator<Item = Plan> + '_ {
        let mut before: Option<Plan> = None;
        (0..self.len()).map_while(move |number| {
            let checkpoint = self.checkpoints.get(&number).cloned();
            before = checkpoint.or_else(|| before.as_ref()?.rebalance(&self.versions[number].batch.change).ok());
            before.clone()
        })
    }

    /// The figures of each version in turn: stickiness and balance over time.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// let moved: u64 = history.figures().skip(1).map(|figures| figures.moved).sum();
    /// assert_eq!(moved, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn figures(&self) -> impl Iterator<Item = Figures> + '_ {
        self.versions.iter().map(|version| version.figures)
    }

    /// The batches of the rebalances, from the first on.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.batches().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn batches(&self) -> impl Iterator<Item = &EventBatch> + '_ {
        self.versions.iter().skip(1).map(|version| &*version.batch)
    }

    /// The group the history began with.
    ///
    /// ```
    /// # use sticky_assignor::replay::{EventBatch, History};
    /// # use sticky_assignor::{Event, Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let history = History::new(&Group::new(&[NewTopic::new("orders", 4)], &members)?)?;
    /// # let history = history.rebalance(EventBatch::new(10, Event::Leave("c1".into()).into()))?;
    /// assert_eq!(history.group().member_count(), 2); // as it began
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn group(&self) -> &Group {
        self.first().group()
    }

    fn checkpoint_before(&self, number: usize) -> (usize, &Plan) {
        let checkpoint = number - number % self.stride;
        (checkpoint, &self.checkpoints[&checkpoint])
    }

    /// The versions after `from`, up to and with `to`.
    fn between(&self, from: usize, to: usize) -> impl Iterator<Item = &StoredVersion> + '_ {
        (from + 1..=to).filter_map(|number| self.versions.get(number)).map(Arc::as_ref)
    }
}

impl StoredVersion {
    fn after(&self, assignment: Assignment) -> Assignment {
        let owners = self.transfers.iter().map(|transfer| (transfer.partition, transfer.to));
        assignment.with_owners(owners).numbered(self.numbering.clone())
    }

    fn transfer(&self, partition: TopicPartition) -> Option<Transfer> {
        let found = self.transfers.binary_search_by_key(&partition, |transfer| transfer.partition).ok()?;
        Some(self.transfers[found])
    }
}

/// The figures of a plan that was made from the one before by these transfers. Where topics went,
/// the claims are less than what was owned before: of a topic that came back a partition may have
/// the owner it had, yet be new.
fn figures(before: &Assignment, plan: &Plan, transfers: &[Transfer]) -> Figures {
    match plan.group().claims() {
        Claims::Previous(claimed) if claimed.len() == before.len() => Figures::after(plan, transfers.iter().copied()),
        _ => Figures::of(plan),
    }
}
