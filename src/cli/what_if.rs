//! Changes to a group that are asked about on the command line.

use clap::Args;
use sticky_assignor::{Change, Event, Group, NewMember, NewTopic, Subscription};

use super::failure::Failure;
use super::input::Place;
use super::named;
use super::output;
use super::text::printable;

const HEADING: &str = "What if (each may be given many times)";

/// What to change in the group before planning.
#[derive(Debug, Args)]
pub(crate) struct WhatIf {
    /// Plan as if this member joined, following these topics, or every topic if none is named
    #[arg(long = "join", help_heading = HEADING, value_name = "ID[=TOPIC,…]", value_parser = member)]
    joins: Vec<NewMember>,
    /// Plan as if this member left
    #[arg(long = "leave", help_heading = HEADING, value_name = "ID")]
    leaves: Vec<String>,
    /// Plan as if this topic were created with, or grew to, so many partitions
    #[arg(long = "topic", help_heading = HEADING, value_name = "NAME=COUNT", value_parser = named::topic)]
    topics: Vec<NewTopic>,
}

impl WhatIf {
    /// The group as it would be: members leave, then topics grow, then members join. `None` where nothing is asked.
    pub(crate) fn apply(&self, place: &Place, group: &Group) -> Result<Option<Group>, Failure> {
        let change = Change::from(self.events());
        match change.events() {
            [] => Ok(None),
            _ => {
                let changed = group.apply(&change).map_err(|error| place.failure(format_args!("--join, --leave, --topic: {error}")))?;
                self.joins.iter().for_each(|member| doubt(&changed, member));
                Ok(Some(changed))
            }
        }
    }

    fn events(&self) -> Vec<Event> {
        let leaves = self.leaves.iter().cloned().map(Event::Leave);
        let topics = self.topics.iter().cloned().map(Event::Topic);
        let joins = self.joins.iter().cloned().map(Event::Join);
        leaves.chain(topics).chain(joins).collect()
    }
}

/// Says which topics a member follows that do not exist: allowed, but mostly a slip.
fn doubt(group: &Group, member: &NewMember) {
    if let Subscription::Named(topics) = &member.subscription {
        for topic in topics.iter().filter(|topic| group.topic_id(topic).is_none()) {
            output::say(format_args!("note: --join {}: there is no topic {topic:?}", printable(&member.id)));
        }
    }
}

/// A member that joins; an id alone follows every topic.
fn member(argument: &str) -> Result<NewMember, String> {
    let named = if argument.contains('=') { argument.into() } else { format!("{argument}=*") };
    named::subscription(&named).map(|(id, subscription)| NewMember::new(id, subscription))
}
