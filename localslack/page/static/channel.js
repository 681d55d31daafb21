// The log of the open channel: its rows, what is earlier, and where the reader is.

import { $, el } from "./dom.js";
import { Follower } from "./follow.js";
import { get } from "./live.js";
import { commandRow, continues, row } from "./messages.js";
import { Rows } from "./rows.js";

const NEAR_TOP = 900;

export class Channel {
  constructor(store, use) {
    Object.assign(this, { store, use, id: null, loading: null });
    this.log = $("log");
    this.rows = new Rows($("rows"), (one, before, held) => this.make(one, before, held));
    this.end = new Follower(this.log, $("rows"));
    this.log.addEventListener("scroll", () => this.look(), { passive: true });
  }

  make(one, before, held) {
    if (one.command) return commandRow(one, this.use.names, this.store.answered(one));
    return row(one, this.use, { joined: continues(before, one), held });
  }

  open(id) {
    if (this.id !== null && this.id !== id) this.store.trim(this.id);
    const unread = this.store.unread(this.store.channels.get(id)) ? (this.store.read[id] ?? null) : null;
    this.id = id;
    this.draw(unread);
    this.end.toEnd();
  }

  draw(unread = null) {
    const list = this.store.rows(this.id);
    this.rows.draw(list, unread);
    if (!list.length) $("rows").append(el("p", { class: "empty" }, "Nothing here yet. Say something, or type a slash command."));
  }

  // Draw all anew without moving the reader.
  again() {
    const top = this.log.scrollTop;
    this.draw();
    if (this.end.stuck) this.end.toEnd();
    else this.log.scrollTop = top;
  }

  // A message came or changed; what it belongs to is drawn anew.
  take(message) {
    const first = message.thread_ts && message.thread_ts !== message.ts;
    if (first) this.rows.place(this.store.rows(this.id), message.thread_ts);
    if (!first || message.broadcast) this.rows.place(this.store.rows(this.id), message.ts);
    for (const command of this.store.commands.values()) {
      if (this.rows.find(command.ts)?.querySelector(".spinner")) this.rows.place(this.store.rows(this.id), command.ts);
    }
    if (message.user === this.store.me && !first) this.end.toEnd();
  }

  command(command) {
    this.rows.place(this.store.rows(this.id), command.ts);
    if (command.state === "working") this.end.toEnd();
  }

  look() {
    if (!this.log.hidden && this.log.scrollTop < NEAR_TOP) this.back();
  }

  // Fetch what is earlier; the reader stays at the same row.
  back() {
    if (this.loading || !this.store.channels.get(this.id)?.more) return this.loading;
    this.loading = this.fetched().then((came) => {
      this.loading = null;
      if (came) this.look(); // somebody may have gone on to the top meanwhile
    });
    return this.loading;
  }

  first() {
    return this.store.channels.get(this.id).messages.keys().next().value;
  }

  async fetched() {
    const { id, store } = this;
    const before = this.first();
    const given = await get("earlier", { channel: id, as: store.me, before });
    if (!given || id !== this.id || !store.channels.get(id).messages.has(before)) return false;
    const known = store.rows(id)[0]?.ts ?? before;
    store.earlier(id, given);
    this.log.style.overflowAnchor = "none";
    const mark = $("rows").querySelector(".row");
    const was = mark?.getBoundingClientRect().top;
    this.rows.prepend(store.rows(id).filter((one) => one.ts < known));
    if (mark) this.log.scrollTop += mark.getBoundingClientRect().top - was;
    this.log.style.overflowAnchor = "";
    return true;
  }

  // Go to a message, however long ago it was.
  async show(ts) {
    let before = null;
    while (!this.rows.find(ts) && this.store.channels.get(this.id).more && before !== this.first()) {
      before = this.first();
      await this.back();
    }
    const target = this.rows.find(ts);
    if (!target) return;
    this.end.show(target);
    target.classList.add("target");
    target.focus({ preventScroll: true });
  }
}
