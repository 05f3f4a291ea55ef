//! Changes to a group that are asked about on the command line.

use clap::Args;
use sticky_assignor::document::printable;
use sticky_assignor::{Event, Group, NewMember, NewTopic, Subscription};

use super::failure::Failure;
use super::input::DocumentPlace;
use super::options::{named_subscription, named_topic};
use super::output;

const HEADING: &str = "What if (each may be given many times)";

/// What to change in the group before planning.
#[derive(Debug, Args)]
pub(crate) struct WhatIf {
    /// Plan as if this member joined, subscribing to these topics, or every topic if none is named
    #[arg(short, long = "join", help_heading = HEADING, value_name = "ID[=TOPIC,…]", value_parser = member)]
    joins: Vec<NewMember>,
    /// Plan as if this member left
    #[arg(short, long = "leave", help_heading = HEADING, value_name = "ID")]
    leaves: Vec<String>,
    /// Plan as if this topic were created with, or grew to, that many partitions
    #[arg(short, long = "topic", help_heading = HEADING, value_name = "NAME=COUNT", value_parser = named_topic)]
    topics: Vec<NewTopic>,
}

impl WhatIf {
    /// The group as it would be: members leave, then topics grow, then members join. `None` where
    /// nothing is asked.
    pub(crate) fn apply(&self, place: &DocumentPlace<'_>, group: &Group) -> Result<Option<Group>, Failure> {
        let asked = self.asked();
        if asked.is_empty() {
            return Ok(None);
        }
        let changed = asked.into_iter().try_fold(group.clone(), |group, (flag, event)| {
            group.apply(event).map_err(|error| place.failure(format_args!("{flag}: {error}")))
        })?;
        self.joins.iter().for_each(|member| doubt(&changed, member));
        Ok(Some(changed))
    }

    /// What is asked, each event with the flag that asks for it.
    fn asked(&self) -> Vec<(String, Event)> {
        let leaves = self.leaves.iter().map(|id| (format!("--leave {id}"), Event::Leave(id.clone())));
        let topics = self.topics.iter().map(|topic| (format!("--topic {}={}", topic.name, topic.partitions), Event::Topic(topic.clone())));
        let joins = self.joins.iter().map(|member| (format!("--join {}", member.id), Event::Join(member.clone())));
        leaves.chain(topics).chain(joins).collect()
    }
}

/// Says which topics a member subscribes to that do not exist: allowed, but usually a slip.
fn doubt(group: &Group, member: &NewMember) {
    if let Subscription::Named(topics) = &member.subscription {
        for topic in topics.iter().filter(|topic| group.topic_id(topic).is_none()) {
            output::say(format_args!("note: --join {}: there is no topic {topic:?}", printable(&member.id)));
        }
    }
}

/// A member that joins; an id alone subscribes to every topic.
fn member(argument: &str) -> Result<NewMember, String> {
    let named = if argument.contains('=') { argument.into() } else { format!("{argument}=*") };
    named_subscription(&named).map(|(id, subscription)| NewMember::new(id, subscription))
}
