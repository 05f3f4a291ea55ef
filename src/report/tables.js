// The tables: what moved in the rebalance shown, and the numbers behind each picture.
const MOST_ROWS = 500;

// Moves that share their owners and their reason, as one row.
function moveRows(changes) {
  const rows = new Map();
  changes.forEach(({ slot, from, to, reason }) => {
    const key = `${reason.key} ${from} ${to}`;
    if (!rows.has(key)) rows.set(key, { from, to, reason, slots: [] });
    rows.get(key).slots.push(slot);
  });
  return [...rows.values()];
}

function which(slots) {
  const topics = new Map();
  slots.forEach(slot => topics.set(slotTopics[slot], [...(topics.get(slotTopics[slot]) ?? []), partitionOf(slot)]));
  return [...topics].map(([topic, partitions]) => `${data.topics[topic].name} ${compactRanges(partitions)}`).join("; ");
}

const nameCellOf = member => element("td", { title: memberName(member) }, shortName(member, 34));

// Whose moves are shown: ours, or those of a strategy that is compared.
const movesOf = () => Number(byId("moves-of").value);

function drawMoves() {
  const strategy = movesOf();
  const changes = strategy ? changesUnder(strategy)[shown].map(change => ({ ...change, reason: reasonOf(change) })) : versions[shown].changes;
  const rows = moveRows(changes);
  const cells = rows.slice(0, MOST_ROWS).map(row => element("tr", {},
    nameCellOf(row.from), nameCellOf(row.to),
    element("td", { class: "number" }, grouped(row.slots.length)), element("td", {}, which(row.slots)), element("td", {}, row.reason.text)));
  const none = element("tr", {}, element("td", { colspan: 5 }, "Nothing moved."));
  byId("moves").tBodies[0].replaceChildren(...(cells.length ? cells : [none]));
  byId("moves-more").textContent = rows.length > MOST_ROWS ? `And ${counted(rows.length - MOST_ROWS, "more row")}.` : "";
}

function drawFigures() {
  const { figures, elapsed_ns } = versions[shown];
  const entries = [
    ["members", figures.members], ["partitions", figures.partitions], ["stayed", figures.retained], ["moved", figures.moved],
    ["of them forced", figures.forced], ["new", figures.new], ["least of a member", figures.min], ["most of a member", figures.max],
  ].map(([term, value]) => [term, grouped(value)]);
  if (knowsReplicas) entries.push(["read from another rack", grouped(versions[shown].mismatches)]);
  data.goals.forEach((goal, index) => entries.push([`cost in ${goal}`, grouped(versions[shown].costs[index])]));
  if (data.recorded[shown]) entries.push(["recorded: moved", grouped(data.recorded[shown].moved)], ["of them needed", grouped(data.recorded[shown].needed)]);
  data.strategies.slice(1).forEach(({ name, moved }) => entries.push([`${name} moved`, grouped(moved[shown])]));
  if (elapsed_ns !== null) entries.push(["milliseconds", milliseconds(elapsed_ns)]);
  byId("figures").replaceChildren(...entries.map(([term, value]) => element("div", {}, element("dt", {}, term), element("dd", {}, value))));
}

function timelineTable(place) {
  const headings = ["rebalance", "at", "event", "members", "partitions", "stayed", "moved", "forced", "new", "least", "most", "ms"];
  const rows = versions.map(({ at, event, changed, reasons, elapsed_ns, figures: f }, number) =>
    [number, timeOf(at), about({ event, changed, reasons }), f.members, f.partitions, f.retained, f.moved, f.forced, f.new, f.min, f.max, milliseconds(elapsed_ns)]);
  place.replaceChildren(tableOf(headings, rows, number => number === shown));
}

function membersTable(place, held) {
  const racked = one => [...(data.racks ? [rackName(one.member)] : []), ...(knowsReplicas ? [one.mismatches] : [])];
  const rows = held.map(one => [memberName(one.member), one.load, ...racked(one), [...one.topics].sort(([a], [b]) => topicRank.get(a) - topicRank.get(b)).map(([topic, count]) => `${data.topics[topic].name} ${count}`).join(", ")]);
  place.replaceChildren(tableOf(["member", "partitions", ...(data.racks ? ["rack"] : []), ...(knowsReplicas ? ["read from another rack"] : []), "of each topic"], rows));
}

