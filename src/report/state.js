// The data, and the group at the version shown. Versions are differences: a step forward or back applies one.
const data = JSON.parse(document.getElementById("data").textContent);
const last = data.versions.length - 1;
const NOBODY = -1;

// With these goals alone whatever moves by choice evens out loads.
const evensLoads = data.goals.join() === "balance,stickiness";

// Partitions of all topics lie in one row of slots, topic after topic.
const slotTopics = data.topics.flatMap((topic, index) => new Array(topic.partitions).fill(index));
const firstSlots = data.topics.map((sum => topic => (sum += topic.partitions) - topic.partitions)(0));
const partitionOf = slot => slot - firstSlots[slotTopics[slot]];

const REASONS = [
  { key: "even", text: evensLoads ? "evens out the loads" : "better in the goals" },
  { key: "left", text: "its owner left" },
  { key: "gave_up", text: "its owner gave up the topic" },
  { key: "new", text: "had no owner" },
  { key: "gone", text: "nobody subscribes to the topic, or it is gone" },
];

const owners = new Int32Array(slotTopics.length).fill(NOBODY);
const present = new Set();
decoded(data.claimed).forEach(([slot, owner]) => { owners[slot] = owner; });
const claimed = owners.slice();
// How many members subscribe to each topic.
const subscribers = new Int32Array(data.topics.length);

// Each version with its changes spelled out: slot, owner before, owner after, reason.
const versions = data.versions.map(version => ({ ...version, changes: changesOf(version) }));
let shown = last;

function changesOf(version) {
  const changes = REASONS.flatMap(reason => decoded(version[reason.key] ?? []).map(([slot, to]) => ({ slot, from: owners[slot], to, reason })));
  changes.forEach(change => { owners[change.slot] = change.to; });
  comeAndGo(version);
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
  comeAndGo(version);
}

function comeAndGo(version) {
  version.joined.forEach(member => present.add(member));
  version.departed.forEach(member => present.delete(member));
  subscribe(version, 1);
}

function back(version) {
  version.changes.forEach(change => { owners[change.slot] = change.from; });
  version.departed.forEach(member => present.add(member));
  version.joined.forEach(member => present.delete(member));
  subscribe(version, -1);
}

// Numbers of subscribers are written as runs of topics: how far each is from the one before, its length, the change.
function subscribe(version, sign) {
  for (let index = 0, topic = 0; index < version.subscribers.length; index += 3) {
    const [distance, length, change] = version.subscribers.slice(index, index + 3);
    topic += distance;
    for (const end = topic + length; topic < end; topic += 1) subscribers[topic] += sign * change;
  }
}

// What changed hands under a strategy, spelled out when it is first asked for.
const spelledOut = new Map();
function changesUnder(strategy) {
  if (!spelledOut.has(strategy)) {
    const owned = claimed.slice();
    const spelled = list => decoded(list).map(([slot, to]) => {
      const from = owned[slot];
      owned[slot] = to;
      return { slot, from, to };
    });
    spelledOut.set(strategy, data.strategies[strategy].changes.map(spelled));
  }
  return spelledOut.get(strategy);
}

const CHOSEN = { key: "chosen", text: "the strategy gives it to another" };
const reasonCalled = key => REASONS.find(reason => reason.key === key);

// Why a strategy moved a partition in the rebalance shown, as far as that can be told from who is there.
function reasonOf({ from, to }) {
  if (to === NOBODY) return reasonCalled("gone");
  if (from === NOBODY) return reasonCalled("new");
  return present.has(from) ? CHOSEN : reasonCalled("left");
}

// Whether it is known in which racks replicas are.
const knowsReplicas = data.racks !== null && data.racks.sets.some(set => set.length > 0);

// Whether a member reads a partition from a rack that has no replica of it, as far as racks are known.
function isMismatch(member, slot) {
  const rack = data.racks?.members[member] ?? null;
  const replicas = rack === null ? undefined : data.racks.sets[data.racks.topics[slotTopics[slot]]?.[partitionOf(slot)]];
  return replicas !== undefined && replicas.length > 0 && !replicas.includes(rack);
}

// For each member that is present its load, how many partitions of each topic it has, and how many it reads from another rack.
function holdings() {
  const held = new Map([...present].map(member => [member, { member, load: 0, mismatches: 0, topics: new Map() }]));
  owners.forEach((owner, slot) => {
    const holding = held.get(owner);
    if (!holding) return;
    holding.load += 1;
    holding.mismatches += isMismatch(owner, slot);
    holding.topics.set(slotTopics[slot], (holding.topics.get(slotTopics[slot]) ?? 0) + 1);
  });
  return [...held.values()];
}

// What a rebalance was about: the kinds of its events, with the names of who and what they name.
const MOST_NAMES = 3;
const named = names => names.slice(0, MOST_NAMES).map(shortText).join(", ") + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "");
function about({ event, changed, reasons }) {
  const kinds = [["join", changed.joined], ["leave", changed.left], ["subscribe", changed.subscribed], ["topics", changed.topics]];
  const told = kinds.filter(([, names]) => names).map(([kind, names]) => `${kind} ${named(names)}`);
  return (told.length ? told.join("; ") : event) + (reasons.length ? ` (${named(reasons)})` : "");
}

const imbalance = figures => figures.max - figures.min;
