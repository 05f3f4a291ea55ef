// Building elements, and numbers as text.
const byId = id => document.getElementById(id);

function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

function shape(name, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(node, attributes, children) {
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  node.append(...children);
  return node;
}

const grouped = number => number.toLocaleString("en");
const counted = (number, what) => `${grouped(number)} ${what}${number === 1 ? "" : "s"}`;

// A time of the log: seconds, or a date and time as the log has it.
const timeOf = at => at === null ? "start" : typeof at === "string" ? at.replace("T", " ").replace(/\.000(?=\D|$)/, "") : durationOf(at);

// A time as seconds: of a date since 1970.
const secondsOf = at => typeof at === "string" ? Date.parse(at) / 1000 : at;

const UNITS = [["d", 86400], ["h", 3600], ["min", 60]];

// Seconds in words from two minutes on: 7,500 is 2 h 5 min.
function durationOf(seconds) {
  if (Math.abs(seconds) < 120) return `${seconds} s`;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  const whole = Math.trunc(seconds / length);
  const rest = Math.abs(seconds) - Math.abs(whole) * length;
  const next = UNITS[UNITS.findIndex(([name]) => name === unit) + 1] ?? ["s", 1];
  const part = Math.round(rest / next[1]);
  return part ? `${whole} ${unit} ${part} ${next[0]}` : `${whole} ${unit}`;
}

function milliseconds(nanoseconds) {
  if (nanoseconds === null) return "";
  const digits = nanoseconds < 1e7 ? 3 : nanoseconds < 1e9 ? 1 : 0;
  return (nanoseconds / 1e6).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

// A table of rows of cells; cells that are numbers stand to the right, the first cell heads its row.
function tableOf(headings, rows, mark = () => false) {
  const heads = headings.map((text, column) => element("th", { scope: "col", ...alignment(rows[0]?.[column]) }, text));
  const body = rows.map((cells, index) => {
    const made = cells.map((cell, column) => element(column ? "td" : "th", { ...(column ? {} : { scope: "row" }), ...alignment(cell) }, textOf(cell)));
    return element("tr", mark(index) ? { "aria-current": "true" } : {}, ...made);
  });
  return element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...body));
}

const textOf = cell => typeof cell === "number" ? grouped(cell) : cell;
const isNumber = cell => typeof cell === "number" || /^[\d,]+(\.\d+)?$/.test(cell);
const alignment = cell => isNumber(cell) ? { class: "number" } : /^\d{4}-\d\d-\d\d /.test(cell) ? { class: "date" } : {};

// A table is made when it is first looked at.
function whenOpened(details, make) {
  details.addEventListener("toggle", () => { if (details.open) make(details.querySelector(".scroll")); });
}

function compactRanges(numbers) {
  const runs = [];
  numbers.forEach(number => {
    const run = runs.at(-1);
    if (run && run[1] + 1 === number) run[1] = number; else runs.push([number, number]);
  });
  return runs.map(([from, to]) => from === to ? `${from}` : `${from}\u2013${to}`).join(", ");
}
