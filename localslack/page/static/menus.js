// Menus to choose one thing or several from: options, people, channels.

import { el } from "./dom.js";
import { note } from "./held.js";
import { plain } from "./mrkdwn.js";

const option = ({ text, value }) => ({ label: plain(text.text), value });

// [{title, items: [{label, value}]}]; a menu without groups has one without a title.
const SOURCES = {
  static: (one) => one.option_groups?.map((group) => ({ title: plain(group.label.text), items: group.options.map(option) }))
    ?? [{ items: one.options.map(option) }],
  users: (_, names) => [{ items: names.people().map(({ id, name }) => ({ label: name, value: id })) }],
  channels: (_, names) => [{ items: names.channels().map(({ id, name }) => ({ label: `#${name}`, value: id })) }],
  conversations: (_, names) => [
    { title: "Channels", items: names.channels().map(({ id, name }) => ({ label: `#${name}`, value: id })) },
    { title: "People", items: names.people().map(({ id, name }) => ({ label: name, value: id })) },
  ],
};

const initial = (one) => one.initial_option?.value ?? one.initial_user ?? one.initial_channel ?? one.initial_conversation ?? "";
const initials = (one) =>
  one.initial_options?.map((item) => item.value) ?? one.initial_users ?? one.initial_channels ?? one.initial_conversations ?? [];

export function menu(one, run, { names, held }) {
  const label = one.placeholder ? plain(one.placeholder.text) : "Choose";
  const choices = SOURCES[one.type.replace("_select", "")](one, names).map(({ title, items }) => {
    const made = items.map((item) => el("option", { value: item.value }, item.label));
    return title ? el("optgroup", { label: title }, made) : made;
  });
  const node = el("select", { class: "menu", "aria-label": label }, el("option", { value: "", hidden: true }, label), choices);
  node.value = held === undefined ? initial(one) : (held ?? "");
  node.addEventListener("change", () => run(node, node.value));
  return note(node, one, () => node.value || null);
}

// Several: a list of boxes that opens below; what was chosen goes out when it closes.
export function multi(one, run, { names, held, label }) {
  const name = label ?? (one.placeholder ? plain(one.placeholder.text) : "Choose");
  const chosen = new Set(held ?? initials(one));
  const head = el("summary", { class: "menu" });
  const list = el("div", { class: "multi-list", role: "group", "aria-label": name },
    SOURCES[one.type.replace("multi_", "").replace("_select", "")](one, names).map(({ title, items }) =>
      [title && el("p", { class: "multi-title" }, title), items.map((item) => box(item, chosen))]));
  const node = el("details", { class: "multi" }, head, list);
  const boxes = [...list.querySelectorAll("input")];
  const values = () => boxes.filter((input) => input.checked).map((input) => input.value);
  let before = values().join();
  const count = () => {
    const shown = boxes.filter((input) => input.checked).map((input) => input.dataset.label);
    head.textContent = shown.join(", ") || (one.placeholder ? plain(one.placeholder.text) : "Choose");
    head.setAttribute("aria-label", `${name}: ${shown.join(", ") || "nothing chosen"}`);
    const full = one.max_selected_items && shown.length >= one.max_selected_items;
    for (const input of boxes) input.disabled = Boolean(full) && !input.checked;
  };
  list.addEventListener("change", count);
  node.addEventListener("toggle", () => {
    if (node.open || values().join() === before) return;
    before = values().join();
    run(head, values());
  });
  closes(node, head);
  count();
  return note(node, one, values);
}

function box({ label, value }, chosen) {
  return el("label", {}, el("input", { type: "checkbox", value, "data-label": label, checked: chosen.has(value) }), label);
}

// Esc, or a focus that goes elsewhere, closes something that opened.
export function closes(node, head) {
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !node.open) return;
    event.preventDefault();
    event.stopPropagation();
    node.open = false;
    head.focus();
  });
  node.addEventListener("focusout", (event) => event.relatedTarget && !node.contains(event.relatedTarget) && (node.open = false));
}

document.addEventListener("pointerdown", ({ target }) => {
  for (const node of document.querySelectorAll(".multi[open], .overflow[open]")) if (!node.contains(target)) node.open = false;
});
