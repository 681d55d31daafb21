// "What the bot sent": the API calls behind a message, or the latest of all, with their JSON and how long they took.

import { $, clock, el, span } from "./dom.js";
import { get } from "./live.js";

export class Calls {
  constructor(store) {
    Object.assign(this, { store, message: null, channel: null });
  }

  async open(channel, message = null) {
    Object.assign(this, { channel, message });
    $("calls-about").textContent = this.about();
    $("calls-rows").replaceChildren(el("p", { class: "empty" }, "…"));
    await this.draw();
  }

  about() {
    if (!this.message) return "The latest calls of the app, and how long the workspace took to answer";
    const asked = this.store.asked(this.message);
    return asked ? `${span(this.message.ts - asked.ts)} after ${asked.command} ${asked.text}` : `The calls behind the message of ${clock(this.message.ts)}`;
  }

  async draw() {
    const { message } = this;
    const query = { channel: this.channel, as: this.store.me, ...(message && { ts: message.ts }) };
    const found = (await get("calls", query)) ?? [];
    if (message !== this.message) return;
    const calls = found.toReversed();
    const main = calls.findIndex((one) => one.arguments.blocks || one.method.startsWith("chat."));
    const empty = el("p", { class: "empty" }, message ? "The record of these calls is no longer kept." : "The app has not called yet.");
    const open = new Set([...$("calls-rows").querySelectorAll("details[open]")].map((one) => one.dataset.call));
    const rows = calls.map((call, at) => described(call, open.has(String(call.id)) || (message && !open.size && at === Math.max(main, 0))));
    $("calls-rows").replaceChildren(...(rows.length ? rows : [empty]));
  }

  // Something new was sent while the drawer is open.
  take(message) {
    if (this.channel !== null && (!this.message || this.message.ts === message.ts)) this.draw();
  }

  close() {
    Object.assign(this, { channel: null, message: null });
    $("calls-rows").replaceChildren();
  }
}

function described(call, open) {
  const { blocks: sent, view, token: _, ...rest } = call.arguments;
  const failed = call.response?.ok === false || call.status >= 400;
  const outcome = failed ? (call.response?.error ?? String(call.status)) : "ok";
  return el("details", { class: "call", "data-call": String(call.id), open },
    el("summary", {},
      el("code", {}, call.method),
      el("span", { class: failed ? "bad" : "soft" }, outcome),
      call.fault && el("span", { class: "bad" }, `fault: ${call.fault}`),
      el("span", { class: "soft took" }, `${clock(call.started)} · ${span(call.seconds)}`)),
    json("Blocks", sent), json("View", view), json("Other arguments", rest), json("Answer", call.response));
}

function json(label, value) {
  const given = typeof value === "string" ? parsed(value) : value;
  if (given === undefined || given === null || !Object.keys(given).length) return null;
  const text = JSON.stringify(given, null, 2);
  const copy = el("button", { type: "button", class: "quiet", "aria-label": `Copy: ${label}` }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = "Copied";
  });
  return [
    el("div", { class: "json-head" }, el("h3", {}, label), copy),
    el("pre", { tabindex: "0", role: "region", "aria-label": label }, text),
  ];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { value: text };
  }
}
