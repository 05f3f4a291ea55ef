// The data, and the group at the version shown. Versions are differences: a step forward or back applies one.
const data = JSON.parse(document.getElementById("data").textContent);
const last = data.versions.length - 1;
const NOBODY = -1;

// Partitions of all topics lie in one row of slots, topic after topic.
const slotTopics = data.topics.flatMap((topic, index) => new Array(topic.partitions).fill(index));
const firstSlots = data.topics.map((sum => topic => (sum += topic.partitions) - topic.partitions)(0));
const partitionOf = slot => slot - firstSlots[slotTopics[slot]];

const REASONS = [
  { key: "even", text: "evens out the loads" },
  { key: "left", text: "its owner left" },
  { key: "gave_up", text: "its owner gave up the topic" },
  { key: "new", text: "had no owner" },
  { key: "gone", text: "nobody subscribes to the topic, or it is gone" },
];

const owners = new Int32Array(slotTopics.length).fill(NOBODY);
const present = new Set();
decoded(data.claimed).forEach(([slot, owner]) => { owners[slot] = owner; });

// Each version with its changes spelled out: slot, owner before, owner after, reason.
const versions = data.versions.map(version => ({ ...version, changes: changesOf(version) }));
let shown = last;

function changesOf(version) {
  const changes = REASONS.flatMap(reason => decoded(version[reason.key] ?? []).map(([slot, to]) => ({ slot, from: owners[slot], to, reason })));
  changes.forEach(change => { owners[change.slot] = change.to; });
  version.joined.forEach(member => present.add(member));
  version.departed.forEach(member => present.delete(member));
  return changes;
}

// Slots are written as the distance from the one before, each followed by its owner.
function decoded(list) {
  const pairs = [];
  for (let index = 0, slot = 0; index < list.length; index += 2) {
    slot += list[index];
    pairs.push([slot, list[index + 1]]);
  }
  return pairs;
}

function stepTo(number) {
  while (shown < number) forward(versions[++shown]);
  while (shown > number) back(versions[shown--]);
}

function forward(version) {
  version.changes.forEach(change => { owners[change.slot] = change.to; });
  version.joined.forEach(member => present.add(member));
  version.departed.forEach(member => present.delete(member));
}

function back(version) {
  version.changes.forEach(change => { owners[change.slot] = change.from; });
  version.departed.forEach(member => present.add(member));
  version.joined.forEach(member => present.delete(member));
}

// For each member that is present its load, and how many partitions of each topic it has.
function holdings() {
  const held = new Map([...present].map(member => [member, { member, load: 0, topics: new Map() }]));
  owners.forEach((owner, slot) => {
    const holding = held.get(owner);
    if (!holding) return;
    holding.load += 1;
    holding.topics.set(slotTopics[slot], (holding.topics.get(slotTopics[slot]) ?? 0) + 1);
  });
  return [...held.values()];
}

// What a rebalance was about: the kinds of its events, with the names of who and what they name.
const MOST_NAMES = 3;
const named = names => names.slice(0, MOST_NAMES).join(", ") + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "");
function about({ event, changed, reasons }) {
  const kinds = [["join", changed.joined], ["leave", changed.left], ["subscribe", changed.subscribed], ["topics", changed.topics]];
  const told = kinds.filter(([, names]) => names).map(([kind, names]) => `${kind} ${named(names)}`);
  return (told.length ? told.join("; ") : event) + (reasons.length ? ` (${named(reasons)})` : "");
}

const imbalance = figures => figures.max - figures.min;
