//! The proof document: prices by name.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::reading::UniqueMap;
use crate::model::{Goal, Goals, Group, Member, Topic};
use crate::proof::{Price, Proof, RackSet};

/// A proof, written down: its goals, and for each member and each topic a price, a list with a
/// component for each goal. Where partitions of a topic differ in racks, a price for each class.
///
/// Reading is lenient with names, since any prices give a bound: a name left out has price zero,
/// and so has a component; a name the group does not know has none. What could not mean anything is
/// refused.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::document::ProofDocument;
/// let written = serde_json::to_string(&ProofDocument::new(&group, plan.proof()))?;
/// let proof = serde_json::from_str::<ProofDocument>(&written)?.proof(&group);
/// assert_eq!(proof.bound(&group), plan.costs());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object", try_from = "Unchecked")]
pub struct ProofDocument {
    goals: GoalsDocument,
    members: UniqueMap<PriceDocument>,
    topics: UniqueMap<TopicPriceDocument>,
}

/// A proof as it was read, before prices are held against goals.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Unchecked {
    goals: GoalsDocument,
    #[serde(default)]
    members: UniqueMap<PriceDocument>,
    #[serde(default)]
    topics: UniqueMap<TopicPriceDocument>,
}

/// Goals, written as a list of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GoalsDocument(Goals);

/// A price, written as a list of its components: integers as an [`i64`] holds them; others are
/// refused, for a proof is judged by its prices as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
struct PriceDocument(Vec<i64>);

/// What a topic's partitions are priced at: all alike, or each class on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
enum TopicPriceDocument {
    One(PriceDocument),
    ByRacks(Vec<ClassPriceDocument>),
}

/// The price of a topic's partitions that have replicas in these racks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ClassPriceDocument {
    racks: Vec<String>,
    price: PriceDocument,
}

impl ProofDocument {
    /// This proof of that group's plan.
    pub fn new(group: &Group, proof: &Proof) -> Self {
        let goals = proof.goals();
        let price = |price: Price| PriceDocument(price.components()[..goals.len()].to_vec());
        let member = |(id, member): (_, &Member)| (member.id().to_string(), price(proof.member(id)));
        let class = |(racks, of_class): &(RackSet, Price)| ClassPriceDocument {
            racks: racks.racks().iter().map(|rack| rack.to_string()).collect(),
            price: price(*of_class),
        };
        let topic = |(id, topic): (_, &Topic)| {
            let prices = match proof.classes(id) {
                [] => TopicPriceDocument::One(price(proof.topic(id))),
                classes => TopicPriceDocument::ByRacks(classes.iter().map(class).collect()),
            };
            (topic.name().to_string(), prices)
        };
        let (members, topics) = (group.members().map(member).collect(), group.topics().map(topic).collect());
        Self { goals: GoalsDocument(goals), members, topics }
    }

    /// The proof, its names understood as those of this group.
    pub fn proof(&self, group: &Group) -> Proof {
        let of_topic = |topic: &Topic| self.topics.0.get(&**topic.name());
        let proof = Proof::new(
            self.goals.0,
            group,
            |id| group.member(id).and_then(|member| self.members.0.get(&**member.id())).map_or(Price::ZERO, Price::from),
            |id| match of_topic(group.all_topics().get(id)) {
                Some(TopicPriceDocument::One(price)) => price.into(),
                Some(TopicPriceDocument::ByRacks(_)) | None => Price::ZERO,
            },
        );
        group.topics().fold(proof, |proof, (id, topic)| match of_topic(topic) {
            Some(TopicPriceDocument::ByRacks(classes)) => proof.with_classes(id, classes.iter().map(ClassPriceDocument::class)),
            Some(TopicPriceDocument::One(_)) | None => proof,
        })
    }
}

impl ClassPriceDocument {
    fn racks(&self) -> RackSet {
        RackSet::of(self.racks.iter().map(String::as_str))
    }

    fn class(&self) -> (RackSet, Price) {
        (self.racks(), (&self.price).into())
    }
}

impl From<&PriceDocument> for Price {
    fn from(document: &PriceDocument) -> Self {
        (0..).zip(&document.0).fold(Self::ZERO, |price, (place, &component)| price.with(place, component))
    }
}

impl TryFrom<Unchecked> for ProofDocument {
    type Error = String;

    fn try_from(Unchecked { goals, members, topics }: Unchecked) -> Result<Self, String> {
        let check = |name: &str, price: &PriceDocument| match price.0.len() <= goals.0.len() {
            true => Ok(()),
            false => Err(format!("the price of {name} has {} components, more than the proof has goals", price.0.len())),
        };
        members.0.iter().try_for_each(|(name, price)| check(name, price))?;
        for (name, price) in &topics.0 {
            match price {
                TopicPriceDocument::One(price) => check(name, price)?,
                TopicPriceDocument::ByRacks(classes) => {
                    classes.iter().try_for_each(|class| check(name, &class.price))?;
                    let mut racks: Vec<RackSet> = classes.iter().map(ClassPriceDocument::racks).collect();
                    racks.sort_unstable();
                    if racks.windows(2).any(|pair| pair[0] == pair[1]) {
                        return Err(format!("{name} has two prices for the same racks"));
                    }
                }
            }
        }
        Ok(Self { goals, members, topics })
    }
}

impl Serialize for GoalsDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for GoalsDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        let goals = names.iter().map(|name| name.parse::<Goal>()).collect::<Result<Vec<Goal>, _>>();
        goals.and_then(Goals::new).map(Self).map_err(Error::custom)
    }
}

impl<'de> Deserialize<'de> for TopicPriceDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(TopicPriceVisitor)
    }
}

struct TopicPriceVisitor;

impl<'de> Visitor<'de> for TopicPriceVisitor {
    type Value = TopicPriceDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a price, a list of integers, or a list of prices by racks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<TopicPriceDocument, A::Error> {
        match list.next_element()? {
            None => Ok(TopicPriceDocument::One(PriceDocument::default())),
            Some(FirstPrice::Component(first)) => {
                let mut components = vec![first];
                while let Some(component) = list.next_element()? {
                    components.push(component);
                }
                Ok(TopicPriceDocument::One(PriceDocument(components)))
            }
            Some(FirstPrice::Class(first)) => {
                let mut classes = vec![first];
                while let Some(class) = list.next_element()? {
                    classes.push(class);
                }
                Ok(TopicPriceDocument::ByRacks(classes))
            }
        }
    }
}

/// The first item of a topic's list, which says what it is a list of.
enum FirstPrice {
    Component(i64),
    Class(ClassPriceDocument),
}

impl<'de> Deserialize<'de> for FirstPrice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartVisitor)
    }
}

struct PartVisitor;

impl<'de> Visitor<'de> for PartVisitor {
    type Value = FirstPrice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer or a price by racks")
    }

    fn visit_i64<E: Error>(self, component: i64) -> Result<FirstPrice, E> {
        Ok(FirstPrice::Component(component))
    }

    fn visit_u64<E: Error>(self, component: u64) -> Result<FirstPrice, E> {
        let within = i64::try_from(component).map(FirstPrice::Component);
        within.map_err(|_| Error::invalid_value(Unexpected::Unsigned(component), &"i64"))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FirstPrice, A::Error> {
        ClassPriceDocument::deserialize(MapAccessDeserializer::new(map)).map(FirstPrice::Class)
    }
}
