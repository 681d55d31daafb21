// What opens beside the log, one at a time: a thread, or what the bot sent. The focus comes back from each.

import { $ } from "./dom.js";
import { Calls } from "./calls.js";
import { Thread } from "./thread.js";

export class Panels {
  constructor(store, use) {
    Object.assign(this, { thread: new Thread(store, use), calls: new Calls(store), back: {} });
    $("close-thread").addEventListener("click", () => this.closeThread());
    $("close-calls").addEventListener("click", () => this.closeCalls());
  }

  arrange() {
    const shown = this.calls.channel !== null ? "calls" : this.thread.ts !== null ? "thread" : null;
    for (const id of ["thread", "calls"]) $(id).hidden = id !== shown;
    $("shell").classList.toggle("with-panel", shown !== null);
    $("open-calls").setAttribute("aria-expanded", String(shown === "calls"));
  }

  openThread(channel, ts) {
    this.calls.close();
    this.back.thread = comeBack();
    $("thread-place").textContent = $("place-name").textContent;
    this.thread.open(channel, ts);
    this.arrange();
    this.thread.end.toEnd();
    $("thread-text").focus();
  }

  closeThread(focus = true) {
    this.thread.close();
    this.arrange();
    if (focus) this.back.thread?.();
  }

  openCalls(channel, message = null) {
    this.back.calls = comeBack();
    this.calls.open(channel, message);
    this.arrange();
    $("close-calls").focus();
  }

  closeCalls() {
    this.calls.close();
    this.arrange();
    this.back.calls?.();
  }

  // A message came or changed.
  take(message) {
    this.calls.take(message);
    if (message.channel === this.thread.channel) this.thread.take(message);
  }

  // Draw the thread anew; without its messages there is none.
  again(removed = null) {
    if (this.thread.ts === null) return;
    if (this.thread.ts === removed) this.closeThread();
    else this.thread.draw();
  }

  // Close what is on top; says whether anything was.
  escape() {
    if (this.calls.channel !== null) this.closeCalls();
    else if (this.thread.ts !== null) this.closeThread();
  }
}

// A way back to what has the focus now, or to its row when it was drawn anew meanwhile.
export function comeBack() {
  const node = document.activeElement;
  const { ts } = node.closest?.(".row")?.dataset ?? {};
  const { action } = node.closest?.("[data-action]")?.dataset ?? {};
  return () => {
    const row = ts && document.querySelector(`.row[data-ts="${CSS.escape(ts)}"]`);
    const again = row && action && row.querySelector(`[data-action="${CSS.escape(action)}"]`);
    const shown = (one) => one && one !== document.body && one.isConnected && one.getClientRects().length;
    const elsewhere = $("home").hidden ? $("composer-text") : $("home");
    row?.focus(); // a row's tools show, and take the focus, only when it is in the row
    ([node, again, row].find(shown) ?? elsewhere).focus();
  };
}
