//! What a document becomes when something happens to its group, event by event.

use std::collections::BTreeMap;

use sticky_assignor::document::{GroupDocument, MemberDocument, SubscriptionDocument, TopicDocument};
use sticky_assignor::{Change, Event, NewMember, NewTopic};

/// The document after the change; nothing where an event of it is impossible.
pub(crate) fn changed(document: &GroupDocument, change: &Change) -> Option<GroupDocument> {
    let start = Changing { document: document.clone(), left: BTreeMap::new() };
    change.events().iter().try_fold(start, Changing::event).map(|changing| changing.document)
}

struct Changing {
    document: GroupDocument,
    /// The static members that left within the change, by instance.
    left: BTreeMap<String, MemberDocument>,
}

impl Changing {
    fn event(self, event: &Event) -> Option<Self> {
        match event {
            Event::Join(member) => self.join(member),
            Event::Leave(id) => self.leave(id),
            Event::Subscribe { member, subscription } => {
                self.edit(member, |found| found.topics = SubscriptionDocument(subscription.clone()))
            }
            Event::Rejoin(member) => self.rejoin(member),
            Event::Topic(topic) => self.topic(topic),
            Event::DeleteTopic(name) => self.delete_topic(name),
        }
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.document.members.iter().position(|member| member.id == id)
    }

    /// A joining member owns nothing, unless its instance was here before it.
    fn join(mut self, member: &NewMember) -> Option<Self> {
        if self.place(&member.id).is_some() {
            return None;
        }
        let mut joining = MemberDocument::from(member);
        joining.owned.0.clear();
        if let Some(before) = self.known_as(member.instance.as_deref()) {
            joining.owned = before.owned;
            joining.generation = before.generation;
        }
        self.document.members.push(joining);
        Some(self)
    }

    fn known_as(&mut self, instance: Option<&str>) -> Option<MemberDocument> {
        let present = self.document.members.iter().position(|member| instance.is_some() && member.instance.as_deref() == instance);
        match present {
            Some(place) => Some(self.document.members.remove(place)),
            None => self.left.remove(instance?),
        }
    }

    fn leave(mut self, id: &str) -> Option<Self> {
        let place = self.place(id)?;
        let member = self.document.members.remove(place);
        if let Some(instance) = member.instance.clone() {
            self.left.insert(instance, member);
        }
        Some(self)
    }

    fn edit(mut self, id: &str, edit: impl Fn(&mut MemberDocument)) -> Option<Self> {
        let place = self.place(id)?;
        edit(&mut self.document.members[place]);
        Some(self)
    }

    fn rejoin(self, member: &NewMember) -> Option<Self> {
        let is_taken = |other: &MemberDocument| other.id != member.id && other.instance.is_some() && other.instance == member.instance;
        if self.document.members.iter().any(is_taken) {
            return None;
        }
        let described = MemberDocument::from(member);
        self.edit(&member.id, |found| {
            let (owned, generation) = (found.owned.clone(), found.generation);
            *found = MemberDocument { owned, generation, ..described.clone() };
        })
    }

    fn topic(mut self, topic: &NewTopic) -> Option<Self> {
        let before = self.document.topics.0.get(&topic.name).map_or(0, |topic| topic.partitions);
        let known = self.document.topics.0.get(&topic.name).and_then(|topic| topic.racks.clone());
        let extended = known.map(|racks| racks.into_iter().chain(std::iter::repeat(Vec::new())).take(topic.partitions as usize).collect());
        let described = TopicDocument { partitions: topic.partitions, racks: topic.racks.clone().or(extended) };
        self.document.topics.0.insert(topic.name.clone(), described);
        (topic.partitions >= before).then_some(self)
    }

    /// Whoever claimed it claims it no more.
    fn delete_topic(mut self, name: &str) -> Option<Self> {
        self.document.topics.0.remove(name)?;
        self.document.members.iter_mut().chain(self.left.values_mut()).for_each(|member| {
            member.owned.0.remove(name);
        });
        Some(self)
    }
}
