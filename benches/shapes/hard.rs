//! Shapes built to be hard: long paths, many levels, crowded topics.

use super::{Described, Dice, member, topic_name, topics};
use sticky_assignor::NewTopic;

/// Member i subscribes to topics i and i + 1, and claims all of topic i, which are many at one end
/// and few at the other: evening that out moves partitions along paths as long as the chain.
pub(crate) fn chain(members: usize) -> Described {
    let size = |topic: usize| if topic < members / 2 { 40 } else { 20 };
    let described: Vec<NewTopic> = (0..=members).map(|topic| NewTopic::new(topic_name(topic), size(topic))).collect();
    let members =
        (0..members).map(|place| member(place, [place, place + 1]).owning(topic_name(place), 0..size(place)).generation(1)).collect();
    Described { topics: described, members }
}

/// Topic k has k partitions, member i subscribes to the first 17·i mod T topics: as many levels as
/// can be.
pub(crate) fn nested(topic_count: usize, members: usize) -> Described {
    let topics = (1..=topic_count).map(|k| NewTopic::new(topic_name(k - 1), k as u32)).collect();
    let members = (1..=members).map(|i| member(i, 0..(17 * i) % topic_count)).collect();
    Described { topics, members }
}

/// Everyone subscribes to everything, but one member only the first topic.
pub(crate) fn last_one(topic_count: usize, partitions: u32, members: usize) -> Described {
    let subscribes = |place: usize| if place + 1 == members { 1 } else { topic_count };
    let members = (0..members).map(|place| member(place, 0..subscribes(place))).collect();
    Described { topics: topics(topic_count, partitions), members }
}

/// Everyone may read everything, and every partition is claimed by a member drawn at random.
pub(crate) fn random_owners(topic_count: usize, partitions: usize, members: usize) -> Described {
    let mut dice = Dice(3);
    let mut owned = vec![vec![Vec::new(); topic_count]; members];
    for (topic, partition) in (0..topic_count).flat_map(|topic| (0..partitions).map(move |partition| (topic, partition))) {
        owned[dice.between(0, members - 1)][topic].push(partition as u32);
    }
    let claims = |place: usize| {
        let start = member(place, 0..topic_count).generation(1);
        let lists = owned[place].iter().enumerate().filter(|(_, list)| !list.is_empty());
        lists.fold(start, |member, (topic, list)| member.owning(topic_name(topic), list.iter().copied()))
    };
    Described { topics: topics(topic_count, partitions as u32), members: (0..members).map(claims).collect() }
}

/// Few topics are subscribed to by many and hold most partitions: popularity and size by a power
/// law.
pub(crate) fn power_law(topic_count: usize, members: usize) -> Described {
    let mut dice = Dice(5);
    let size = |topic: usize| (200_000 / (topic + 1)).max(2);
    let topics = (0..topic_count).map(|topic| NewTopic::new(topic_name(topic), size(topic) as u32)).collect();
    let members = (0..members)
        .map(|place| {
            let draws: Vec<usize> =
                (0..40).map(|_| ((topic_count as f64).powf(dice.between(0, 999) as f64 / 1000.0)) as usize - 1).collect();
            member(place, draws)
        })
        .collect();
    Described { topics, members }
}

/// Blocks of members that share their topics, each joined to the next by one member that subscribes
/// to a topic of both.
pub(crate) fn blocks(count: usize, width: usize) -> Described {
    let size = |block: usize| if block.is_multiple_of(2) { 60 } else { 20 };
    let topic = |block: usize, place: usize| block * width + place;
    let topics = (0..count * width).map(|topic| NewTopic::new(topic_name(topic), size(topic / width))).collect();
    let members = (0..count * width)
        .map(|place| {
            let block = place / width;
            let own = (0..width).map(|place| topic(block, place));
            let next = (place % width == 0 && block + 1 < count).then(|| topic(block + 1, 0));
            let owned = topic(block, place % width);
            member(place, own.chain(next)).owning(topic_name(owned), 0..size(block)).generation(1)
        })
        .collect();
    Described { topics, members }
}
