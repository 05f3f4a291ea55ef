// The heat map: members by topics, stronger where a member has more of a topic; its load as a bar.
const ROW = 16;
const MOST_COLUMNS = 400;
const SHADES = 8;
const LONGEST_LABEL = 24;
const MOST_MEMBERS = 1000;
const NARROWEST_LABELLED = 14;
const MOST_SCROLLED_TO = 60;

let layout = null;

// The members to show: those that the filter names, only those with changes where asked, in the order chosen.
function chosenMembers() {
  const wanted = byId("members-filter").value.trim().toLowerCase();
  const touched = touchedMembers();
  const changedOnly = byId("members-changed").checked;
  const chosen = holdings().filter(one => memberName(one.member).toLowerCase().includes(wanted) && (!changedOnly || touched.has(one.member)));
  const byName = (a, b) => natural.compare(memberName(a.member), memberName(b.member));
  const byRack = (a, b) => natural.compare(rackName(a.member), rackName(b.member)) || byName(a, b);
  const order = { name: byName, rack: byRack, most: (a, b) => b.load - a.load || byName(a, b), least: (a, b) => a.load - b.load || byName(a, b) };
  return chosen.sort(order[byId("members-order").value]);
}

const rackName = member => data.racks?.names[data.racks.members[member]] ?? "\u2013";

// The rows: members, and where they are grouped by rack a heading for each.
function rowsOf(held) {
  if (byId("members-order").value !== "rack") return held;
  const racks = new Map();
  held.forEach(one => racks.set(rackName(one.member), [...(racks.get(rackName(one.member)) ?? []), one]));
  return [...racks].flatMap(([rack, members]) => {
    const [load, mismatches] = [total(members.map(one => one.load)), total(members.map(one => one.mismatches))];
    const elsewhere = knowsReplicas ? `, ${grouped(mismatches)} of them from another rack` : "";
    return [{ heading: `rack ${rack}: ${counted(members.length, "member")}, ${counted(load, "partition")}${elsewhere}` }, ...members];
  });
}

function drawHeat(all) {
  const held = all.slice(0, MOST_MEMBERS);
  const columns = columnsOf(topicsHeld(held));
  layout = laidOut(rowsOf(held), columns);
  const svg = byId("heat");
  const { width, height } = layout;
  Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height }).forEach(([key, value]) => svg.setAttribute(key, value));
  const touched = touchedMembers();
  const heaviest = highest(held.map(one => one.load));
  svg.replaceChildren(shape("title"), ...headings(columns), ...layout.held.flatMap((one, row) => rowShapes(one, row, heaviest, touched)), ...cells());
  const topics = total(columns.map(column => column.topics.length));
  byId("heat-note").textContent = `${counted(all.length, "member")} by ${counted(topics, "topic")}, after rebalance ${shown}. The strongest colour is ${counted(layout.most, "partition")}; a frame marks members whose partitions changed.`
    + (knowsReplicas ? ` Elsewhere: read from a rack without a replica.` : "")
    + (columns.length < topics ? ` Topics beyond the first ${MOST_COLUMNS - 1} share the last column.` : "")
    + (held.length < all.length ? ` The first ${grouped(MOST_MEMBERS)} members are drawn; filter them to see others.` : "");
}

// The topics of which somebody has a partition.
function topicsHeld(held) {
  return [...new Set(held.flatMap(one => [...one.topics.keys()]))].sort((a, b) => topicRank.get(a) - topicRank.get(b));
}

function columnsOf(topics) {
  const column = topic => ({ name: data.topics[topic].name, topics: [topic] });
  if (topics.length <= MOST_COLUMNS) return topics.map(column);
  return [...topics.slice(0, MOST_COLUMNS - 1).map(column), { name: "other topics", topics: topics.slice(MOST_COLUMNS - 1) }];
}

