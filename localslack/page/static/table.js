// The table and data_table blocks.

import { el } from "./dom.js";
import { richText } from "./rich.js";

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 });

export function table(block, names) {
  const [head, ...rows] = block.rows;
  const aligned = (at) => block.column_settings?.[at]?.align ?? (isNumeric(rows, at) ? "right" : "left");
  const line = (row, tag) =>
    el("tr", {}, row.map((cell, at) => {
      const header = tag === "th" || at === block.row_header_column_index;
      const scope = tag === "th" ? "col" : header ? "row" : null;
      return el(header ? "th" : "td", { class: aligned(at), scope }, content(cell, names));
    }));
  const size = block.type === "data_table" ? (block.page_size ?? 5) : Infinity;
  const body = el("tbody", {}, rows.slice(0, size).map((row) => line(row, "td")));
  const left = rows.length - size;
  const more = left > 0 && el("button", { type: "button", class: "quiet", on: { click: showAll } }, left === 1 ? "Show 1 more row" : `Show ${left} more rows`);
  function showAll() {
    body.append(...rows.slice(size).map((row) => line(row, "td")));
    more.remove();
  }
  const shown = el("table", {}, block.caption && el("caption", {}, block.caption), el("thead", {}, line(head, "th")), body);
  const label = block.caption ?? "Table";
  return el("div", { class: "table" }, el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, shown), more);
}

const isNumeric = (rows, at) => rows.every((row) => row[at]?.type === "raw_number" || /^[-+]?[\d.,]+\s?%?$/.test(row[at]?.text ?? ""));

function content(cell, names) {
  if (cell.type === "rich_text") return richText(cell, names);
  return cell.text ?? number.format(cell.value);
}
