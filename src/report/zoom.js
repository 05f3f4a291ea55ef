// What is in view: dragged out on a chart, or by buttons and keys around the rebalance shown.
function look(from, to) {
  const length = Math.min(versions.length, Math.max(4, to - from));
  view.from = Math.round(Math.min(Math.max(0, from), versions.length - length));
  view.to = Math.min(versions.length, view.from + Math.round(length));
  drawCharts();
}

function zoom(factor) {
  const length = (view.to - view.from) * factor;
  look(shown + 0.5 - length / 2, shown + 0.5 + length / 2);
}

// A rebalance out of view is brought into it.
function lookAt(number) {
  if (number >= view.from && number < view.to) return;
  const length = view.to - view.from;
  look(number - length / 2, number + length / 2);
}

// A click goes to a rebalance, a drag narrows the view to what it covers.
function zoomable(svg) {
  let start = null;
  svg.addEventListener("pointerdown", event => { start = event.clientX; });
  svg.addEventListener("pointermove", event => { byId("readout").textContent = readoutAt(rebalanceAt(svg, event)); });
  svg.addEventListener("pointerleave", () => { byId("readout").textContent = readoutAt(shown); });
  svg.addEventListener("dblclick", () => look(0, versions.length));
  svg.addEventListener("pointerup", event => {
    if (start === null) return;
    const [from, to] = [start, event.clientX].sort((a, b) => a - b).map(clientX => rebalanceAt(svg, { clientX }));
    if (Math.abs(event.clientX - start) < 6) show(mostOf(binAt(from), changedIn)); else look(from, to + 1);
    start = null;
  });
}
