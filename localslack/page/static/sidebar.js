// The list of channels, the app's own places, who acts, and whether the app is there.

import { $, el } from "./dom.js";
import { avatar } from "./messages.js";

export function sidebar(store, open, online) {
  const places = [...store.channels.values()];
  const bot = store.users[store.bot].name;
  const direct = places.find((one) => one.kind === "im");
  const focused = $("side-lists").contains(document.activeElement) && document.activeElement.getAttribute("href");
  $("workspace-name").textContent = store.workspace;
  $("side-lists").replaceChildren(
    list("Channels", places.filter((one) => one.kind !== "im").map((one) => entry(store, open, one, `#/${one.name}`, one.name))),
    list(`App: ${bot}`, [
      entry(store, open, direct, "#/dm", "Messages"),
      item("#/home", "Home", "⌂", open.home, 0),
    ]),
  );
  if (focused) $("side-lists").querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  status(store, online, bot);
}

function list(title, entries) {
  return el("section", {}, el("h2", {}, title), el("ul", {}, entries));
}

function entry(store, open, place, href, name) {
  const here = place.id === open.place && !open.home;
  const sign = place.kind === "im" ? "✉" : place.kind === "private_channel" ? "◆" : "#";
  return item(href, name, sign, here, here ? 0 : store.unread(place), place);
}

function item(href, name, sign, here, unread, place = {}) {
  const hidden = place.kind === "private_channel" ? el("span", { class: "unseen" }, " (private)") : null;
  return el("li", {},
    el("a", { href, class: unread ? "unread" : "", "aria-current": here ? "page" : null },
      el("span", { class: "sign", "aria-hidden": "true" }, sign),
      el("span", { class: "name" }, name, hidden, place.archived && el("small", {}, " archived")),
      unread > 0 && el("span", { class: "count" }, unread > 99 ? "99+" : String(unread), el("span", { class: "unseen" }, " unread"))));
}

function status(store, online, bot) {
  const words = !online ? "Reconnecting to the workspace…" : store.connections ? `${bot} is connected` : `${bot} is not connected`;
  $("status").className = `status ${online && store.connections ? "good" : "away"}`;
  if ($("status").textContent !== words) $("status").textContent = words;
  $("offline").hidden = online;
}

// Who acts: a list to choose from, and the face in the bar.
export function people(store) {
  const me = store.users[store.me];
  const menu = $("person");
  menu.replaceChildren(...store.people.map((id) => el("option", { value: id }, store.users[id].real_name)));
  menu.value = store.me;
  $("person-title").textContent = me.title;
  $("person-face").replaceChildren(avatar(me));
  $("who").replaceChildren(avatar(me));
  $("who").setAttribute("aria-label", `Acting as ${me.real_name}. Change`);
}
