//! A whole group as it was seen, and what happened to it since it was known before.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{EventContent, GroupDocument, MemberDocument, SeenGroupDocument, SeenMemberDocument, TopicDocument};
use crate::model::{ChangeError, Event, Group, GroupError, Member, NewMember, NewTopic, Subscribed, Subscription, Topic, TopicId};

/// The events that this content stands for in a group: of a `group` line what differs from before.
///
/// # Errors
///
/// Where the group as it was seen cannot be.
pub(super) fn events_of(content: &EventContent, group: &Group) -> Result<Vec<Event>, ChangeError> {
    match content {
        EventContent::Group(seen) => {
            group_of(seen)?;
            Ok(differences(group, seen))
        }
        other => Ok(other.events()),
    }
}

/// The group as it was seen, its members claiming what they held.
pub(super) fn group_of(seen: &SeenGroupDocument) -> Result<Group, GroupError> {
    let member = |member: &SeenMemberDocument| MemberDocument { owned: member.owned.clone().unwrap_or_default(), ..document_of(member) };
    let document =
        GroupDocument { name: seen.name.clone(), topics: seen.topics.clone(), members: seen.members.iter().map(member).collect() };
    Group::try_from(&document)
}

fn document_of(member: &SeenMemberDocument) -> MemberDocument {
    let described = NewMember::new(member.id.clone(), member.topics.0.clone());
    MemberDocument::from(&NewMember { rack: member.rack.clone(), instance: member.instance.clone(), ..described })
}

/// What makes a group the one that was seen, which can be: members leave, topics go and come, and
/// then members join and rejoin. The order of these does not depend on how the group was written.
///
/// O(n log n) in what was seen and what was known.
pub(super) fn differences(before: &Group, seen: &SeenGroupDocument) -> Vec<Event> {
    let members = SeenMembers::of(before, seen);
    let mut events = members.leaving();
    let deleted = before.topics().map(|(_, topic)| topic.name().to_string()).filter(|name| !seen.topics.0.contains_key(name));
    events.extend(deleted.map(Event::DeleteTopic));
    events.extend(seen.topics.0.iter().filter_map(|(name, topic)| described_anew(before, name, topic)).map(Event::Topic));
    events.extend(members.freeing_instances());
    events.extend(members.rejoining());
    events.extend(members.joining());
    events
}

/// The topic, if it is not what it was.
fn described_anew(before: &Group, name: &str, seen: &TopicDocument) -> Option<NewTopic> {
    let known = before.topic_id(name).and_then(|id| before.topic(id));
    let is_known = known.is_some_and(|known| i64::from(known.partitions()) == seen.partitions && has_racks(known, seen));
    (!is_known).then(|| seen.described(name))
}

/// Whether the replicas of a topic with as many partitions are where they were: nothing said is as
/// before; order and repeats mean nothing, and a rack without a name is none.
fn has_racks(known: &Topic, seen: &TopicDocument) -> bool {
    let Some(racks) = &seen.racks else { return true };
    let known = known.racks().map(|racks| &racks[..]).unwrap_or_default();
    let is_same = |place: usize, racks: &Vec<String>| {
        let known: BTreeSet<&str> = known.get(place).into_iter().flatten().map(|rack| &**rack).filter(|rack| !rack.is_empty()).collect();
        known == racks.iter().map(String::as_str).filter(|rack| !rack.is_empty()).collect()
    };
    i64::try_from(racks.len()) == Ok(seen.partitions) && racks.iter().enumerate().all(|(place, racks)| is_same(place, racks))
}

/// The members of a group before, and as they were seen.
struct SeenMembers<'a> {
    before: &'a Group,
    /// In the order of keys: static members by instance, then the others by id.
    seen: Vec<&'a SeenMemberDocument>,
    by_id: BTreeMap<&'a str, &'a SeenMemberDocument>,
    by_instance: BTreeMap<&'a str, &'a SeenMemberDocument>,
}

impl<'a> SeenMembers<'a> {
    fn of(before: &'a Group, group: &'a SeenGroupDocument) -> Self {
        let mut seen: Vec<&SeenMemberDocument> = group.members.iter().collect();
        seen.sort_unstable_by_key(|member| (member.instance.is_none(), member.instance.as_deref().unwrap_or(&member.id)));
        let by_id = seen.iter().map(|member| (member.id.as_str(), *member)).collect();
        let by_instance = seen.iter().filter_map(|member| Some((member.instance.as_deref()?, *member))).collect();
        Self { before, seen, by_id, by_instance }
    }

    /// Those that were not seen again, but for static ones that are back under a new id: whoever
    /// joins with their instance replaces them.
    fn leaving(&self) -> Vec<Event> {
        let is_gone = |member: &Member| {
            let back = member.instance().and_then(|instance| self.by_instance.get(&**instance));
            !self.by_id.contains_key(&**member.id()) && back.is_none_or(|back| self.known(back).is_some())
        };
        self.before.members().filter(|(_, member)| is_gone(member)).map(|(_, member)| Event::Leave(member.id().to_string())).collect()
    }

    /// Members that stay under their id give up the instance that another one has now: else that
    /// one would replace them, or could not be.
    fn freeing_instances(&self) -> impl Iterator<Item = Event> {
        let taken = |known: &Member| known.instance().is_some_and(|instance| self.by_instance.contains_key(&**instance));
        let staying = self.seen.iter().filter_map(|member| Some((*member, self.known(member)?)));
        staying
            .filter(move |(member, known)| member.instance.as_deref() != instance_of(known) && taken(known))
            .map(|(member, _)| Event::Rejoin(NewMember { instance: None, ..described(member) }))
    }

    /// Members that stay under their id and say something else than before.
    fn rejoining(&self) -> impl Iterator<Item = Event> {
        self.seen.iter().filter_map(|member| {
            let known = self.known(member)?;
            let is_alike = member.instance.as_deref() == instance_of(known) && rack(member) == known.rack().map(|rack| &**rack);
            match is_alike {
                false => Some(Event::Rejoin(described(member))),
                true if self.subscribes_as_before(member) => None,
                true => Some(Event::Subscribe { member: member.id.clone(), subscription: member.topics.0.clone() }),
            }
        })
    }

    fn joining(&self) -> impl Iterator<Item = Event> {
        self.seen.iter().filter(|member| self.known(member).is_none()).map(|member| Event::Join(described(member)))
    }

    fn known(&self, member: &SeenMemberDocument) -> Option<&'a Member> {
        self.before.member(self.before.member_id(&member.id)?)
    }

    fn subscribes_as_before(&self, member: &SeenMemberDocument) -> bool {
        let known = self.before.member_id(&member.id).map(|id| self.before.all_members().subscribed(id));
        match (known, &member.topics.0) {
            (Some(Subscribed::Every), Subscription::Every) => true,
            (Some(Subscribed::These(topics)), Subscription::Named(names)) => {
                let named: Option<BTreeSet<TopicId>> = names.iter().map(|name| self.before.all_topics().id(name)).collect();
                named.is_some_and(|named| named.iter().eq(topics.iter()))
            }
            _ => false,
        }
    }
}

fn instance_of(member: &Member) -> Option<&str> {
    member.instance().map(|instance| &**instance)
}

fn rack(member: &SeenMemberDocument) -> Option<&str> {
    member.rack.as_deref()
}

fn described(member: &SeenMemberDocument) -> NewMember {
    NewMember::from(&document_of(member))
}
