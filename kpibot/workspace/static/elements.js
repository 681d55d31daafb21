// The interactive elements: what they look like, and the confirmation before they act.

import { ask, el } from "./dom.js";
import { mrkdwn, plain, plainNodes } from "./mrkdwn.js";

// `act(element, value)` sends the click and says whether it went well.
export function element(one, block, act, names) {
  const make = ELEMENTS[one.type];
  if (!make) return el("span", { class: "unknown" }, `[${one.type}]`);
  const run = async (node, value) => {
    if (one.confirm && !(await sure(one.confirm, names))) return;
    node.setAttribute("aria-busy", "true");
    await act(one, block, value);
    node.removeAttribute("aria-busy");
  };
  const node = make(one, run, names);
  node.dataset.action = one.action_id;
  return node;
}

export function text(object, names) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : plainNodes(object.text);
}

function sure(confirm, names) {
  return ask(plain(confirm.title.text), (close) =>
    el("div", {},
      el("p", {}, text(confirm.text, names)),
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

function options(one) {
  const make = ({ text: label, value }) => el("option", { value }, plain(label.text));
  const groups = one.option_groups ?? [];
  return [...(one.options ?? []).map(make), ...groups.map((group) => el("optgroup", { label: group.label.text }, group.options.map(make)))];
}

function menu(one, run, choices, initial) {
  const label = one.placeholder ? plain(one.placeholder.text) : "Choose";
  const node = el("select", { class: "menu", "aria-label": label }, el("option", { value: "", disabled: true }, label), choices);
  node.value = initial ?? "";
  node.addEventListener("change", () => run(node, node.value));
  return node;
}

function overflow(one, run) {
  const node = el("details", { class: "overflow" }, el("summary", { class: "button", "aria-label": "More actions" }, "⋯"));
  const choose = (value) => {
    node.open = false;
    run(node, value);
  };
  node.append(el("div", { class: "overflow-list" }, one.options.map((item) =>
    el("button", { type: "button", on: { click: () => choose(item.value) } }, plain(item.text.text)))));
  node.addEventListener("keydown", (event) => event.key === "Escape" && (node.open = false));
  node.addEventListener("focusout", (event) => node.contains(event.relatedTarget) || (node.open = false));
  return node;
}

function picks(one, run, names, kind) {
  const chosen = new Set((one.initial_options ?? [one.initial_option]).filter(Boolean).map((item) => item.value));
  const group = `${one.action_id}-${Math.random()}`;
  const node = el("fieldset", { class: "picks", "aria-label": "Choices" });
  const values = () => [...node.querySelectorAll("input:checked")].map((input) => input.value);
  node.append(...one.options.map((item) =>
    el("label", {}, el("input", { type: kind, name: group, value: item.value, checked: chosen.has(item.value) }), text(item.text, names))));
  node.addEventListener("change", () => run(node, kind === "radio" ? values()[0] : values()));
  return node;
}

function day(one, run) {
  const node = el("input", { type: "date", class: "menu", value: one.initial_date, "aria-label": one.placeholder?.text ?? "Date" });
  node.addEventListener("change", () => node.value && run(node, node.value));
  return node;
}

function input(one, run) {
  const node = el(one.multiline ? "textarea" : "input", { class: "menu", placeholder: one.placeholder?.text, "aria-label": one.placeholder?.text ?? "Text" });
  node.value = one.initial_value ?? "";
  node.addEventListener("change", () => run(node, node.value));
  return node;
}

const people = (names) => names.people().map(({ id, name }) => el("option", { value: id }, name));

const ELEMENTS = {
  button,
  overflow,
  static_select: (one, run) => menu(one, run, options(one), one.initial_option?.value),
  users_select: (one, run, names) => menu(one, run, people(names), one.initial_user),
  datepicker: day,
  checkboxes: (one, run, names) => picks(one, run, names, "checkbox"),
  radio_buttons: (one, run, names) => picks(one, run, names, "radio"),
  plain_text_input: input,
};
