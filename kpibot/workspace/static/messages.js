// A message as a row: author, time, what it says, its thread, and how it came about.

import { clock, dayOf, el, span } from "./dom.js";
import { blocks, zoomable } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";
import { callOf } from "./live.js";

const NEAR = 5 * 60;

// One after another by the same author within five minutes share a head.
export function continues(before, message) {
  return before && !before.command && before.user === message.user && before.ephemeral === message.ephemeral
    && !message.replies && !before.replies && message.ts - before.ts < NEAR && dayOf(before.ts) === dayOf(message.ts);
}

export function dayLine(ts) {
  return el("div", { class: "day" }, el("span", {}, dayOf(ts)));
}

export function row(message, { names, act, openThread, joined = false }) {
  const who = names.person(message.user);
  const node = el("article", { class: `row${joined ? " joined" : ""}${message.ephemeral ? " ephemeral" : ""}`, "data-ts": message.ts, tabindex: "-1" });
  node.append(
    avatar(who),
    el("div", { class: "row-body" },
      el("header", { class: joined ? "unseen" : "row-head" },
        el("strong", {}, who.real_name), who.bot && el("span", { class: "badge" }, "APP"), moment(message.ts)),
      message.ephemeral && el("p", { class: "only-you" }, "Only visible to you"),
      el("div", { class: "words" }, content(message, names, act)),
      thread(message, openThread)),
    tools(message, openThread),
  );
  return node;
}

function moment(ts) {
  return el("time", { datetime: new Date(ts * 1000).toISOString(), title: new Date(ts * 1000).toLocaleString() }, clock(ts));
}

export function avatar(who) {
  const initials = who.real_name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  const tone = [...who.real_name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  return el("span", { class: `avatar ${who.bot ? "app" : `face${tone}`}`, "aria-hidden": "true" }, initials);
}

function content(message, names, act) {
  if (message.deleted) return el("p", { class: "gone" }, "This message was deleted.");
  const parts = message.blocks.length
    ? blocks(message.blocks, names, (one, block, value) => act(message, one, block, value))
    : [el("div", { class: "text" }, mrkdwn(message.text, names))];
  const edited = message.edited && el("span", { class: "edited", title: `Edited at ${clock(message.edited)}` }, "(edited)");
  const last = parts.at(-1);
  if (edited && last?.matches?.(".text")) last.append(" ", edited);
  else if (edited) parts.push(edited);
  return [...parts, message.files.map((file) => attached(file))];
}

function attached(file) {
  const src = `/page/files/${encodeURIComponent(file.id)}`;
  if (/\.(png|jpe?g|gif)$/i.test(file.name)) return el("figure", { class: "block image" }, el("figcaption", {}, file.title), zoomable(src, file.alt || file.title, file.title));
  return el("a", { class: "file", href: src, download: file.name }, "📄 ", file.title);
}

function thread(message, openThread) {
  if (!message.replies || !openThread) return null;
  const words = message.replies === 1 ? "1 reply" : `${message.replies} replies`;
  return el("button", { type: "button", class: "replies", on: { click: () => openThread(message.ts) } }, words);
}

function tools(message, openThread) {
  return el("div", { class: "tools" },
    openThread && !message.ephemeral && !message.deleted &&
      el("button", { type: "button", class: "quiet", on: { click: () => openThread(message.ts) } }, "Reply"),
    message.call !== null && details(message));
}

// For the curious: the call that brought this message, fetched when it is opened.
function details(message) {
  const body = el("div", { class: "details-body" }, "…");
  const node = el("details", { class: "details" }, el("summary", { class: "quiet" }, "Details"), body);
  node.addEventListener("toggle", async () => {
    node.closest(".row").classList.toggle("open", node.open);
    if (node.open) body.replaceChildren(...described(message, await callOf(message.call)));
  });
  return node;
}

function described(message, call) {
  if (!call) return [el("p", {}, "The record of this call is no longer kept.")];
  const { blocks: sent, ...rest } = call.arguments;
  return [
    el("p", {}, el("code", {}, call.method), ` · ${call.status} · ${span(call.seconds)} · `, el("span", {}, clock(call.started)), call.fault ? ` · fault: ${call.fault}` : ""),
    el("p", { class: "label" }, "Arguments"), json(rest),
    sent && [el("p", { class: "label" }, "Blocks"), json(sent)],
    el("p", { class: "label" }, "Answer"), json(call.response),
  ].flat().filter(Boolean);
}

const json = (value) => el("pre", { tabindex: "0" }, JSON.stringify(typeof value === "string" ? parsed(value) : value, null, 2));

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// Your own slash command, as an echo that nobody else sees.
export function commandRow(one, names, answered) {
  const states = {
    working: [el("span", { class: "spinner", "aria-hidden": "true" }), "working…"],
    acked: answered ? [`acknowledged in ${span(one.seconds ?? 0)}`] : [el("span", { class: "spinner", "aria-hidden": "true" }), "working…"],
    failed: [el("span", { class: "bad" }, `failed: ${one.error}`)],
  };
  const who = names.person(one.user);
  return el("article", { class: "row command", "data-ts": one.ts },
    avatar(who),
    el("div", { class: "row-body" },
      el("p", {}, el("span", { class: "unseen" }, `${who.real_name}: `), el("code", {}, `${one.command} ${one.text}`.trim()), " ",
        el("span", { class: "command-state" }, states[one.state]))));
}
