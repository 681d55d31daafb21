// Reactions below a message, and the small palette to add one.

import { el } from "./dom.js";
import { EMOJI, emoji } from "./emoji.js";
import { closes } from "./menus.js";

const PALETTE = ["thumbsup", "eyes", "white_check_mark", "pray", "tada", "heart", "thinking_face", "wrench"];

const said = (name) => name.replaceAll("_", " ");

export function chips(message, { names, react }) {
  if (!message.reactions?.length) return null;
  return el("ul", { class: "reactions", "aria-label": "Reactions" }, message.reactions.map(({ name, users }) => {
    const mine = names.me(users);
    const who = users.map((id) => names.person(id).real_name).join(", ");
    return el("li", {}, el("button", {
      type: "button", class: "reaction", "data-action": `react:${name}`, "aria-pressed": String(mine), title: who,
      "aria-label": `${said(name)}, ${users.length} from ${who}`, on: { click: () => react(message, name, !mine) },
    }, emoji(name) ?? `:${name}:`, el("span", { "aria-hidden": "true" }, String(users.length))));
  }));
}

export function picker(message, { names, react }) {
  const head = el("summary", { class: "quiet", "aria-label": "Add a reaction" }, "☺");
  const node = el("details", { class: "overflow" }, head);
  const choose = (name) => {
    node.open = false;
    head.focus();
    const mine = message.reactions?.some((one) => one.name === name && names.me(one.users));
    react(message, name, !mine);
  };
  node.append(el("div", { class: "overflow-list palette" }, PALETTE.map((name) =>
    el("button", { type: "button", "aria-label": said(name), on: { click: () => choose(name) } }, EMOJI.get(name)))));
  closes(node, head);
  return node;
}
