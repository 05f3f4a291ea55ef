// The page: the slider chooses the version, all else shows that one.
const slider = byId("slider");

function show(number) {
  stepTo(Math.min(last, Math.max(0, number)));
  const version = versions[shown];
  slider.value = shown;
  byId("now").textContent = `Rebalance ${shown} of ${last} \u00b7 ${seconds(version.at)} \u00b7 ${about(version)}`;
  slider.setAttribute("aria-valuetext", byId("now").textContent);
  byId("previous").disabled = shown === 0;
  byId("next").disabled = shown === last;
  const held = holdings();
  drawFigures();
  drawMoves();
  drawHeat(held);
  cursors.forEach(place => place(shown));
  if (byId("heat-details").open) membersTable(byId("heat-details").querySelector(".scroll"), held);
  markRow(byId("timeline-details"));
  markRow(byId("strategies-details"));
}

function markRow(details) {
  details.querySelector("tr[aria-current]")?.removeAttribute("aria-current");
  details.querySelector("tbody")?.rows[shown]?.setAttribute("aria-current", "true");
}

function drawCharts() {
  drawTimeline();
  drawStrategies();
  show(shown);
}

function describe() {
  // Rebalance 0 is the group itself: it is shown, and not summed.
  const figures = versions.slice(1).map(version => version.figures);
  const [moved, forced] = [total(figures.map(one => one.moved)), total(figures.map(one => one.forced))];
  byId("name").textContent = data.name ?? "Unnamed group";
  byId("summary").textContent = `${counted(last, "rebalance")}: ${counted(moved, "partition")} moved, ${grouped(forced)} of them forced, because their owner left or gave up the topic. `
    + `Worst imbalance ${highest(figures.map(imbalance))}, which the subscriptions do not let be less.`;
}

function describeStrategies() {
  if (data.strategies.length < 2) return;
  byId("strategies").hidden = false;
  byId("strategies-legend").replaceChildren(...data.strategies.map((strategy, index) =>
    element("span", {}, shape("svg", { width: 30, height: 10, "aria-hidden": "true" }, shape("line", { x1: 0, x2: 26, y1: 5, y2: 5, ...strategyStyle(index) })), ` ${strategy.name}`)));
  totalsTable();
  whenOpened(byId("strategies-details"), strategiesTable);
}

slider.max = last;
slider.addEventListener("input", () => show(slider.valueAsNumber));
byId("previous").addEventListener("click", () => show(shown - 1));
byId("next").addEventListener("click", () => show(shown + 1));
["moves-chart", "imbalance-chart"].forEach(id => byId(id).addEventListener("click", event => show(rebalanceAt(byId(id), event))));
byId("heat").addEventListener("pointermove", nameCell);
whenOpened(byId("timeline-details"), timelineTable);
whenOpened(byId("heat-details"), place => membersTable(place, holdings()));
describe();
describeStrategies();
stepTo(Math.min(last, 1));
drawCharts();
let width = window.innerWidth;
window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; drawCharts(); } });
