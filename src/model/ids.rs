//! Dense numbers for names, the small values made of them, and, in debug builds, which group handed
//! a number out.
//!
//! Tables are as long as the numbers of members and topics are large. So those come from a group
//! alone: nobody outside can make one, nor read one from a document, which has names. Partitions
//! anybody can number, and no table is made by that.

use std::fmt;
use std::hash::{Hash, Hasher};
#[cfg(debug_assertions)]
use std::num::NonZeroU16;
use std::num::NonZeroU32;

/// A member of a group, as a number: the place of its name when the group was built; for one that
/// joined later, the lowest number that nobody has.
///
/// It is of use in the group it came from, and in those that come from that one by
/// [`Group::apply`](crate::Group::apply) and [`Group::claiming`](crate::Group::claiming), as the
/// groups of a plan's rebalances do: there it names the same member for as long as it stays. When
/// it left, the number is given again to one that joins once the members were made to claim what a
/// plan gave them, as every rebalance does first: so there are never many more numbers than there
/// were members at a time, however many pass through a group. Who a number is to be read as, the
/// group of its version says. The assignment of a plan remembers it, and what compares or uses an
/// older one goes by that: [`Assignment::differences`](crate::Assignment::differences),
/// `Group::claiming`, [`verify`](crate::verify()),
/// [`cooperative_round`](crate::cooperative_round()). In a group that was built by itself, be it of
/// nearly the same description, it is somebody else's or nobody's. From one such group to another
/// lead names, as in [`Group::claiming_from`](crate::Group::claiming_from).
///
/// In debug builds an id that one group handed out, asked of another in which its number is
/// somebody else's, fails an assertion in the functions of [`Group`](crate::Group), but for rare
/// chance. Ids read off an assignment do not say which group they are from, and release builds take
/// every id for the group's own.
///
/// A static member (KIP-345) that comes under a new member id keeps its number where its instance
/// is still in the group, or left it within the same change. One that comes back in a later change
/// is given a number as everybody else who comes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(NonZeroU32, Origin);

/// A topic, as a number. Like a [`MemberId`] it is of use in the group it came from and in those
/// that come from that one, and there it is its name's for good.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(NonZeroU32, Origin);

macro_rules! dense {
    ($id:ident) => {
        impl $id {
            /// The id with this number. Numbers of a group stay below 2³¹, so none is lost.
            pub(crate) fn from_index(index: usize) -> Self {
                Self(NonZeroU32::MIN.saturating_add(index as u32), Origin::default())
            }

            /// The id, as a group hands it out.
            pub(super) fn handed_out_by(self, origin: Origin) -> Self {
                Self(self.0, origin)
            }

            /// Which group handed it out.
            pub(super) fn origin(self) -> Origin {
                self.1
            }

            /// The number, for indexing.
            pub fn index(self) -> usize {
                self.0.get() as usize - 1
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($id)).field(&self.0).finish()
            }
        }
    };
}
dense!(MemberId);
dense!(TopicId);

/// In place of a member's number or place, in rows of such: nobody.
pub(crate) const NO_OWNER: u32 = u32::MAX;

impl MemberId {
    /// The number, for rows of numbers that mean more than members.
    pub(crate) fn raw(self) -> u32 {
        self.0.get() - 1
    }

    /// The id of this number.
    pub(crate) fn from_raw(raw: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(raw), Origin::default())
    }

    /// An owner as a table of owners stores it: 0 is nobody, any other the member of the number
    /// before. An `Option<MemberId>` has the same bits, but a table's owners share a buffer with
    /// slots, which are plain numbers.
    pub(super) fn cell(owner: Option<Self>) -> u32 {
        owner.map_or(0, |owner| owner.0.get())
    }

    /// The owner that a table stores so.
    pub(super) fn of_cell(cell: u32) -> Option<Self> {
        NonZeroU32::new(cell).map(|number| Self(number, Origin::default()))
    }
}

/// One partition of one topic.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let orders = group.topic_id("orders").expect("a topic");
/// use sticky_assignor::TopicPartition;
/// let partition = TopicPartition::new(orders, 3);
/// assert_eq!((partition.topic, partition.partition), (orders, 3));
/// assert_eq!(partition.display(&group).to_string(), "orders-3");
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    /// The topic.
    pub topic: TopicId,
    /// The partition's number within the topic, from 0.
    pub partition: u32,
}

