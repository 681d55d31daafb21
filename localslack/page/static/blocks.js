// Block Kit, turned into nodes. `use` knows names of people and channels, sends what is pressed (act), and what inputs
// held before they were drawn anew (held).

import { ask, el } from "./dom.js";
import { chart } from "./chart.js";
import { element } from "./elements.js";
import { markdown, plain, plainNodes, words } from "./mrkdwn.js";
import { richText } from "./rich.js";
import { table } from "./table.js";

export function blocks(list, use) {
  return list.map((block) => {
    const make = BLOCKS[block.type];
    const node = make ? make(block, use) : el("p", { class: "unknown" }, `[${block.type} block]`);
    node.dataset.block = block.block_id;
    return node;
  });
}

function section(block, use) {
  const { accessory } = block;
  const said = el("div", { class: "section-words" },
    block.text && el("div", {}, words(block.text, use.names)),
    block.fields && el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, words(field, use.names)))));
  const beside = accessory && (accessory.type === "image" ? picture(accessory, "thumb") : element(accessory, block, use));
  return el("div", { class: "block section" }, said, beside && el("div", { class: "accessory" }, beside));
}

function context(block, { names }) {
  const parts = block.elements.map((one) => (one.type === "image" ? picture(one, "tiny") : el("span", {}, words(one, names))));
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

// A picture that opens large, with its alt text below for those who want the words; a press shows it in its full size.
export function zoomable(src, alt, title) {
  const large = el("img", { src, alt });
  const full = el("button", { type: "button", class: "button", "aria-pressed": "false" }, "Full size");
  const resize = () => {
    const is = large.classList.toggle("full");
    full.setAttribute("aria-pressed", String(is));
  };
  full.addEventListener("click", resize);
  large.addEventListener("click", resize);
  const open = () =>
    ask(title || "Picture", (close) =>
      el("div", { class: "zoom" }, el("div", { class: "zoom-frame", tabindex: "0", role: "group", "aria-label": "Picture" }, large), el("p", {}, alt),
        el("div", { class: "dialog-buttons" }, full,
          el("button", { type: "button", class: "button primary", autofocus: true, on: { click: () => close() } }, "Close"))));
  return el("button", { type: "button", class: "picture", "aria-label": `Enlarge: ${alt || title || "picture"}`, on: { click: open } },
    el("img", { src, alt }));
}

function image(block) {
  const title = block.title && plain(block.title.text);
  return el("figure", { class: "block image" }, title && el("figcaption", {}, title), zoomable(address(block), block.alt_text, title));
}

let inputs = 0;

// An input of its own line: its label, its hint and its error are tied to it for those who don't see them.
function input(block, use) {
  const id = `input-${(inputs += 1)}`;
  const label = plain(block.label.text);
  const node = element(block.element, block, { ...use, label, silent: !block.dispatch_action, dispatches: block.dispatch_action });
  const control = node.matches("details") ? node.querySelector("summary") : node;
  if (control === node) {
    control.removeAttribute("aria-label");
    control.setAttribute("aria-labelledby", `${id}-label`);
  }
  control.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  if (control.matches("input, textarea, select")) control.setAttribute("aria-required", String(!block.optional));
  return el("div", { class: "block input" },
    el("div", { class: "input-label", id: `${id}-label` }, label, block.optional && el("span", {}, " (optional)")),
    node,
    el("p", { class: "hint", id: `${id}-hint` }, block.hint && plain(block.hint.text)),
    el("p", { class: "input-error", id: `${id}-error` }));
}

const BLOCKS = {
  section,
  context,
  image,
  input,
  header: (block) => el("h3", { class: "block header" }, plainNodes(block.text.text)),
  divider: () => el("hr", { class: "block" }),
  actions: (block, use) => el("div", { class: "block actions" }, block.elements.map((one) => element(one, block, use))),
  rich_text: (block, { names }) => el("div", { class: "block" }, richText(block, names)),
  markdown: (block, { names }) => el("div", { class: "block" }, markdown(block.text, names)),
  table: (block, { names }) => el("div", { class: "block" }, table(block, names)),
  data_table: (block, { names }) => el("div", { class: "block" }, table(block, names)),
  data_visualization: (block) => el("div", { class: "block" }, chart(block)),
};
