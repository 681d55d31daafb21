// What the page knows: the workspace as one person sees it, and what they have read.

export class Store {
  constructor() {
    this.channels = new Map();
    this.commands = new Map();
    this.users = {};
    this.groups = {};
    this.connections = 0;
  }

  // Take one change in; says what part of the page it touches.
  take(change) {
    return this[change.kind](change) ?? { kind: change.kind };
  }

  everything(given) {
    Object.assign(this, given);
    this.channels = new Map(given.channels.map((one) => [one.id, { ...one, messages: new Map(one.messages.map((m) => [m.ts, m])) }]));
    this.commands = new Map(given.commands.map((one) => [one.id, one]));
    this.read = JSON.parse(localStorage.getItem(this.key()) ?? "{}");
    for (const place of this.channels.values()) this.read[place.id] ??= [...place.messages.keys()].at(-1) ?? "0";
  }

  message({ message }) {
    const place = this.channels.get(message.channel);
    place.messages.set(message.ts, message);
    return { kind: "message", message };
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

  link({ connections }) {
    this.connections = connections;
  }

  key() {
    return `read:${this.workspace}:${this.me}`;
  }

  markRead(id) {
    const last = [...(this.channels.get(id)?.messages.keys() ?? [])].at(-1);
    if (!last) return;
    this.read[id] = last;
    localStorage.setItem(this.key(), JSON.stringify(this.read));
  }

  unread(place) {
    return [...place.messages.values()].filter((one) => one.ts > (this.read[place.id] ?? "0") && one.user !== this.me).length;
  }

  // The rows of a channel: messages outside of threads and your own commands, by time.
  rows(id) {
    const all = [...this.channels.get(id).messages.values()];
    const counts = new Map();
    for (const one of all) if (one.thread_ts && !one.ephemeral) counts.set(one.thread_ts, (counts.get(one.thread_ts) ?? 0) + 1);
    const said = all.filter((one) => !one.thread_ts || one.broadcast).map((one) => ({ ...one, replies: counts.get(one.ts) ?? 0 }));
    const asked = [...this.commands.values()].filter((one) => one.channel === id);
    return [...said, ...asked].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  }

  thread(id, ts) {
    return [...this.channels.get(id).messages.values()].filter((one) => one.ts === ts || one.thread_ts === ts);
  }

  // Whether anything of the bot came after a command.
  answered(command) {
    const place = this.channels.get(command.channel);
    return [...place.messages.values()].some((one) => one.ts > command.ts && this.users[one.user]?.bot);
  }

  names() {
    const find = (id) => this.channels.get(id);
    return {
      user: (id) => this.users[id]?.name,
      group: (id) => this.groups[id],
      channel: (id) => find(id)?.name,
      person: (id) => this.users[id] ?? { name: id, real_name: id, bot: false },
      people: () => this.people.map((id) => ({ id, name: this.users[id].real_name })),
    };
  }
}
