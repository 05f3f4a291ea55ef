// What the group's own assignor did, where the log records it: beside what was needed, and beside what
// each strategy would have moved from the same state.
const recordedMoves = data.recorded.map(one => one ? one.moved : 0);
const neededMoves = data.recorded.map(one => one ? one.needed : 0);
const summedUp = values => values.map((sum => value => sum += value)(0));

function describeRecorded() {
  const totals = data.recorded_totals;
  if (!totals) return;
  byId("recorded").hidden = false;
  byId("recorded-summary").replaceChildren(...recordedSentences(totals).map(text => element("li", {}, text)));
  whenOpened(byId("recorded-details"), recordedTable);
}

function recordedSentences({ rebalances, known, moved, needed, excess, invalid, not_needed, within_30_s, flapping, widest_gap }) {
  const of = known === rebalances ? "" : ` (of ${grouped(rebalances)}) whose assignment is recorded`;
  const near = rebalances > 1 ? `; ${grouped(within_30_s)} of the rebalances came within 30 s of another` : "";
  const told = [`The group moved ${counted(moved, "partition")} in ${counted(known, "rebalance")}${of}, ${grouped(needed)} ${needed === 1 ? "was" : "were"} needed${near}.`];
  if (excess) told.push(`${counted(excess, "partition")} moved needlessly, rebalance by rebalance.`);
  if (invalid) told.push(`${counted(invalid, "recorded assignment")} ${invalid === 1 ? "is" : "are"} not valid by what the members subscribed to.`);
  if (not_needed.length) told.push(`Not needed at all, as no partition had to get another owner: ${counted(not_needed.length, "rebalance")}, ${compactRanges(not_needed)}.`);
  if (flapping.length) told.push(`Left and came back again and again: ${named(flapping.map(({ member, returns }) => `${member} (${returns} times)`))}.`);
  if (widest_gap) told.push(`Widest gap between decided and held: ${counted(widest_gap.partitions, "partition")}, in rebalance ${widest_gap.rebalance} at ${timeOf(versions[widest_gap.rebalance].at)}.`);
  return told;
}

function drawRecorded() {
  if (!data.recorded_totals) return;
  const series = [summedUp(recordedMoves.map((moved, number) => number ? moved : 0)), summedUp(neededMoves.map((needed, number) => number ? needed : 0))];
  const chart = plane(byId("recorded-chart"), 200, "partitions moved so far", highest(series.map(one => one[view.to - 1])));
  steps(chart, series[0], { class: "strategy strategy-1" });
  steps(chart, series[1], { class: "strategy strategy-0" });
  cursorFor(chart);
}

function recordedTable(place) {
  const from = data.strategies.map(({ name }) => `${name} would have moved`);
  const headings = ["rebalance", "at", "moved", "needed", "needlessly", "new", "held otherwise", ...from];
  const rows = versions.map(({ at }, number) => {
    const one = data.recorded[number];
    const figures = one ? [one.moved, one.needed, one.excess, one.new, one.gap ?? ""] : ["", "", "", "", ""];
    return [number, timeOf(at), ...figures, ...data.strategies.map(strategy => strategy.from_recorded[number] ?? "")];
  });
  place.replaceChildren(tableOf(headings, rows, number => number === shown));
}
