// Charts over the rebalances: bars, steps, a cursor.
const MARGIN = { left: 56, right: 18, top: 22, bottom: 20 };

// A chart to draw into: scales from rebalance and value to places.
function plane(svg, height, title, highest, points = versions.length) {
  const width = Math.max(svg.clientWidth, 280);
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const top = Math.max(highest, 1);
  const x = number => MARGIN.left + inner.width * number / points;
  const y = value => MARGIN.top + inner.height * (1 - value / top);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.height = `${height}px`;
  svg.replaceChildren(shape("text", { x: 0, y: 13, class: "title" }, title));
  [0, top].forEach(value => svg.append(
    shape("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value), class: "axis" }),
    shape("text", { x: MARGIN.left - 6, y: y(value) + 4, "text-anchor": "end" }, grouped(top === 1 && value ? 1 : value))));
  ticks(points).forEach(number => svg.append(shape("text", { x: x(number + 0.5), y: height - 4, "text-anchor": "middle" }, grouped(number))));
  return { svg, x, y, bottom: y(0), step: inner.width / points };
}

function ticks(points) {
  const rough = Math.max(1, points / 8);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough);
  return Array.from({ length: Math.ceil(points / step) }, (_, index) => index * step);
}

function bars({ svg, x, y, bottom, step }, values, below, style) {
  const gap = step > 4 ? 1 : 0;
  let path = "";
  values.forEach((value, number) => {
    if (!value) return;
    const [from, to] = [y(below[number]), y(below[number] + value)];
    path += `M${(x(number) + gap).toFixed(1)} ${from.toFixed(1)}V${Math.min(to, bottom - 1).toFixed(1)}H${(x(number + 1) - gap).toFixed(1)}V${from.toFixed(1)}Z`;
  });
  svg.append(shape("path", { d: path, class: style }));
}

function steps({ svg, x, y }, values, attributes) {
  const path = values.map((value, number) => `${number ? "L" : "M"}${x(number).toFixed(1)} ${y(value).toFixed(1)}H${x(number + 1).toFixed(1)}`).join("");
  svg.append(shape("path", { d: path, ...attributes }));
}

const cursors = [];

function cursorFor({ svg, x, bottom }) {
  const line = shape("line", { y1: MARGIN.top - 4, y2: bottom, class: "cursor" });
  svg.append(line);
  cursors.push(number => { [["x1", 0.5], ["x2", 0.5]].forEach(([key, middle]) => line.setAttribute(key, x(number + middle))); });
}

function drawTimeline() {
  cursors.length = 0;
  const figures = versions.map(version => version.figures);
  const forced = figures.map(one => one.forced);
  const even = figures.map(one => one.moved - one.forced);
  const fresh = figures.map((one, number) => number ? one.new : 0);
  const highest = Math.max(...figures.map((one, number) => one.moved + fresh[number]));
  const moves = plane(byId("moves-chart"), 190, "partitions that changed hands", highest);
  bars(moves, forced, figures.map(() => 0), "forced");
  bars(moves, even, forced, "even");
  bars(moves, fresh, figures.map(one => one.moved), "new");
  const spread = figures.map(imbalance);
  const below = plane(byId("imbalance-chart"), 110, "imbalance (no plan has less)", Math.max(...spread));
  steps(below, spread, { class: "imbalance" });
  [moves, below].forEach(cursorFor);
}

function drawStrategies() {
  if (data.strategies.length < 2) return;
  const series = data.strategies.map(strategy => strategy.moved.map((sum => moved => sum += moved)(0)));
  const total = plane(byId("total-chart"), 190, "partitions moved so far", Math.max(...series.map(one => one.at(-1))));
  series.forEach((values, index) => steps(total, values, strategyStyle(index)));
  const excess = plane(byId("excess-chart"), 150, "sum of squared loads above the least possible", Math.max(...data.strategies.map(one => Math.max(...one.excess))));
  data.strategies.forEach((strategy, index) => steps(excess, strategy.excess, strategyStyle(index)));
  [total, excess].forEach(cursorFor);
}

const DASHES = ["none", "7 3", "2 3", "10 3 2 3"];
const strategyStyle = index => ({ class: "strategy", style: `stroke: var(--strategy-${index % 4}); stroke-dasharray: ${DASHES[index % 4]}` });

// The rebalance that lies under a place of a chart.
function rebalanceAt(svg, event) {
  const bounds = svg.getBoundingClientRect();
  const along = (event.clientX - bounds.left - MARGIN.left) / (bounds.width - MARGIN.left - MARGIN.right);
  return Math.min(last, Math.max(0, Math.floor(along * versions.length)));
}
