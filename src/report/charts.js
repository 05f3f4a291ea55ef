// Charts over the rebalances: bars, steps, a cursor. What is in view can be narrowed, and where
// there are more rebalances than there is room for bars, several share a bin.
const MARGIN = { left: 56, right: 18, top: 22, bottom: 34 };
const NARROWEST_BAR = 3;

const view = { from: 0, to: versions.length };

// A chart to draw into: scales from rebalance and value to places.
function plane(svg, height, title, highest) {
  const width = widthOf(svg);
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const top = Math.max(highest, 1);
  const x = number => MARGIN.left + inner.width * (number - view.from) / (view.to - view.from);
  const y = value => MARGIN.top + inner.height * (1 - value / top);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.height = `${height}px`;
  svg.replaceChildren(shape("text", { x: 0, y: 13, class: "title" }, title));
  [0, top].forEach(value => svg.append(
    shape("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value), class: "axis" }),
    shape("text", { x: MARGIN.left - 6, y: y(value) + 4, "text-anchor": "end" }, grouped(value))));
  ticks(width).forEach(number => svg.append(
    shape("text", { y: height - 20, ...placed(x(number + 0.5), width) }, grouped(number)),
    shape("text", { y: height - 5, class: "time", ...placed(x(number + 0.5), width) }, tickTime(versions[number].at))));
  const size = binSizeIn(svg);
  return { svg, x, y, bottom: y(0), bins: binsOf(size), step: inner.width * size / (view.to - view.from) };
}

// What is named close to the right end leans to the left, so that nothing of it is cut off.
const WIDEST_TICK = 80;
const placed = (x, width) => x > width - WIDEST_TICK / 2 ? { x: width - 2, "text-anchor": "end" } : { x, "text-anchor": "middle" };

// Rebalances that are named below the chart: about one in every 110 pixels.
function ticks(width) {
  const rough = Math.max(1, (view.to - view.from) / Math.max(2, width / 110));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough);
  const first = Math.ceil(view.from / step) * step;
  return Array.from({ length: Math.ceil((view.to - first) / step) }, (_, index) => first + index * step);
}

const tickTime = at => at === null ? "" : typeof at === "string" ? at.slice(5, 16).replace("T", " ") : durationOf(at);

const widthOf = svg => Math.max(svg.clientWidth, 280);

// How many rebalances share a bar where there is room for so many bars.
function binSizeIn(svg) {
  return Math.max(1, Math.ceil((view.to - view.from) * NARROWEST_BAR / (widthOf(svg) - MARGIN.left - MARGIN.right)));
}

// Rebalances that share a bar: from one to before another.
function binsOf(size) {
  const starts = Array.from({ length: Math.ceil((view.to - view.from) / size) }, (_, index) => view.from + index * size);
  return starts.map(from => ({ from, to: Math.min(from + size, view.to) }));
}

// The rebalance of a bin in which most happened.
const mostOf = ({ from, to }, values) => numbersOf(from, to).reduce((most, number) => values[number] > values[most] ? number : most, from);
const numbersOf = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);

const summedIn = (bin, values) => total(values.slice(bin.from, bin.to));

// A bar stands for all rebalances of its bin together.
function bars({ svg, x, y, bottom, step, bins }, values, below, style) {
  const gap = step > 4 ? 1 : 0;
  let path = "";
  bins.forEach(bin => {
    const [start, length] = [summedIn(bin, below), summedIn(bin, values)];
    if (!length) return;
    const [from, to] = [y(start), y(start + length)];
    path += `M${(x(bin.from) + gap).toFixed(1)} ${from.toFixed(1)}V${Math.min(to, bottom - 1).toFixed(1)}H${(x(bin.to) - gap).toFixed(1)}V${from.toFixed(1)}Z`;
  });
  svg.append(shape("path", { d: path, class: style }));
}

// Where several rebalances share a bar, a line across it says how much of it was in one.
function mostInOne({ svg, x, y, bins }, values) {
  const path = bins.map(bin => `M${x(bin.from).toFixed(1)} ${y(values[mostOf(bin, values)]).toFixed(1)}H${x(bin.to).toFixed(1)}`).join("");
  svg.append(shape("path", { d: path, class: "most" }));
}

function steps({ svg, x, y, bins }, values, attributes) {
  const highestIn = bin => Math.max(...values.slice(bin.from, bin.to));
  const path = bins.map((bin, index) => `${index ? "L" : "M"}${x(bin.from).toFixed(1)} ${y(highestIn(bin)).toFixed(1)}H${x(bin.to).toFixed(1)}`).join("");
  svg.append(shape("path", { d: path, ...attributes }));
}

