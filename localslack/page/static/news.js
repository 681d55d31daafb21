// Tells those who don't see the page what arrives: who says what here, and that something came elsewhere.

import { $ } from "./dom.js";

const MOST = 300;

export function announce(store, { message, before }, here) {
  if (message.user === store.me || message.deleted || before?.text === message.text) return;
  const who = store.names().person(message.user).real_name;
  const place = store.channels.get(message.channel);
  const where = place.kind === "im" ? "your direct messages" : `#${place.name}`;
  const thread = message.thread_ts && message.thread_ts !== message.ts ? " in a thread" : "";
  const verb = before ? "changed" : "said";
  tell(here ? `${who} ${verb}${thread}: ${bare(store, message.text).slice(0, MOST)}` : `New message from ${who} in ${where}`);
}

function tell(text) {
  const line = document.createElement("p");
  line.textContent = text;
  $("news").append(line);
  while ($("news").childElementCount > 5) $("news").firstElementChild.remove();
}

// mrkdwn without its marks.
function bare(store, text) {
  const named = { "@": (id) => store.users[id]?.name, "#": (id) => store.channels.get(id)?.name };
  return text
    .replace(/<([@#])([A-Z0-9]+)(?:\|([^>]*))?>/g, (_, sign, id, label) => sign + (named[sign](id) ?? label ?? ""))
    .replace(/<[^|>]+\|([^>]+)>/g, "$1")
    .replace(/:([a-z_]+):/g, (_, name) => name.replaceAll("_", " "))
    .replace(/[*_`~]/g, "");
}
