// The interactive elements: what they look like, and the confirmation before they act.

import { ask, el } from "./dom.js";
import { field, moment, picks } from "./inputs.js";
import { closes, menu, multi } from "./menus.js";
import { plain, words } from "./mrkdwn.js";

// `use` has names, act, and for inputs: held (what it held before), label, dispatches, silent (an input tells nothing).
export function element(one, block, use) {
  const make = ELEMENTS[one.type];
  if (!make) return el("span", { class: "unknown" }, `[${one.type}]`);
  const run = async (node, value) => {
    if (use.silent || (one.confirm && !(await sure(one.confirm, use.names)))) return;
    node.setAttribute("aria-busy", "true");
    await use.act(one, block, value, node);
    node.removeAttribute("aria-busy");
  };
  const node = make(one, run, { ...use, held: use.held?.[block.block_id]?.[one.action_id] });
  node.dataset.action = one.action_id;
  return node;
}

function sure(confirm, names) {
  return ask(plain(confirm.title.text), (close) =>
    el("div", {},
      el("p", {}, words(confirm.text, names)),
      el("div", { class: "dialog-buttons" },
        el("button", { type: "button", class: "button", on: { click: () => close(false) } }, plain(confirm.deny.text)),
        el("button", { type: "button", class: `button ${confirm.style ?? "primary"}`, autofocus: true, on: { click: () => close(true) } },
          plain(confirm.confirm.text)))));
}

function button(one, run) {
  const props = { class: `button ${one.style ?? ""}`, "aria-label": one.accessibility_label };
  if (one.url && /^https?:/.test(one.url)) {
    const open = el("a", { ...props, href: one.url, target: "_blank", rel: "noopener noreferrer" }, plain(one.text.text));
    open.addEventListener("click", () => run(open, null));
    return open;
  }
  const node = el("button", { ...props, type: "button" }, plain(one.text.text));
  node.addEventListener("click", () => run(node, null));
  return node;
}

function overflow(one, run) {
  const head = el("summary", { class: "button", "aria-label": "More actions" }, "⋯");
  const node = el("details", { class: "overflow" }, head);
  const choose = (value) => {
    node.open = false;
    head.focus();
    run(head, value);
  };
  node.append(el("div", { class: "overflow-list" }, one.options.map((item) =>
    el("button", { type: "button", on: { click: () => choose(item.value) } },
      plain(item.text.text), item.description && el("small", {}, plain(item.description.text))))));
  closes(node, head);
  return node;
}

const ELEMENTS = {
  button,
  overflow,
  static_select: menu,
  users_select: menu,
  channels_select: menu,
  conversations_select: menu,
  multi_static_select: multi,
  multi_users_select: multi,
  multi_channels_select: multi,
  multi_conversations_select: multi,
  datepicker: moment,
  timepicker: moment,
  datetimepicker: moment,
  checkboxes: picks,
  radio_buttons: picks,
  plain_text_input: field,
  number_input: field,
  email_text_input: field,
  url_text_input: field,
};