const cursors = [];

function cursorFor({ svg, x, bottom }) {
  const line = shape("line", { y1: MARGIN.top - 4, y2: bottom, class: "cursor" });
  svg.append(line);
  cursors.push(number => {
    ["x1", "x2"].forEach(key => line.setAttribute(key, x(number + 0.5)));
    line.toggleAttribute("hidden", number < view.from || number >= view.to);
  });
}

const figuresOf = versions.map(version => version.figures);
const newIn = figuresOf.map((one, number) => number ? one.new : 0);
const changedIn = figuresOf.map((one, number) => one.moved + newIn[number]);

function drawTimeline() {
  cursors.length = 0;
  const inView = values => highest(values.slice(view.from, view.to));
  const forced = figuresOf.map(one => one.forced);
  const even = figuresOf.map(one => one.moved - one.forced);
  binSize = binSizeIn(byId("moves-chart"));
  const together = binSize > 1 ? `, ${grouped(binSize)} rebalances a bar` : "";
  const tallest = highest(binsOf(binSize).map(bin => summedIn(bin, changedIn)));
  const moves = plane(byId("moves-chart"), 200, `partitions that changed hands${together}`, tallest);
  bars(moves, forced, figuresOf.map(() => 0), "forced");
  bars(moves, even, forced, "even");
  bars(moves, newIn, figuresOf.map(one => one.moved), "new");
  if (binSize > 1) mostInOne(moves, changedIn);
  byId("most-in-one").hidden = binSize === 1;
  const spread = figuresOf.map(imbalance);
  const below = plane(byId("imbalance-chart"), 120, data.goals[0] === "balance" ? "imbalance (no plan has less)" : "imbalance", inView(spread));
  steps(below, spread, { class: "imbalance" });
  [moves, below].forEach(cursorFor);
  byId("zoom-out").disabled = view.to - view.from === versions.length;
  byId("zoom-in").disabled = view.to - view.from < 8;
}

let binSize = 1;

function binAt(number) {
  const from = view.from + Math.floor((number - view.from) / binSize) * binSize;
  return { from, to: Math.min(from + binSize, view.to) };
}

// What a place of the timeline stands for, in a line.
function readoutAt(number) {
  const bin = binAt(number);
  if (binSize === 1) return lineOf(number);
  const sum = total(changedIn.slice(bin.from, bin.to));
  return `Rebalances ${bin.from} to ${bin.to - 1}: ${counted(sum, "partition")} changed hands in all. Most in: ${lineOf(mostOf(bin, changedIn))}`;
}

function lineOf(number) {
  const { figures, at } = versions[number];
  const before = number ? versions[number - 1].at : null;
  const since = typeof at !== "string" || before === null ? "" : `, ${durationOf(Math.round(secondsOf(at) - secondsOf(before)))} after the one before`;
  return `Rebalance ${number} \u00b7 ${timeOf(at)}${since} \u00b7 ${about(versions[number])}: ${grouped(figures.moved)} moved, ${grouped(figures.forced)} of them forced, ${grouped(newIn[number])} new; imbalance ${imbalance(figures)}`;
}

function drawStrategies() {
  if (data.strategies.length < 2) return;
  const series = data.strategies.map(strategy => strategy.moved.map((sum => moved => sum += moved)(0)));
  const total = plane(byId("total-chart"), 200, "partitions moved so far", highest(series.map(one => one[view.to - 1])));
  series.forEach((values, index) => steps(total, values, strategyStyle(index)));
  const excess = plane(byId("excess-chart"), 160, "sum of squared loads above the least possible", highest(data.strategies.map(one => highest(one.excess.slice(view.from, view.to)))));
  data.strategies.forEach((strategy, index) => steps(excess, strategy.excess, strategyStyle(index)));
  [total, excess].forEach(cursorFor);
}

const strategyStyle = index => ({ class: `strategy strategy-${index % 6}` });

// The rebalance that lies under a place of a chart.
function rebalanceAt(svg, event) {
  const bounds = svg.getBoundingClientRect();
  const along = (event.clientX - bounds.left - MARGIN.left) / (bounds.width - MARGIN.left - MARGIN.right);
  return Math.min(view.to - 1, Math.max(view.from, view.from + Math.floor(along * (view.to - view.from))));
}
