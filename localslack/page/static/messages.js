// A message as a row: author, time, what it says, its reactions, its thread, and what can be done with it.

import { clock, dayOf, el, exact, span } from "./dom.js";
import { blocks, zoomable } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";
import { chips, picker } from "./reactions.js";

const NEAR = 5 * 60;

// One after another by the same author within five minutes share a head, unless they are whole cards of blocks.
export function continues(before, message) {
  return Boolean(before) && !before.command && !message.blocks?.length && before.user === message.user && before.ephemeral === message.ephemeral
    && !message.replies && !before.replies && message.ts - before.ts < NEAR && dayOf(before.ts) === dayOf(message.ts);
}

// `use` has names, and what a hand can do: act, thread (null inside of one), curious, dismiss, react.
export function row(message, use, { joined = false, held } = {}) {
  const who = use.names.person(message.user);
  const kinds = ["row", joined && "joined", message.ephemeral && "ephemeral"].filter(Boolean).join(" ");
  const label = `${who.real_name}, ${clock(message.ts)}`;
  return el("article", { class: kinds, "data-ts": message.ts, "data-place": message.channel, tabindex: "-1", "aria-label": label },
    avatar(who),
    el("div", { class: "row-body" },
      el("header", { class: joined ? "unseen" : "row-head" },
        el("strong", {}, who.real_name), who.bot && el("span", { class: "badge" }, "APP"), moment(message.ts), !joined && edited(message)),
      message.ephemeral && onlyYou(message, use),
      el("div", { class: "words" }, content(message, use, held), joined && edited(message)),
      chips(message, use),
      thread(message, use)),
    tools(message, use));
}

function moment(ts) {
  return el("time", { datetime: new Date(ts * 1000).toISOString(), title: exact(ts) }, clock(ts));
}

function edited(message) {
  return message.edited && !message.deleted && el("span", { class: "edited", title: `Edited ${exact(message.edited)}` }, "edited");
}

function onlyYou(message, { dismiss }) {
  return el("p", { class: "only-you" }, "Only visible to you",
    el("button", { type: "button", class: "quiet", on: { click: () => dismiss(message) } }, "Dismiss"));
}

export function avatar(who) {
  const initials = who.real_name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  const tone = [...who.real_name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  return el("span", { class: `avatar ${who.bot ? "app" : `face${tone}`}`, "aria-hidden": "true" }, initials);
}

function content(message, use, held) {
  if (message.deleted) return el("p", { class: "gone" }, "This message was deleted.");
  const act = (...pressed) => use.act(message, ...pressed);
  const said = message.blocks.length
    ? blocks(message.blocks, { names: use.names, act, held })
    : [message.text && el("div", { class: "text" }, mrkdwn(message.text, use.names))];
  return [...said, message.files.map(attached)];
}

function attached(file) {
  const src = `/page/files/${encodeURIComponent(file.id)}`;
  if (/\.(png|jpe?g|gif)$/i.test(file.name)) return el("figure", { class: "block image" }, el("figcaption", {}, file.title), zoomable(src, file.alt || file.title, file.title));
  return el("a", { class: "file", href: src, download: file.name }, el("span", { "aria-hidden": "true" }, "📄 "), file.title);
}

function thread(message, use) {
  if (!message.replies || !use.thread) return null;
  const words = message.replies === 1 ? "1 reply" : `${message.replies} replies`;
  return el("button", { type: "button", class: "replies", on: { click: () => use.thread(message.ts) } }, words);
}

function tools(message, use) {
  const quiet = (words, click) => el("button", { type: "button", class: "quiet", on: { click } }, words);
  const alive = !message.ephemeral && !message.deleted;
  return el("div", { class: "tools" },
    alive && picker(message, use),
    alive && use.thread && quiet("Reply", () => use.thread(message.ts)),
    message.call !== null && quiet("What was sent", () => use.curious(message)));
}

// Your own slash command, as an echo that nobody else sees.
export function commandRow(one, names, answered) {
  const working = [el("span", { class: "spinner", "aria-hidden": "true" }), "working…"];
  const states = {
    working,
    acked: answered ? [`acknowledged in ${span(one.seconds ?? 0)}`] : working,
    failed: [el("span", { class: "bad" }, `failed: ${one.error}`)],
  };
  const who = names.person(one.user);
  return el("article", { class: "row command", "data-ts": one.ts, tabindex: "-1", "aria-label": `${who.real_name}, ${clock(one.ts)}` },
    avatar(who),
    el("div", { class: "row-body" },
      el("p", {}, el("span", { class: "unseen" }, `${who.real_name}: `), el("code", {}, `${one.command} ${one.text}`.trim()), " ",
        el("span", { class: "command-state" }, states[one.state]))));
}
