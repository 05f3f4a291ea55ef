// The heat map: members by topics, stronger where a member has more of a topic; its load as a bar.
const ROW = 16;
const MOST_COLUMNS = 400;

function drawHeat(held) {
  const columns = columnsOf(topicsHeld(held));
  const topics = columns.reduce((sum, column) => sum + column.topics.length, 0);
  const names = Math.min(220, 20 + 7 * Math.max(4, ...held.map(one => memberName(one.member).length)));
  const bar = { from: names, width: 110 };
  const left = bar.from + bar.width + 12;
  const room = byId("heat-box").clientWidth - left - 16;
  const cell = Math.max(4, Math.min(56, room / columns.length));
  const labelled = cell >= 14;
  const longest = Math.min(24, Math.max(0, ...columns.map(column => column.name.length)));
  const top = labelled ? 16 + 6 * longest : 24;
  const svg = byId("heat");
  const slant = labelled ? 4 * longest : 8;
  const size = { width: left + cell * columns.length + slant, height: top + ROW * held.length + 6 };
  svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  svg.setAttribute("width", size.width);
  svg.setAttribute("height", size.height);
  const most = { load: Math.max(1, ...held.map(one => one.load)), cell: Math.max(1, ...held.flatMap(one => [...one.topics.values()])) };
  const touched = touchedMembers();
  svg.replaceChildren(
    shape("text", { x: bar.from, y: top - 8, class: "title" }, "load"),
    ...(labelled ? columns.map((column, index) => columnLabel(column, left + cell * (index + 0.5), top - 6)) : [shape("text", { x: left, y: top - 8, class: "title" }, counted(topics, "topic"))]),
    ...held.flatMap((one, row) => rowShapes(one, { y: top + ROW * row, bar, left, cell, columns, most, touched })));
  byId("heat-note").textContent = `${counted(held.length, "member")} by ${counted(topics, "topic")}, after rebalance ${shown}. The strongest colour is ${counted(most.cell, "partition")}; a frame marks members whose partitions changed.`
    + (columns.length < topics ? ` Topics beyond the first ${MOST_COLUMNS - 1} share the last column.` : "");
}

// The topics of which somebody has a partition.
function topicsHeld(held) {
  return [...new Set(held.flatMap(one => [...one.topics.keys()]))].sort((a, b) => a - b);
}

function columnsOf(topics) {
  const column = topic => ({ name: data.topics[topic].name, topics: [topic] });
  if (topics.length <= MOST_COLUMNS) return topics.map(column);
  return [...topics.slice(0, MOST_COLUMNS - 1).map(column), { name: "other topics", topics: topics.slice(MOST_COLUMNS - 1) }];
}

const shortened = (name, length) => name.length > length ? `${name.slice(0, length - 1)}\u2026` : name;

function columnLabel(column, x, y) {
  return shape("text", { transform: `translate(${x + 4} ${y}) rotate(-60)` }, shortened(column.name, 24));
}

function rowShapes(one, { y, bar, left, cell, columns, most, touched }) {
  const name = memberName(one.member);
  const shapes = [
    shape("text", { x: 4, y: y + 12 }, shape("title", {}, name), shortened(name, 30)),
    shape("rect", { x: bar.from, y: y + 3, width: (bar.width - 40) * one.load / most.load, height: ROW - 6, class: "bar" }),
    shape("text", { x: bar.from + bar.width, y: y + 12, "text-anchor": "end" }, grouped(one.load)),
  ];
  if (touched.has(one.member)) shapes.push(shape("rect", { x: 1, y: y + 1, width: left - 10, height: ROW - 2, rx: 3, class: "moved-here" }));
  columns.forEach((column, index) => {
    const count = column.topics.reduce((sum, topic) => sum + (one.topics.get(topic) ?? 0), 0);
    if (!count) return;
    const place = { x: left + cell * index, y: y + 1, width: Math.max(cell - 1, 3), height: ROW - 2 };
    shapes.push(shape("rect", { ...place, class: "cell", "fill-opacity": (0.15 + 0.85 * count / most.cell).toFixed(2) }, shape("title", {}, `${name}: ${counted(count, "partition")} of ${column.name}`)));
  });
  return shapes;
}

function touchedMembers() {
  return new Set(shown ? versions[shown].changes.flatMap(change => [change.from, change.to]) : []);
}
