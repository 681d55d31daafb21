// Block Kit, turned into nodes. `names` knows people and channels, `act` sends what is pressed.

import { ask, el } from "./dom.js";
import { chart } from "./chart.js";
import { element, text } from "./elements.js";
import { markdown, plain, plainNodes } from "./mrkdwn.js";
import { richText } from "./rich.js";
import { table } from "./table.js";

export function blocks(list, names, act) {
  return list.map((block) => {
    const make = BLOCKS[block.type];
    return make ? make(block, names, act) : el("p", { class: "unknown" }, `[${block.type} block]`);
  });
}

function section(block, names, act) {
  const accessory = block.accessory;
  const words = el("div", { class: "section-words" },
    block.text && el("div", {}, text(block.text, names)),
    block.fields && el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, text(field, names)))));
  const beside = accessory && (accessory.type === "image" ? picture(accessory, "thumb") : element(accessory, block, act, names));
  return el("div", { class: "block section" }, words, beside && el("div", { class: "accessory" }, beside));
}

function context(block, names) {
  const parts = block.elements.map((one) => (one.type === "image" ? picture(one, "tiny") : el("span", {}, text(one, names))));
  return el("div", { class: "block context" }, parts);
}

function address(holder) {
  if (!holder.slack_file) return holder.image_url;
  const id = holder.slack_file.id ?? /-(F[A-Z0-9]+)\//.exec(holder.slack_file.url)?.[1];
  return `/page/files/${encodeURIComponent(id)}`;
}

function picture(holder, size) {
  return el("img", { class: size, src: address(holder), alt: holder.alt_text });
}

// A picture that opens large, with its alt text below for those who want the words.
export function zoomable(src, alt, title) {
  const open = () =>
    ask(title || "Picture", (close) =>
      el("div", { class: "zoom" }, el("img", { src, alt }), el("p", {}, alt),
        el("button", { type: "button", class: "button", autofocus: true, on: { click: () => close() } }, "Close")));
  return el("button", { type: "button", class: "picture", "aria-label": `Enlarge: ${alt || title || "picture"}`, on: { click: open } },
    el("img", { src, alt }));
}

function image(block) {
  const title = block.title && plain(block.title.text);
  return el("figure", { class: "block image" }, title && el("figcaption", {}, title), zoomable(address(block), block.alt_text, title));
}

function input(block, names, act) {
  return el("div", { class: "block input" },
    el("div", { class: "input-label" }, plain(block.label.text), block.optional && el("span", {}, " (optional)")),
    element(block.element, block, block.dispatch_action ? act : async () => {}, names),
    block.hint && el("p", { class: "hint" }, plain(block.hint.text)));
}

const BLOCKS = {
  section,
  context,
  image,
  input,
  header: (block) => el("h3", { class: "block header" }, plainNodes(block.text.text)),
  divider: () => el("hr", { class: "block" }),
  actions: (block, names, act) =>
    el("div", { class: "block actions" }, block.elements.map((one) => element(one, block, act, names))),
  rich_text: (block, names) => el("div", { class: "block" }, richText(block, names)),
  markdown: (block, names) => el("div", { class: "block" }, markdown(block.text, names)),
  table: (block, names) => el("div", { class: "block" }, table(block, names)),
  data_table: (block, names) => el("div", { class: "block" }, table(block, names)),
  data_visualization: (block) => el("div", { class: "block" }, chart(block)),
};
