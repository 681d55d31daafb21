// Fields to type in, dates, and boxes to tick.

import { el } from "./dom.js";
import { note } from "./held.js";
import { plain, words } from "./mrkdwn.js";

// What a field starts with: what it held before it was drawn anew, or what the app gave it.
const start = (held, given) => (held === undefined ? given : held) ?? "";

export function field(one, run, { held, dispatches }) {
  const kinds = { email_text_input: "email", url_text_input: "url" };
  const node = el(one.multiline ? "textarea" : "input", {
    class: "menu wide", type: one.multiline ? null : (kinds[one.type] ?? "text"), rows: one.multiline ? 4 : null,
    inputmode: one.type === "number_input" ? "decimal" : null, placeholder: one.placeholder && plain(one.placeholder.text),
    "aria-label": one.placeholder ? plain(one.placeholder.text) : "Text", autofocus: one.focus_on_load,
  });
  node.value = start(held, one.initial_value);
  if (dispatches) speaks(node, one, run);
  return note(node, one, () => node.value || null);
}

function speaks(node, one, run) {
  const when = one.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (when.includes("on_character_entered")) node.addEventListener("input", () => run(node, node.value));
  if (when.includes("on_enter_pressed")) {
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || (one.multiline && !event.metaKey && !event.ctrlKey)) return;
      event.preventDefault();
      run(node, node.value);
    });
  }
}

const local = (seconds) => (seconds ? new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16) : "");
const MOMENTS = {
  datepicker: { type: "date", name: "Date", from: (one) => one.initial_date, out: (text) => text },
  timepicker: { type: "time", name: "Time", from: (one) => one.initial_time, out: (text) => text },
  datetimepicker: {
    type: "datetime-local", name: "Date and time", from: (one) => one.initial_date_time,
    into: local, out: (text) => Math.floor(new Date(text).getTime() / 1000),
  },
};

export function moment(one, run, { held }) {
  const { type, name, from, into = (value) => value, out } = MOMENTS[one.type];
  const node = el("input", { type, class: "menu", "aria-label": one.placeholder ? plain(one.placeholder.text) : name });
  node.value = into(start(held, from(one)));
  const value = () => (node.value ? out(node.value) : null);
  node.addEventListener("change", () => node.value && run(node, value()));
  return note(node, one, value);
}

let groups = 0;

export function picks(one, run, { names, held, label }) {
  const several = one.type === "checkboxes";
  const given = several ? (one.initial_options ?? []).map((item) => item.value) : [one.initial_option?.value];
  const chosen = new Set(held === undefined ? given : [held].flat());
  const name = `group-${(groups += 1)}`;
  const node = el("fieldset", { class: "picks", "aria-label": label ?? (several ? "Choose any" : "Choose one"), tabindex: "-1" },
    one.options.map((item) =>
      el("label", {},
        el("input", { type: several ? "checkbox" : "radio", name, value: item.value, checked: chosen.has(item.value) }),
        el("span", {}, words(item.text, names), item.description && el("small", {}, words(item.description, names))))));
  const values = () => [...node.querySelectorAll("input:checked")].map((input) => input.value);
  const value = () => (several ? values() : (values()[0] ?? null));
  node.addEventListener("change", () => run(node, value()));
  return note(node, one, value);
}
