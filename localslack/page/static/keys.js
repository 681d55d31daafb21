// The page by keyboard: from message to message, from channel to channel, from part to part.

import { $, ask, el } from "./dom.js";

const KEYS = [
  ["↑ ↓", "from message to message, when the messages have focus"],
  ["Enter", "on a message: open its thread"],
  ["Alt + ↑ ↓", "the channel above or below"],
  ["F6", "the next part of the page: channels, messages, message box, panel"],
  ["↑", "in an empty message box: what you wrote before"],
  ["Esc", "close what is open"],
];

export function help() {
  return ask("Keyboard", (close) =>
    el("div", {},
      el("dl", { class: "keys" }, KEYS.map(([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)])),
      el("div", { class: "dialog-buttons" }, el("button", { type: "button", class: "button primary", autofocus: true, on: { click: () => close() } }, "Close"))));
}

export function keys({ escape, openThread }) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
    const arrow = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") escape();
    else if (event.key === "F6") stop(event, () => nextPart(event.shiftKey ? -1 : 1));
    else if (arrow && event.altKey) stop(event, () => nextChannel(arrow));
    else if (arrow && event.target.matches(".log, .row")) stop(event, () => nextRow(event.target, arrow));
    else if (event.key === "Enter" && event.target.matches("#log .row:not(.command, .ephemeral)")) stop(event, () => openThread(event.target.dataset.ts));
  });
}

function stop(event, run) {
  event.preventDefault();
  run();
}

function nextRow(from, by) {
  const rows = [...from.closest(".log").querySelectorAll(".row")];
  const at = rows.indexOf(from);
  const next = at < 0 ? (by < 0 ? rows.at(-1) : rows[0]) : rows[at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function nextChannel(by) {
  const links = [...$("side-lists").querySelectorAll("a")];
  const at = links.findIndex((one) => one.hasAttribute("aria-current"));
  links[(at + by + links.length) % links.length]?.click();
}

function nextPart(by) {
  const open = (id) => $(id).offsetParent !== null || $(id).getClientRects().length > 0;
  const parts = [
    [$("side"), $("side-lists").querySelector("a[aria-current], a")],
    [$("log"), $("log")], [$("home"), $("home")], [$("composer"), $("composer-text")],
    [$("thread"), $("thread-text")], [$("calls"), $("close-calls")],
  ].filter(([part]) => open(part.id) && getComputedStyle(part).visibility === "visible");
  const at = parts.findIndex(([part]) => part.contains(document.activeElement));
  parts[(at + by + parts.length) % parts.length][1].focus();
}
