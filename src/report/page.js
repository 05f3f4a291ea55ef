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
  Object.assign(byId("permalink"), { href: `#${shown}`, textContent: `#${shown}` });
  drawFigures();
  drawMoves();
  drawMembers();
  drawTopics();
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
    + `Worst imbalance ${highest(figures.map(imbalance))}${data.goals[0] === "balance" ? ", which the subscriptions do not let be less" : ""}. `
    + `No plan is better in these goals, in this order: ${data.goals.join(", ")}.`;
  if (!evensLoads) byId("chosen-moves").textContent = "moved to be better in the goals";
  const made = [["sticky-assignor", data.version], ["goals", data.goals.join(",")], ...data.made_by];
  byId("made-by").replaceChildren(...made.map(([what, how]) => element("span", {}, `${what} `, element("code", {}, how))));
}

function describeMembers() {
  if (!data.racks?.members.some(rack => rack !== null)) return;
  byId("members-order").append(element("option", { value: "rack" }, "by rack"));
}

// Whose moves can be shown: of those with too many none are in the page.
function describeMoves() {
  const options = data.strategies.map(({ name, changes }, index) => element("option", { value: index, ...(index && !changes.length ? { disabled: "" } : {}) },
    index && !changes.length ? `${name} (too many for a page)` : name));
  byId("moves-of").replaceChildren(...(options.length ? options : [element("option", { value: 0 })]));
  byId("moves-choice").hidden = options.length < 2;
}

function offerLog() {
  byId("log").hidden = !data.log;
  byId("log").addEventListener("click", () => {
    const file = URL.createObjectURL(new Blob([data.log], { type: "application/jsonl" }));
    element("a", { href: file, download: `${data.name ?? "group"}.jsonl` }).click();
    URL.revokeObjectURL(file);
  });
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
byId("moves-of").addEventListener("input", drawMoves);
byId("heat").addEventListener("pointermove", nameCell);
whenOpened(byId("timeline-details"), timelineTable);
whenOpened(byId("topics-details"), place => topicsTable(place, topicShares()));
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
describeSavings();
describeMembers();
describeMoves();
offerLog();
stepTo(addressed() ?? Math.min(last, 1));
drawCharts();
let width = window.innerWidth;
window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; drawCharts(); } });