impl TopicPartition {
    /// This partition of that topic; whether there is one, nobody asks here.
    pub fn new(topic: TopicId, partition: u32) -> Self {
        Self { topic, partition }
    }
}

/// A partition that had an owner before and has another now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Movement {
    /// What moves.
    pub partition: TopicPartition,
    /// The owner before.
    pub from: MemberId,
    /// The owner after.
    pub to: MemberId,
}

/// A partition that changes hands: from nobody where it had no owner, to nobody where it has none
/// any more.
///
/// Where both ends are members, it is a [`Movement`].
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
/// use sticky_assignor::{Assignment, Transfer};
/// let given: Vec<Transfer> = Assignment::new().differences(plan.assignment()).collect();
/// assert_eq!((given.len(), given[0].from, given[0].to), (4, None, Some(c1)));
/// assert_eq!(given[0].movement(), None, "nobody had it before");
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Transfer {
    /// The partition.
    pub partition: TopicPartition,
    /// Its owner before.
    pub from: Option<MemberId>,
    /// Its owner after.
    pub to: Option<MemberId>,
}

impl Transfer {
    /// The transfer as one from member to member, if it is.
    pub fn movement(&self) -> Option<Movement> {
        Some(Movement { partition: self.partition, from: self.from?, to: self.to? })
    }

    /// The way back.
    pub(crate) fn reversed(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }

    /// The transfer, its ids saying of no group that they are from there.
    pub(crate) fn of_no_group(self) -> Self {
        let topic = self.partition.topic.handed_out_by(Origin::default());
        let end = |member: Option<MemberId>| member.map(|member| member.handed_out_by(Origin::default()));
        Self { partition: TopicPartition { topic, ..self.partition }, from: end(self.from), to: end(self.to) }
    }

    /// Whether its ends are two.
    pub(crate) fn is_change(&self) -> bool {
        self.from != self.to
    }
}

/// What a group has in common with those that come from it, and with others only by chance or where
/// they were built of the same names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lineage(u16);

impl Lineage {
    /// That of a group built of these names.
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self(if cfg!(debug_assertions) { folded(names) } else { 0 })
    }
}

/// Where an id is from: the lineage of the group that handed it out, and whom it stood for there.
/// Only debug builds remember, and only of ids that a group was asked for; of others nothing is
/// known.
///
/// It is no part of the id: all are equal.
#[derive(Clone, Copy, Default)]
pub(super) struct Origin(#[cfg(debug_assertions)] Option<Mark>);

#[cfg(debug_assertions)]
#[derive(Clone, Copy)]
struct Mark {
    lineage: Lineage,
    name: NonZeroU16,
}

#[cfg(debug_assertions)]
impl Origin {
    pub(super) fn new(lineage: Lineage, name: &str) -> Self {
        Self(Some(Mark { lineage, name: short(name) }))
    }

    /// Whether an id from here may stand for this name in a group of this lineage: it does in the
    /// group's own lineage, where who has a number may be called otherwise by now, and where it
    /// stood for the same name.
    pub(super) fn may_be(self, lineage: Lineage, name: &str) -> bool {
        self.0.is_none_or(|mark| mark.lineage == lineage || mark.name == short(name))
    }
}

#[cfg(not(debug_assertions))]
impl Origin {
    pub(super) fn new(_: Lineage, _: &str) -> Self {
        Self()
    }

    pub(super) fn may_be(self, _: Lineage, _: &str) -> bool {
        true
    }
}

#[cfg(debug_assertions)]
fn short(name: &str) -> NonZeroU16 {
    NonZeroU16::MIN.saturating_add(folded(std::iter::once(name)))
}

/// A few bits for names (FNV-1a, with a byte behind each name that none has in it).
fn folded<'a>(names: impl Iterator<Item = &'a str>) -> u16 {
    let bytes = names.flat_map(|name| name.bytes().chain([0xFF]));
    let hash = bytes.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    (hash >> 48) as u16
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl PartialOrd for Origin {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Origin {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl fmt::Debug for Origin {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