// Where everything stands, and how many partitions each member has of each column.
function laidOut(held, columns) {
  const members = held.filter(one => !one.heading);
  const names = Math.min(220, 20 + 7 * highest(members.map(one => shortName(one.member).length)));
  const left = names + (knowsReplicas ? 190 : 122);
  const room = byId("heat-box").clientWidth - left - 16;
  const label = highest(columns.map(column => shortTopic(column.name, LONGEST_LABEL).length));
  // Labels lean over to the right. Where columns would be too narrow for them there are none.
  const fitting = (room - 4 * label) / Math.max(1, columns.length);
  // Few columns keep their labels and are scrolled to.
  const leaning = columns.length <= MOST_SCROLLED_TO ? Math.max(NARROWEST_LABELLED, fitting) : fitting;
  const [cell, longest] = leaning < NARROWEST_LABELLED ? [Math.max(4, Math.min(56, room / Math.max(1, columns.length))), 0] : [Math.min(56, leaning), label];
  const top = 24 + 6 * longest;
  const counts = held.map(one => columns.map(column => total(column.topics.map(topic => one.topics?.get(topic) ?? 0))));
  const size = { width: left + cell * columns.length + 8 + 4 * longest, height: top + ROW * held.length + 6 };
  return { held, columns, counts, most: highest(counts.map(highest)), names, left, cell, top, labelled: longest > 0, ...size };
}

function headings(columns) {
  const { names, left, cell, top, labelled } = layout;
  const title = (x, text) => shape("text", { x, y: top - 8, class: "title", "text-anchor": "end" }, text);
  const load = [title(names + 110, "load"), ...(knowsReplicas ? [title(names + 180, "elsewhere")] : [])];
  if (!labelled) return [...load, shape("text", { x: left, y: top - 8, class: "title" }, counted(columns.length, "topic"))];
  return [...load, ...columns.map((column, index) => {
    const place = `translate(${left + cell * (index + 0.5) + 4} ${top - 6}) rotate(-60)`;
    return shape("text", { transform: place }, shortTopic(column.name, LONGEST_LABEL));
  })];
}

function rowShapes(one, row, heaviest, touched) {
  const { names, left, top } = layout;
  const y = top + ROW * row;
  if (one.heading) return [shape("text", { x: 4, y: y + 12, class: "title" }, one.heading)];
  const shapes = [
    shape("text", { x: 4, y: y + 12 }, shortName(one.member)),
    shape("rect", { x: names, y: y + 3, width: 70 * one.load / Math.max(1, heaviest), height: ROW - 6, class: "bar" }),
    shape("text", { x: names + 110, y: y + 12, "text-anchor": "end" }, grouped(one.load)),
  ];
  if (one.mismatches) shapes.push(shape("text", { x: names + 180, y: y + 12, "text-anchor": "end", class: "elsewhere" }, grouped(one.mismatches)));
  if (touched.has(one.member)) shapes.push(shape("rect", { x: 1, y: y + 1, width: left - 10, height: ROW - 2, rx: 3, class: "moved-here" }));
  return shapes;
}

// The cells, those of one shade as one path.
function cells() {
  const { counts, most, left, cell, top } = layout;
  const paths = new Array(SHADES + 1).fill("");
  const width = Math.max(cell - 1, 3).toFixed(1);
  counts.forEach((row, y) => row.forEach((count, x) => {
    if (count) paths[Math.ceil(SHADES * count / most)] += `M${(left + cell * x).toFixed(1)} ${top + ROW * y + 1}h${width}v${ROW - 2}h-${width}z`;
  }));
  return paths.flatMap((path, shade) => path ? [shape("path", { d: path, class: "cell", "fill-opacity": (0.15 + 0.85 * shade / SHADES).toFixed(2) })] : []);
}

function touchedMembers() {
  return new Set(shown ? versions[shown].changes.flatMap(change => [change.from, change.to]) : []);
}

// What lies under the pointer, as the title of the picture.
function nameCell(event) {
  const { held, columns, counts, left, cell, top } = layout;
  const bounds = byId("heat").getBoundingClientRect();
  const [row, column] = [Math.floor((event.clientY - bounds.top - top) / ROW), Math.floor((event.clientX - bounds.left - left) / cell)];
  const one = held[row];
  const name = one?.heading ?? (one ? memberName(one.member) : "");
  const count = one?.heading ? undefined : counts[row]?.[column];
  byId("heat").querySelector("title").textContent = count === undefined ? name : `${name}: ${counted(count, "partition")} of ${columns[column].name}`;
}
