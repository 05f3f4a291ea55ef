//! `schema`: what a kind of document holds, as a JSON Schema.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;
use sticky_assignor::document::{EventDocument, PlanDocument, PlanInput, ProofDocument, StrategyPlanDocument, VerifyInput};
use sticky_assignor::replay::documents::{HistoryDocument, RebalanceLine, SimulationDocument, TotalLine};

use super::output::{self, Failure};
use super::verify::JudgedLine;

/// Print the JSON Schema of a kind of document
///
/// Schemas of what is read forbid fields that they do not name, those of what is written allow
/// more.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  sticky-assignor schema group > group.schema.json")]
pub(crate) struct SchemaArguments {
    /// The kind of document; without one, the kinds are listed
    kind: Option<SchemaKind>,
}

/// The kinds of documents that have a schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemaKind {
    /// A group: what `plan` reads, and the first line of a log
    Group,
    /// A group with an assignment to judge: what `verify` reads, and `import` writes
    Judged,
    /// What `plan` answers
    Plan,
    /// What `verify` answers
    Verdict,
    /// A line of a log behind the first: what `replay` reads
    Event,
    /// What `replay` answers for each rebalance
    Rebalance,
    /// What `replay` answers for all rebalances
    Total,
    /// What `simulate` answers
    Simulation,
    /// A proof: part of a plan, and of what `verify` reads
    Proof,
    /// A history that the library wrote
    History,
}

pub(crate) fn run(arguments: &SchemaArguments) -> Result<ExitCode, Failure> {
    let mut out = output::stdout();
    match arguments.kind {
        Some(kind) => writeln!(out, "{:#}", kind.schema().to_value())?,
        None => SchemaKind::list(&mut out)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

impl SchemaKind {
    /// Writes a line for each kind.
    fn list(out: &mut dyn Write) -> io::Result<()> {
        let kinds = Self::value_variants().iter().filter_map(Self::to_possible_value);
        kinds.into_iter().try_for_each(|kind| writeln!(out, "{:<10} {}", kind.get_name(), kind.get_help().unwrap_or_default()))
    }

    fn schema(self) -> Schema {
        let mut schema = match self {
            Self::Group => read::<PlanInput>(),
            Self::Judged => read::<VerifyInput>(),
            Self::Plan => written::<AnyPlan<'_>>(),
            Self::Verdict => written::<JudgedLine<'_>>(),
            Self::Event => read::<EventDocument>(),
            Self::Rebalance => written::<RebalanceLine<'_>>(),
            Self::Total => written::<TotalLine>(),
            Self::Simulation => written::<SimulationDocument>(),
            Self::Proof => read::<ProofDocument>(),
            Self::History => read::<HistoryDocument>(),
        };
        let said = self.to_possible_value();
        let title = said.as_ref().map_or("", |kind| kind.get_name());
        schema.insert("title".into(), Value::from(title));
        schema
    }
}

/// A plan of ours, or what another assignor answers.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "there are no values, only the schema")]
enum AnyPlan<'a> {
    Ours(PlanDocument<'a>),
    OfAnother(StrategyPlanDocument<'a>),
}

fn read<T: JsonSchema>() -> Schema {
    settings().for_deserialize().into_generator().into_root_schema_for::<T>()
}

fn written<T: JsonSchema>() -> Schema {
    settings().for_serialize().into_generator().into_root_schema_for::<T>()
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with_transform(RecursiveTransform(for_users as fn(&mut Schema)))
}

/// Descriptions are those of the library's types: of each the first paragraph, and nothing of one
/// that only refers to another type.
fn for_users(schema: &mut Schema) {
    let Some(Value::String(text)) = schema.get("description") else { return };
    let paragraph = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    match paragraph.contains("[`") {
        true => drop(schema.remove("description")),
        false => drop(schema.insert("description".into(), paragraph.into())),
    }
}
