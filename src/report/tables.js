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

function drawMoves() {
  const rows = moveRows(versions[shown].changes);
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
  (figures.goals ?? []).forEach(({ goal, cost }) => entries.push([`cost in ${goal}`, grouped(cost)]));
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
  const rows = held.map(one => [memberName(one.member), one.load, [...one.topics].sort(([a], [b]) => topicRank.get(a) - topicRank.get(b)).map(([topic, count]) => `${data.topics[topic].name} ${count}`).join(", ")]);
  place.replaceChildren(tableOf(["member", "partitions", "of each topic"], rows));
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
