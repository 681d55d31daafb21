// The data_visualization block as SVG, with the numbers in a table for those who don't see it.

import { el, svg } from "./dom.js";

const H = 240;
const EDGE = { top: 24, right: 14, bottom: 34, left: 46 };
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1, notation: "compact" });

export function chart(block) {
  const drawn = block.chart;
  const picture = drawn.type === "pie" ? pie(drawn) : axes(drawn);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", `${drawn.type} chart: ${block.title}. ${inWords(drawn)}`);
  return el(
    "figure",
    { class: "chart" },
    el("figcaption", {}, block.title),
    picture,
    legend(drawn),
    el("details", { class: "chart-numbers" }, el("summary", {}, "Numbers"), numbers(drawn)),
  );
}

function inWords(drawn) {
  if (drawn.type === "pie") return drawn.segments.map((one) => `${one.label} ${number.format(one.value)}`).join(", ");
  return drawn.series
    .map(({ name, data }) => `${name}: from ${number.format(data[0].value)} to ${number.format(data.at(-1).value)}`)
    .join("; ");
}

function legend(drawn) {
  const names = drawn.type === "pie" ? drawn.segments.map((one) => one.label) : drawn.series.map((one) => one.name);
  if (names.length < 2 && drawn.type !== "pie") return null;
  return el("ul", { class: "legend" }, names.map((name, at) => el("li", { class: `tone${at % 6}` }, name)));
}

function numbers(drawn) {
  if (drawn.type === "pie") {
    return table(["", "Value"], drawn.segments.map((one) => [one.label, number.format(one.value)]));
  }
  const { categories } = drawn.axis_config;
  const rows = categories.map((label) => [label, ...drawn.series.map((one) => number.format(valueOf(one, label)))]);
  return table(["", ...drawn.series.map((one) => one.name)], rows);
}

function table(head, rows) {
  const top = el("tr", {}, head.map((text) => el("th", { scope: "col" }, text)));
  const line = ([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), rest.map((text) => el("td", {}, text)));
  return el("table", {}, el("thead", {}, top), el("tbody", {}, rows.map(line)));
}

const valueOf = (series, label) => series.data.find((point) => point.label === label)?.value ?? 0;

function ticks(least, most) {
  const rough = (most - least || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const first = Math.floor(least / step) * step;
  return Array.from({ length: Math.ceil((most - first) / step) + 1 }, (_, at) => first + at * step);
}

function axes(drawn) {
  const W = innerWidth < 700 ? 330 : 520; // letters stay readable on a phone
  const labels = drawn.axis_config.categories;
  const values = drawn.series.flatMap((one) => one.data.map((point) => point.value));
  const marks = ticks(Math.min(0, ...values), Math.max(...values, 0));
  const [low, high] = [marks[0], marks.at(-1)];
  const inner = { width: W - EDGE.left - EDGE.right, height: H - EDGE.top - EDGE.bottom };
  const slot = inner.width / labels.length;
  const place = {
    x: (at) => EDGE.left + slot * (at + 0.5),
    y: (value) => EDGE.top + inner.height * (1 - (value - low) / (high - low || 1)),
    slot,
  };
  const every = Math.ceil(labels.length / (W / 65));
  return svg(
    "svg",
    { viewBox: `0 0 ${W} ${H}` },
    marks.map((mark) => [
      svg("line", { class: mark === 0 ? "zero" : "grid", x1: EDGE.left, x2: W - EDGE.right, y1: place.y(mark), y2: place.y(mark) }),
      words(short.format(mark), EDGE.left - 8, place.y(mark) + 4, "end"),
    ]),
    labels.map((label, at) => (labels.length - 1 - at) % every === 0 && words(label, place.x(at), H - EDGE.bottom + 18, "middle")),
    drawn.axis_config.y_label && words(drawn.axis_config.y_label, 4, 10, "start"),
    drawn.series.map((one, at) => SHAPES[drawn.type](one, at, labels, place, drawn.series.length)),
  );
}

function words(text, x, y, anchor) {
  const node = svg("text", { x, y, "text-anchor": anchor });
  node.textContent = text;
  return node;
}

const path = (series, labels, place) => labels.map((label, at) => `${at ? "L" : "M"}${place.x(at)},${place.y(valueOf(series, label))}`).join("");

function line(series, at, labels, place) {
  const dots = labels.map((label, index) => {
    const dot = svg("circle", { class: `dot tone${at % 6}`, cx: place.x(index), cy: place.y(valueOf(series, label)), r: 3.2 });
    dot.append(title(`${series.name}, ${label}: ${number.format(valueOf(series, label))}`));
    return dot;
  });
  return [svg("path", { class: `line tone${at % 6}`, d: path(series, labels, place) }), dots];
}

function area(series, at, labels, place) {
  const d = `${path(series, labels, place)}L${place.x(labels.length - 1)},${place.y(0)}L${place.x(0)},${place.y(0)}Z`;
  return [svg("path", { class: `area tone${at % 6}`, d }), line(series, at, labels, place)];
}

function bar(series, at, labels, place, count) {
  const width = Math.min(44, (place.slot * 0.72) / count);
  return labels.map((label, index) => {
    const value = valueOf(series, label);
    const top = Math.min(place.y(value), place.y(0));
    const height = Math.max(1, Math.abs(place.y(value) - place.y(0)));
    const x = place.x(index) + (at - count / 2) * width;
    const shape = svg("rect", { class: `column tone${at % 6}`, x: x + 1, y: top, width: width - 2, height, rx: 2 });
    shape.append(title(`${series.name}, ${label}: ${number.format(value)}`));
    return shape;
  });
}

const SHAPES = { line, area, bar };

function title(text) {
  const node = svg("title");
  node.textContent = text;
  return node;
}

function pie({ segments }) {
  const total = segments.reduce((sum, one) => sum + one.value, 0);
  let turned = 0;
  const slices = segments.map((one, at) => {
    const share = one.value / total;
    const dash = svg("circle", {
      class: `slice tone${at % 6}`, cx: 110, cy: 110, r: 62, pathLength: 100,
      "stroke-dasharray": `${share * 100} ${100 - share * 100}`, "stroke-dashoffset": -turned * 100 + 25,
    });
    dash.append(title(`${one.label}: ${number.format(one.value)} (${Math.round(share * 100)} %)`));
    turned += share;
    return dash;
  });
  return svg("svg", { viewBox: "0 0 220 220", class: "pie" }, slices);
}
