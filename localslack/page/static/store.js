// What the page knows: the workspace as one person sees it, and what they have read or put away.

const KEPT = 300; // messages of a channel that are kept when somebody leaves it

export class Store {
  constructor() {
    this.channels = new Map();
    this.commands = new Map();
    this.users = {};
    this.groups = {};
    this.modals = [];
    this.connections = 0;
  }

  // Take one change in; says what part of the page it touches.
  take(change) {
    return this[change.kind](change) ?? { kind: change.kind };
  }

  everything(given) {
    Object.assign(this, given);
    this.channels = new Map(given.channels.map((one) => [one.id, { ...one, messages: byTs(one.messages) }]));
    this.commands = new Map(given.commands.map((one) => [one.id, one]));
    this.read = recall(this.key("read"), {});
    this.away = new Set(recall(this.key("away"), []));
  }

  message({ message }) {
    const place = this.channels.get(message.channel);
    const before = place.messages.get(message.ts);
    place.messages.set(message.ts, message);
    return { kind: "message", message, before };
  }

  removed({ channel, ts }) {
    this.channels.get(channel)?.messages.delete(ts);
    return { kind: "removed", channel, ts };
  }

  command({ command }) {
    this.commands.set(command.id, command);
    return { kind: "command", command };
  }

  published({ home }) {
    this.home = home;
  }

  opened({ modals }) {
    this.modals = modals;
  }

  link({ connections }) {
    this.connections = connections;
  }

  // Messages from before those that are here.
  earlier(id, { messages, more }) {
    const place = this.channels.get(id);
    place.messages = new Map([...byTs(messages), ...place.messages]);
    place.more = more;
  }

  // Forget what somebody scrolled back to, so that the next look at the channel is quick again.
  trim(id) {
    const place = this.channels.get(id);
    if (!place || place.messages.size <= KEPT) return;
    place.messages = new Map([...place.messages].slice(-KEPT));
    place.more = true;
  }

  key(what) {
    return `${what}:${this.workspace}:${this.me}`;
  }

  markRead(id) {
    const last = [...(this.channels.get(id)?.messages.keys() ?? [])].at(-1) ?? "0";
    if (this.read[id] === last) return;
    this.read[id] = last;
    localStorage.setItem(this.key("read"), JSON.stringify(this.read));
  }

  unread(place) {
    const since = this.read[place.id] ?? "0";
    return [...place.messages.values()].filter((one) => one.ts > since && one.user !== this.me && !this.away.has(one.ts)).length;
  }

  // Put an ephemeral message away, for good.
  dismiss(ts) {
    this.away.add(ts);
    localStorage.setItem(this.key("away"), JSON.stringify([...this.away].slice(-500)));
  }

  // The rows of a channel: messages outside of threads and your own commands, by time.
  rows(id) {
    const place = this.channels.get(id);
    const all = this.shown(id);
    const counts = new Map();
    for (const one of all) if (one.thread_ts && !one.ephemeral) counts.set(one.thread_ts, (counts.get(one.thread_ts) ?? 0) + 1);
    const said = all.filter((one) => !one.thread_ts || one.broadcast).map((one) => ({ ...one, replies: counts.get(one.ts) ?? 0, mine: one.user === this.me }));
    const first = place.more ? ([...place.messages.keys()][0] ?? "0") : "0";
    const asked = [...this.commands.values()].filter((one) => one.channel === id && one.ts > first).map((one) => ({ ...one, mine: true }));
    return [...said, ...asked].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  }

  thread(id, ts) {
    return this.shown(id).filter((one) => one.ts === ts || one.thread_ts === ts).map((one) => ({ ...one, mine: one.user === this.me }));
  }

  shown(id) {
    return [...this.channels.get(id).messages.values()].filter((one) => !this.away.has(one.ts));
  }

  // Whether anything of the bot came after a command.
  answered(command) {
    const place = this.channels.get(command.channel);
    return [...place.messages.values()].some((one) => one.ts > command.ts && this.users[one.user]?.bot);
  }

  // The command of yours that a message of the bot's answers: the last one before it, if nothing else came between.
  asked(message) {
    const before = [...this.commands.values()].filter((one) => one.channel === message.channel && one.ts < message.ts).at(-1);
    const between = [...this.channels.get(message.channel).messages.values()].some((one) => before && one.ts > before.ts && one.ts < message.ts);
    return before && !between && this.users[message.user]?.bot ? before : null;
  }

  names() {
    const find = (id) => this.channels.get(id);
    return {
      user: (id) => this.users[id]?.name,
      group: (id) => this.groups[id],
      channel: (id) => find(id)?.name,
      person: (id) => this.users[id] ?? { name: id, real_name: id, bot: false },
      people: () => this.people.map((id) => ({ id, name: this.users[id].real_name })),
      channels: () => [...this.channels.values()].filter((one) => one.kind !== "im").map(({ id, name }) => ({ id, name })),
      me: (ids) => ids.includes(this.me),
    };
  }
}

const byTs = (messages) => new Map(messages.map((one) => [one.ts, one]));

function recall(key, otherwise) {
  return JSON.parse(localStorage.getItem(key) ?? "null") ?? otherwise;
}
