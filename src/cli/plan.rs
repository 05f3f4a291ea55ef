//! `plan`: the best assignment for each group of the input.

use std::hint::black_box;
use std::io::{self, IsTerminal, Write};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sticky_assignor::document::{MovementsDocument, PlanDocument, PlanInput, printable};
use sticky_assignor::{Event, Group, NewMember, NewTopic, Strategy, Subscription};

use super::answer::{Answer, StrategyAnswer};
use super::comparison::timed_often;
use super::input::{DocumentPlace, Input};
use super::kind::Wanted;
use super::limit::Limit;
use super::options::{Format, GoalOptions, Shown, named_subscription, named_topic, positive, strategy};
use super::output::Failure;
use super::{output, text};

const EXAMPLE: &str = include_str!("example.json");
const EXAMPLE_NOTE: &str = "This is an example: three members with 9, 10 and 11 partitions, as KIP-848 tells it.\n\
    No single move evens them out, a chain of two does. For groups of your own: sticky-assignor plan FILE\n\
    (or on standard input; sticky-assignor plan --print-example prints this one as a document).";

/// Plan the best assignment of each group
///
/// Reads group documents and answers each with a plan that no other is better than. By default the
/// loads are as even as the subscriptions allow, and then as many partitions as possible stay where
/// they are; --goals names other goals, or another order of them: balance, rack (partitions read
/// within a rack), stickiness, spread (every topic even over its subscribers).
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  echo '{\"topics\": {\"orders\": 6}, \"members\": [
    {\"id\": \"c1\", \"topics\": \"*\", \"owned\": {\"orders\": [0,1,2,3,4,5]}},
    {\"id\": \"c2\", \"topics\": \"*\"}]}' | sticky-assignor plan

Exit status: 0, or 2 if the input cannot be read or the output not be written.")]
pub(crate) struct PlanArguments {
    /// Files with group documents (JSON, one or many in each); - is standard input, which is read
    /// where no file is named
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Plan an example group, which is built in
    #[arg(long, conflicts_with = "files")]
    example: bool,
    #[command(flatten)]
    goals: GoalOptions,
    #[command(flatten)]
    what_if: WhatIf,
    /// Plan as another assignor would
    #[arg(short, long, value_name = "NAME", default_value_t = Strategy::Sticky, value_parser = strategy())]
    strategy: Strategy,
    /// Say why each partition that moves has to (JSON: paths)
    #[arg(short, long, conflicts_with = "quiet_assignment")]
    explain: bool,
    /// Print the example group as a document, and plan nothing
    #[arg(long, exclusive = true)]
    print_example: bool,
    /// Make the plan N times, timing each (JSON: elapsed_ns)
    #[arg(long, value_name = "N", default_value = "1", value_parser = positive::<NonZeroU32>)]
    repeat: NonZeroU32,
    /// Print the figures only: no assignment, no movements, no proof
    #[arg(long)]
    quiet_assignment: bool,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

pub(crate) fn run(arguments: &PlanArguments) -> Result<ExitCode, Failure> {
    if arguments.explain && arguments.strategy != Strategy::Sticky {
        return Err(Failure::Usage(format!(
            "--explain: why a partition moves is known of the strategy sticky only, not of {}",
            arguments.strategy
        )));
    }
    let mut out = output::open(&arguments.shown);
    let answered = match arguments.print_example {
        true => write!(out, "{EXAMPLE}").map_err(Failure::from),
        false => answer_all(&mut out, arguments),
    };
    out.flush()?;
    answered.map(|()| ExitCode::SUCCESS)
}

fn answer_all(out: &mut dyn Write, arguments: &PlanArguments) -> Result<(), Failure> {
    let mut answered = 0;
    for input in &inputs(out, arguments)? {
        for document in input.documents::<PlanInput>(Wanted::Groups) {
            let (place, document) = document?;
            let group = arguments.limit.group(&place, &document.into())?;
            if answered > 0 && arguments.shown.format == Format::Text {
                writeln!(out)?;
            }
            answer(out, arguments, &place, &group)?;
            answered += 1;
        }
    }
    Ok(())
}

/// The inputs asked for: the example, too, where nothing is, by somebody at a terminal. Then it is
/// said that it is the example: in the text itself, or beside JSON.
fn inputs(out: &mut dyn Write, arguments: &PlanArguments) -> Result<Vec<Input>, Failure> {
    let nobody_pipes = arguments.files.is_empty() && io::stdin().is_terminal();
    if !arguments.example && !nobody_pipes {
        return Input::read_all(&arguments.files);
    }
    match arguments.shown.format {
        Format::Text => writeln!(out, "{EXAMPLE_NOTE}\n")?,
        Format::Json => output::say(EXAMPLE_NOTE),
    }
    Ok(vec![Input::embedded("<example>", EXAMPLE)])
}

fn answer(out: &mut dyn Write, arguments: &PlanArguments, place: &DocumentPlace<'_>, group: &Group) -> Result<(), Failure> {
    let changed = arguments.what_if.apply(place, group)?;
    if let Some(reason) = changed.as_ref().and_then(|changed| arguments.limit.exceeded(changed)) {
        return Err(place.failure(reason));
    }
    let (asked, goals) = (changed.as_ref().unwrap_or(group), arguments.goals.goals);
    // Another strategy is timed by itself; our plan is only beside it then.
    let repeat = if arguments.strategy == Strategy::Sticky { arguments.repeat } else { NonZeroU32::MIN };
    let (plan, elapsed_ns) = timed_often(repeat, || goals.balance(black_box(asked)));
    let answer = Answer { unchanged: changed.is_some().then(|| goals.balance(group)), plan, elapsed_ns };
    match (arguments.strategy, arguments.shown.format) {
        (Strategy::Sticky, Format::Json) => write_document(out, arguments, &answer),
        (Strategy::Sticky, Format::Text) => Ok(describe(out, arguments, &answer)?),
        (other, _) => answer_with(out, arguments, &StrategyAnswer::new(other, answer, arguments.repeat)),
    }
}

fn answer_with(out: &mut dyn Write, arguments: &PlanArguments, strategy_answer: &StrategyAnswer) -> Result<(), Failure> {
    match (arguments.shown.format, arguments.quiet_assignment) {
        (Format::Json, false) => strategy_answer.document(out),
        (Format::Json, true) => strategy_answer.figures(out),
        (Format::Text, quiet) => Ok(text::strategy_answer(out, strategy_answer, (!quiet).then(|| arguments.shown.length()))?),
    }
}

fn write_document(out: &mut dyn Write, arguments: &PlanArguments, answer: &Answer) -> Result<(), Failure> {
    let (plan, elapsed_ns) = (&answer.plan, answer.elapsed_ns.as_slice());
    let mut document = match arguments.quiet_assignment {
        true => PlanDocument::figures(plan, elapsed_ns),
        false => PlanDocument::whole(plan, elapsed_ns),
    };
    let moves = answer.unchanged.as_ref().map(|_| answer.moves());
    if let Some(moves) = &moves {
        let movements = MovementsDocument::between(answer.before(), plan.group(), &moves.movements);
        document = document.after_change(moves.summary(plan.summary()), (!arguments.quiet_assignment).then_some(movements));
    }
    if arguments.explain {
        document = document.explained(plan);
    }
    output::line(out, &document)
}

fn describe(out: &mut dyn Write, arguments: &PlanArguments, answer: &Answer) -> io::Result<()> {
    answer.heading(out)?;
    if !arguments.quiet_assignment {
        answer.tables(out, arguments.shown.length())?;
    }
    if arguments.explain {
        text::explain(out, &answer.plan, arguments.shown.length())?;
    }
    answer.summary(out)
}

const HEADING: &str = "What if (each may be given many times)";

/// What to change in the group before planning.
#[derive(Debug, Args)]
struct WhatIf {
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
    fn apply(&self, place: &DocumentPlace<'_>, group: &Group) -> Result<Option<Group>, Failure> {
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
