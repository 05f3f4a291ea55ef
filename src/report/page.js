// The page: the slider chooses the version, all else shows that one.
const slider = byId("slider");

function show(number) {
  stepTo(Math.min(last, Math.max(0, number)));
  lookAt(shown);
  const version = versions[shown];
  slider.value = shown;
  byId("now").textContent = `Rebalance ${shown} of ${last} \u00b7 ${timeOf(version.at)} \u00b7 ${about(version)}`;
  slider.setAttribute("aria-valuetext", byId("now").textContent);
  byId("previous").disabled = shown === 0;
  byId("next").disabled = shown === last;
  byId("readout").textContent = readoutAt(shown);
  history.replaceState(null, "", `#${shown}`);
  drawFigures();
  drawMoves();
  drawMembers();
  cursors.forEach(place => place(shown));
  markRow(byId("timeline-details"));
  markRow(byId("strategies-details"));
  markRow(byId("recorded-details"));
}

function drawMembers() {
  const chosen = chosenMembers();
  drawHeat(chosen);
  if (byId("heat-details").open) membersTable(byId("heat-details").querySelector(".scroll"), chosen);
}

function markRow(details) {
  details.querySelector("tr[aria-current]")?.removeAttribute("aria-current");
  details.querySelector("tbody")?.rows[shown]?.setAttribute("aria-current", "true");
}

function drawCharts() {
  drawTimeline();
  drawStrategies();
  drawRecorded();
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
["moves-chart", "imbalance-chart"].forEach(id => zoomable(byId(id)));
byId("zoom-in").addEventListener("click", () => zoom(0.5));
byId("zoom-out").addEventListener("click", () => zoom(2));
["members-filter", "members-changed", "members-order"].forEach(id => byId(id).addEventListener("input", drawMembers));
byId("heat").addEventListener("pointermove", nameCell);
whenOpened(byId("timeline-details"), timelineTable);
whenOpened(byId("heat-details"), place => membersTable(place, chosenMembers()));

// Keys work wherever nothing else takes them.
const KEYS = {
  ArrowLeft: () => show(shown - 1), ArrowRight: () => show(shown + 1), PageUp: () => show(shown - 10), PageDown: () => show(shown + 10),
  Home: () => show(0), End: () => show(last), "+": () => zoom(0.5), "-": () => zoom(2), "0": () => look(0, versions.length),
};
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, .scroll") || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

// The address names the rebalance shown.
const addressed = () => /^#\d+$/.test(location.hash) ? Math.min(last, Number(location.hash.slice(1))) : null;
window.addEventListener("hashchange", () => { if (addressed() !== null) show(addressed()); });

describe();
describeStrategies();
describeRecorded();
stepTo(addressed() ?? Math.min(last, 1));
drawCharts();
let width = window.innerWidth;
window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; drawCharts(); } });
