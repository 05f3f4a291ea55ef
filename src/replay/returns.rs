//! Members that leave and come back, again and again.

use std::collections::{BTreeMap, BTreeSet};

use super::window::EventBatch;
use crate::model::{Event, Group, Member, MemberId};

/// Who came back how often, as far as names tell: static members by their instance; others by
/// their member id or, as a client that restarts has a new one, by what stands before the UUID at
/// its end, unless several members at a time are called so.
#[derive(Clone, Debug, Default)]
pub struct Returns {
    by_client: NamePresence,
    by_key: NamePresence,
}

/// How many members of each name are there, away, and came back.
#[derive(Clone, Debug, Default)]
struct NamePresence {
    present: BTreeMap<String, i64>,
    away: BTreeMap<String, i64>,
    returns: BTreeMap<String, u64>,
    /// Names that several members had at a time.
    shared: BTreeSet<String>,
}

/// A member that left and came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Its instance, its member id, or the beginning of all its member ids.
    pub member: String,
    /// How often it came back.
    pub times: u64,
}

impl Returns {
    /// Nobody has come back to this group yet.
    pub fn start(group: &Group) -> Self {
        let members = || group.members().map(|(_, member)| member);
        Self { by_client: NamePresence::of(members().map(client)), by_key: NamePresence::of(members().map(key)) }
    }

    /// The returns with those of one more rebalance, which made one group of the other.
    /// O(log n) for each event.
    #[must_use]
    pub fn after(self, batch: &EventBatch, before: &Group, after: &Group) -> Self {
        let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
        for event in batch.change.events() {
            let (id, instance) = match event {
                Event::Join(member) | Event::Rejoin(member) => (&member.id, member.instance.as_deref()),
                Event::Leave(id) => (id, None),
                _ => continue,
            };
            gone.extend(before.member_id(id));
            gone.extend(instance.and_then(|instance| before.member_of_instance(instance)));
            come.extend(after.member_id(id));
        }
        let (gone, come) = (named(before, &gone), named(after, &come));
        let changed = |presence: NamePresence, name: fn(&Member) -> String| {
            presence.changed(gone.iter().map(|member| name(member)), come.iter().map(|member| name(member)))
        };
        Self { by_client: changed(self.by_client, client), by_key: changed(self.by_key, key) }
    }

    /// Members that came back at least so often; those that did so most often first.
    pub fn at_least(&self, times: u64) -> Vec<Returned> {
        let clients = self.by_client.returns.iter().filter(|(name, _)| !self.by_client.shared.contains(*name));
        let keys = self.by_key.returns.iter().filter(|(name, _)| self.by_client.shared.contains(without_uuid(name)));
        let mut returned: Vec<Returned> = clients
            .chain(keys)
            .filter(|(_, returns)| **returns >= times)
            .map(|(member, &times)| Returned { member: member.clone(), times })
            .collect();
        returned.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.member.cmp(&b.member)));
        returned
    }
}

fn named<'a>(group: &'a Group, members: &BTreeSet<MemberId>) -> Vec<&'a Member> {
    members.iter().filter_map(|&member| group.member(member)).collect()
}

fn key(member: &Member) -> String {
    member.key().to_string()
}

fn client(member: &Member) -> String {
    without_uuid(&member.key().to_string()).into()
}

impl NamePresence {
    fn of(names: impl Iterator<Item = String>) -> Self {
        Self::default().changed(std::iter::empty(), names)
    }

    fn changed(mut self, gone: impl Iterator<Item = String>, come: impl Iterator<Item = String>) -> Self {
        let mut changes: BTreeMap<String, i64> = BTreeMap::new();
        gone.for_each(|name| *changes.entry(name).or_default() -= 1);
        come.for_each(|name| *changes.entry(name).or_default() += 1);
        for (name, change) in changes {
            let present = self.present.entry(name.clone()).or_default();
            *present += change;
            if *present > 1 {
                self.shared.insert(name.clone());
            }
            let away = self.away.entry(name.clone()).or_default();
            let back = change.clamp(0, *away);
            *away += (-change).max(0) - back;
            if back > 0 {
                *self.returns.entry(name).or_default() += back.unsigned_abs();
            }
        }
        self
    }
}

/// A name without the UUID that it ends with, if it does.
fn without_uuid(name: &str) -> &str {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = name.rsplitn(6, '-').collect();
    let is_hex = |(part, length): (&&str, usize)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    match parts.len() == 6 && !parts[5].is_empty() && parts.iter().zip(LENGTHS.into_iter().rev()).all(is_hex) {
        true => parts[5],
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::without_uuid;

    #[test]
    fn a_uuid_at_the_end_is_no_part_of_a_name() {
        assert_eq!(without_uuid("orders-1-2f4e1c3a-0b1d-4c5e-8f90-123456789abc"), "orders-1");
        for name in ["orders-1", "2f4e1c3a-0b1d-4c5e-8f90-123456789abc", "a-b-c-d-e-f", ""] {
            assert_eq!(without_uuid(name), name);
        }
    }
}
