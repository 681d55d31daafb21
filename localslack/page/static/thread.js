// The panel with one thread; on a phone it fills the screen.

import { $ } from "./dom.js";
import { Follower } from "./follow.js";
import { row } from "./messages.js";
import { Rows } from "./rows.js";

export class Thread {
  constructor(store, use) {
    Object.assign(this, { store, ts: null, channel: null });
    this.rows = new Rows($("thread-rows"), (one, _, held) => row(one, { ...use, thread: null }, { held }));
    this.end = new Follower($("thread-log"), $("thread-rows"));
  }

  open(channel, ts) {
    Object.assign(this, { channel, ts });
    this.draw();
    this.end.toEnd();
  }

  draw() {
    this.rows.draw(this.store.thread(this.channel, this.ts));
  }

  take(message) {
    if (this.ts === null || (message.ts !== this.ts && message.thread_ts !== this.ts)) return;
    this.rows.place(this.store.thread(this.channel, this.ts), message.ts);
    if (message.user === this.store.me) this.end.toEnd();
  }

  close() {
    this.ts = null;
    $("thread-rows").replaceChildren();
  }
}
