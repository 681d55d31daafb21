// The page: what is open, how changes reach it, and what its hands do.

import { $, el } from "./dom.js";
import { blocks } from "./blocks.js";
import { Channel } from "./channel.js";
import { Composer } from "./composer.js";
import { heldIn } from "./held.js";
import { help, keys } from "./keys.js";
import { listen, send } from "./live.js";
import { Modal } from "./modal.js";
import { announce } from "./news.js";
import { comeBack, Panels } from "./panels.js";
import { people, sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { suggestions } from "./suggest.js";

const store = new Store();
const names = store.names();
const open = { place: null, home: false };
let hangUp = null;
let online = false;

const use = { names, act, thread: (ts) => openThread(ts), curious: (message) => panels.openCalls(open.place, message), dismiss, react };
const channel = new Channel(store, use);
const panels = new Panels(store, use);
const modal = new Modal(store, names, comeBack);

// where we are

async function route() {
  const [name = "", ts] = decodeURIComponent(location.hash.replace(/^#\/?/, "")).split("/");
  const all = [...store.channels.values()];
  const direct = all.find((one) => one.kind === "im");
  const wanted = ["dm", "home"].includes(name) ? direct : all.find((one) => one.name === name || one.id === name);
  const same = open.place === wanted?.id && open.home === (name === "home");
  Object.assign(open, { place: (wanted ?? all[0]).id, home: name === "home" });
  show(same);
  if (open.home) send("home", { user: store.me });
  if (ts) await reach(ts);
}

// Go to a message; one of a thread is shown there.
async function reach(ts) {
  const message = store.channels.get(open.place).messages.get(ts);
  const parent = message?.thread_ts;
  await channel.show(parent && parent !== ts && !message.broadcast ? parent : ts);
  if (parent && parent !== ts) openThread(parent);
}

function show(same) {
  const place = store.channels.get(open.place);
  const bot = store.users[store.bot].name;
  const title = place.kind === "im" ? bot : `# ${place.name}`;
  $("place-name").textContent = title;
  $("place-topic").textContent = open.home ? "Home" : place.kind === "im" ? "Direct message with the app" : place.topic;
  document.title = `${title} – ${store.workspace}`;
  $("log").hidden = $("composer").hidden = open.home;
  $("home").hidden = !open.home;
  const hint = place.kind === "im" ? `Message ${bot}` : `Message #${place.name}`;
  $("composer-text").placeholder = place.archived ? "This channel is archived" : store.hints.length ? `${hint}, or ${store.hints[0][0]}` : hint;
  $("composer-label").textContent = hint;
  $("composer-text").disabled = place.archived;
  drawer(false);
  if (same) channel.again();
  else channel.open(open.place);
  if (!same || open.home) panels.closeThread(false);
  panels.again();
  drawHome();
  markRead();
  drawSide();
}

function drawHome() {
  if (!open.home) return;
  const use = { names, act: pressHome, held: heldIn($("home")) };
  const empty = el("p", { class: "empty" }, "The app hasn't published its home tab yet.");
  const focused = $("home").contains(document.activeElement) && document.activeElement.closest("[data-action]")?.dataset.action;
  $("home").replaceChildren(...(store.home ? blocks(store.home.blocks, use) : [empty]));
  if (focused) $("home").querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
}

const drawSide = () => sidebar(store, open, online);

function markRead() {
  if (document.visibilityState === "visible" && !open.home) store.markRead(open.place);
}

const openThread = (ts) => panels.openThread(open.place, ts);

function escape() {
  if ($("shell").classList.contains("drawer")) drawer(false);
  else panels.escape();
}

function drawer(wanted) {
  const was = $("shell").classList.toggle("drawer", wanted) !== wanted || $("side").contains(document.activeElement);
  $("open-side").setAttribute("aria-expanded", String(wanted));
  if (wanted) $("close-side").focus();
  else if (was && $("open-side").getClientRects().length) $("open-side").focus();
}

// what hands do

async function act(message, one, block, value) {
  const row = document.querySelector(`.row[data-ts="${CSS.escape(message.ts)}"]`);
  const answer = await send("press", {
    ts: message.ts, channel: message.channel, user: store.me, action_id: one.action_id, block_id: block.block_id, value,
    held: row ? heldIn(row) : {},
  });
  if (!answer.ok) alarm(`“${one.text?.text ?? one.action_id}” did not reach the app: ${answer.error}`);
}

async function pressHome(one, block, value) {
  const pressed = { user: store.me, action_id: one.action_id, block_id: block.block_id, value, held: heldIn($("home")) };
  const answer = await send("press-home", pressed);
  if (!answer.ok) alarm(`That did not reach the app: ${answer.error}`);
}

async function say(text, thread_ts) {
  const command = text.startsWith("/") && !thread_ts;
  const answer = await send(command ? "command" : "say", { text, channel: open.place, user: store.me, thread_ts });
  if (!answer.ok && !command) alarm(answer.error);
}

async function react(message, name, wanted) {
  const answer = await send("react", { channel: message.channel, ts: message.ts, user: store.me, name, wanted });
  if (!answer.ok) alarm(answer.error);
}

function dismiss(message) {
  store.dismiss(message.ts);
  const row = document.querySelector(`#log .row[data-ts="${CSS.escape(message.ts)}"]`);
  (row?.previousElementSibling ?? row?.nextElementSibling)?.focus?.();
  channel.again();
  panels.again();
  if (!$("log").contains(document.activeElement)) $("composer-text").focus();
}

function alarm(text) {
  $("alert").textContent = text;
  setTimeout(() => $("alert").textContent === text && ($("alert").textContent = ""), 8000);
}

// changes

const CHANGES = {
  everything() {
    people(store);
    route();
    modal.draw();
  },
  message({ message, before }) {
    const here = message.channel === open.place && !open.home;
    announce(store, { message, before }, here);
    panels.take(message);
    if (message.channel !== open.place) return;
    channel.take(message);
    markRead();
  },
  removed({ channel: id, ts }) {
    if (id !== open.place) return;
    channel.again();
    panels.again(ts);
  },
  command: ({ command }) => command.channel === open.place && channel.command(command),
  published: drawHome,
  opened: () => modal.draw(),
  link() {},
};

function change(given) {
  const touched = store.take(given);
  CHANGES[touched.kind](touched);
  drawSide();
}

function join(person) {
  hangUp?.();
  if (person) sessionStorage.setItem("person", person);
  hangUp = listen(person, change, (line) => {
    online = line;
    if (store.me) drawSide();
  });
}

function start() {
  const suggest = (...typed) => suggestions(store, ...typed);
  new Composer($("composer"), $("composer-text"), $("hints"), { suggest, submit: (text) => say(text) });
  const inThread = (word, ...rest) => (word.startsWith("/") ? [] : suggest(word, ...rest));
  new Composer($("thread-composer"), $("thread-text"), $("thread-hints"), { suggest: inThread, submit: (text) => say(text, panels.thread.ts) });
  const clicks = {
    "open-side": () => drawer(true), "close-side": () => drawer(false), keys: help,
    "open-calls": () => (panels.calls.channel === null ? panels.openCalls(open.place) : panels.closeCalls()),
    who: () => { drawer(true); $("person").focus(); },
    main: (event) => event.target === $("main") && drawer(false),
    skip: (event) => { event.preventDefault(); $("composer-text").focus(); }, // the address is the channel's
  };
  for (const [id, click] of Object.entries(clicks)) $(id).addEventListener("click", click);
  $("person").addEventListener("change", () => join($("person").value));
  addEventListener("hashchange", route);
  document.addEventListener("visibilitychange", () => store.me && (markRead(), drawSide()));
  keys({ escape, openThread });
  join(sessionStorage.getItem("person"));
}

start();