// How each topic is shared out among its subscribers after the rebalance shown, the most uneven first.
function topicShares() {
  const shares = data.topics.map((topic, index) => ({ topic: index, partitions: 0, holders: 0, most: 0, least: Infinity }));
  holdings().forEach(({ topics }) => topics.forEach((count, topic) => {
    const share = shares[topic];
    Object.assign(share, { partitions: share.partitions + count, holders: share.holders + 1, most: Math.max(share.most, count), least: Math.min(share.least, count) });
  }));
  const told = shares.filter(({ partitions, topic }) => partitions && subscribers[topic]).map(share => {
    const least = share.holders < subscribers[share.topic] ? 0 : share.least;
    return { ...share, least, by: share.most - least, could: share.partitions % subscribers[share.topic] ? 1 : 0 };
  });
  return told.sort((a, b) => b.by - b.could - a.by + a.could || topicRank.get(a.topic) - topicRank.get(b.topic));
}

function drawTopics() {
  const shares = topicShares();
  const uneven = shares.filter(({ by, could }) => by > could);
  byId("topics-note").textContent = uneven.length
    ? `${grouped(uneven.length)} of ${counted(shares.length, "topic")} could be shared out more evenly, if nothing else mattered.`
    : `Every topic is shared out as evenly as it can be.`;
  if (byId("topics-details").open) topicsTable(byId("topics-details").querySelector(".scroll"), shares);
}

function topicsTable(place, shares) {
  const rows = shares.slice(0, MOST_ROWS).map(one => [data.topics[one.topic].name, one.partitions, subscribers[one.topic], one.most, one.least, one.by, one.could]);
  place.replaceChildren(tableOf(["topic", "partitions", "subscribers", "most of one", "least of one", "apart", "apart at the least"], rows));
}

function describeSavings() {
  if (!data.savings.length) return;
  byId("savings").hidden = false;
  const figures = versions.slice(1).map(version => version.figures);
  const asItWas = ["as it was", last, total(figures.map(one => one.moved)), total(figures.map(one => one.new))];
  const setting = ({ window, static_session_timeout }) => window !== undefined ? `--window ${window}`
    : `every member static, --session-timeout ${static_session_timeout}; it is guessed that who joins that soon after a leave, for the same topics, is the same member`;
  const rows = data.savings.map(saving => [setting(saving), saving.rebalances, saving.moved, saving.new]);
  byId("savings-table").replaceChildren(...tableOf(["setting", "rebalances", "moved", "new"], [asItWas, ...rows]).children);
}

const total = values => values.reduce((sum, value) => sum + value, 0);
// Over rebalances 1 to N: rebalance 0 is the group itself.
const summed = values => total(values.slice(1));
const highest = values => values.reduce((most, value) => Math.max(most, value), 0);

function totalsTable() {
  const headings = ["strategy", "moved", "forced", "second round", "worst imbalance", "uneven rebalances", "most above least squares", "worst topic skew", "ms"];
  const rows = data.strategies.map(one => [one.name, summed(one.moved), summed(one.forced), summed(one.moved) - summed(one.forced), highest(one.imbalance.slice(1)),
    one.excess.slice(1).filter(excess => excess > 0).length, highest(one.excess.slice(1)), highest(one.skew.slice(1)), milliseconds(summed(one.elapsed_ns))]);
  byId("totals").replaceChildren(...tableOf(headings, rows).children);
}

function strategiesTable(place) {
  const headings = ["rebalance", ...data.strategies.flatMap(({ name }) => [`${name}: moved`, `${name}: imbalance`, `${name}: above the least squares`])];
  const rows = versions.map((_, number) => [number, ...data.strategies.flatMap(one => [one.moved[number], one.imbalance[number], one.excess[number]])]);
  place.replaceChildren(tableOf(headings, rows, number => number === shown));
}
