//! What arguments say by name: `NAME=COUNT`, `MEMBER=TOPIC,…`.

use sticky_assignor::{NewTopic, Subscription};

/// A topic and how many partitions it has: `NAME=COUNT`.
pub(super) fn topic(argument: &str) -> Result<NewTopic, String> {
    let (name, count) = argument.rsplit_once('=').filter(|(name, _)| !name.is_empty()).ok_or("NAME=COUNT is expected")?;
    match count.parse() {
        Ok(partitions) if (0..=i64::from(i32::MAX)).contains(&partitions) => Ok(NewTopic::new(name, partitions)),
        _ => Err(format!("`{count}` is not a partition count (0 to 2147483647)")),
    }
}

/// A member and what it follows: `MEMBER=TOPIC,…`, where `*` is every topic.
pub(super) fn subscription(argument: &str) -> Result<(String, Subscription), String> {
    // Topic names hold no `=`, so the last one ends the name of the member.
    let (member, topics) = argument.rsplit_once('=').ok_or("MEMBER=TOPIC,… is expected")?;
    let topics: Vec<&str> = topics.split(',').map(str::trim).filter(|topic| !topic.is_empty()).collect();
    match (member, &topics[..]) {
        ("", _) => Err("a member needs an id".into()),
        (_, []) => Err("no topic is named; * is every topic".into()),
        (_, named) if named.contains(&"*") => Ok((member.into(), Subscription::Every)),
        (_, named) => Ok((member.into(), Subscription::Named(named.iter().map(|topic| (*topic).into()).collect()))),
    }
}
