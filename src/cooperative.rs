//! Cooperative rebalancing (KIP-429): what must be given up by one member before it can be given to
//! another.
//!
//! Members of a cooperative group keep reading while it rebalances. A plan is therefore handed out
//! in rounds: a partition that another live member may still hold is given to nobody, that member
//! sees it missing, gives it up and joins again, and the next round gives it.

use crate::model::{Assignment, Claims, Group, MemberId, TopicPartition};

/// One round of a cooperative rebalance.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::{Event, NewMember as Joining, cooperative_round};
/// let next = plan.rebalance(Event::Join(Joining::new("c3", "orders")))?;
/// let round = cooperative_round(next.group(), next.assignment());
/// assert_eq!((round.given().len(), round.withheld().len(), round.is_settled()), (3, 1, false));
/// let (given, withheld) = round.into_parts();
/// assert_eq!((given.len(), withheld.len()), (3, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CooperativeRound {
    given: Assignment,
    withheld: Vec<TopicPartition>,
}

impl CooperativeRound {
    /// What the members are given now.
    pub fn given(&self) -> &Assignment {
        &self.given
    }

    /// The partitions of the target that are given to nobody yet, ascending.
    pub fn withheld(&self) -> &[TopicPartition] {
        &self.withheld
    }

    /// What is given and what is withheld.
    pub fn into_parts(self) -> (Assignment, Vec<TopicPartition>) {
        (self.given, self.withheld)
    }

    /// Whether the whole target is given: no further round follows.
    pub fn is_settled(&self) -> bool {
        self.withheld.is_empty()
    }
}

/// The next round of a cooperative rebalance towards a target: the target, without what a member
/// other than its new owner may still hold.
///
/// Whoever claims a partition may hold it, also where another's claim has beaten its own or two
/// voided each other: a member whose claim is old reads on until it is told otherwise. So no
/// partition is ever given to one member while another may read it.
///
/// Where each member then claims exactly what it was given, one further round settles the group:
/// the loads are those of the first target, and all that was given is kept. What was claimed at
/// first is retained, too, as far as the target retains it, if the further round goes towards the
/// same target, or if no partition stays with its owner while an older claim names another. A
/// partition of that kind is withheld like any other, and then nobody claims it: from the claims of
/// the further round alone nobody can tell whose it was. (Say m1 claims a, m2 claims a and b, m3
/// claims b, in falling generations, and c is free: a stays with m1, b with m2, c goes to m3, and a
/// and b are withheld. With m1 and m2 exchanged the same is given and withheld, but a is to stay
/// with m2 and b with m1.)
///
/// The target is an assignment of this group, or of one that it came from (see [`MemberId`]).
///
/// Linear in the claims, and O(log) for each partition withheld.
///
/// ```
/// use sticky_assignor::{Assignment, Group, NewMember, NewTopic, TopicPartition, cooperative_round};
/// let group = Group::new(
///     &[NewTopic::new("orders", 2)],
///     &[NewMember::new("c1", ["orders"]).owning("orders", [0, 1]).generation(3), NewMember::new("c2", ["orders"])],
/// )?;
/// let (c1, c2) = (group.member_id("c1").unwrap(), group.member_id("c2").unwrap());
/// let topic = group.topic_id("orders").unwrap();
/// let partition = |partition| TopicPartition { topic, partition };
/// let target = Assignment::from_iter([(partition(0), c1), (partition(1), c2)]);
///
/// let round = cooperative_round(&group, &target);
/// assert_eq!(round.withheld(), [partition(1)]);
/// assert_eq!(round.given().owner(partition(0)), Some(c1));
///
/// let group = group.claiming(round.given().clone());
/// assert!(cooperative_round(&group, &target).is_settled());
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
pub fn cooperative_round(group: &Group, target: &Assignment) -> CooperativeRound {
    let target = &group.known_owners(target.clone());
    let mut withheld: Vec<TopicPartition> = match group.claims() {
        Claims::Stated(claims) => claims.iter().flat_map(|(&member, claim)| passing(target, member, claim.partitions())).collect(),
        Claims::Previous(before) => {
            let differing = before.differences(target);
            let present = |holder: Option<MemberId>| holder.is_some_and(|holder| group.member(holder).is_some());
            differing.filter(|transfer| present(transfer.from) && transfer.to.is_some()).map(|transfer| transfer.partition).collect()
        }
    };
    withheld.sort_unstable();
    withheld.dedup();
    let given = target.clone().with_owners(withheld.iter().map(|&partition| (partition, None)));
    CooperativeRound { given, withheld }
}

/// What a member claims and the target gives to another. Usually it keeps what it claims: of two
/// lists that ascend, what both have is passed over.
fn passing(target: &Assignment, claimant: MemberId, claimed: &[TopicPartition]) -> Vec<TopicPartition> {
    let mut lost = Vec::new();
    let mut rest = claimed;
    target.partitions_of(claimant).for_each(|held| {
        while let Some((next, after)) = rest.split_first().filter(|(next, _)| **next <= held) {
            if *next != held {
                lost.push(*next);
            }
            rest = after;
        }
    });
    lost.extend(rest);
    lost.retain(|&partition| target.owner(partition).is_some());
    lost
}
