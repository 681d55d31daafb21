// The page: what is open, and how changes reach it.

import { $, dayOf, el } from "./dom.js";
import { blocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { listen, send } from "./live.js";
import { Follower } from "./follow.js";
import { commandRow, continues, dayLine, row } from "./messages.js";
import { sidebar } from "./sidebar.js";
import { Store } from "./store.js";

const store = new Store();
let names = null;
let open = { place: null, home: false, thread: null };
let hangUp = null;
let online = false;
const end = new Follower($("log"), $("rows"));
const threadEnd = new Follower($("thread-log"), $("thread-rows"));

// where we are

function route() {
  const [name = "", ts] = decodeURIComponent(location.hash.replace(/^#\/?/, "")).split("/");
  const all = [...store.channels.values()];
  const direct = all.find((one) => one.kind === "im");
  const wanted = ["dm", "home"].includes(name) ? direct : all.find((one) => one.name === name || one.id === name);
  open = { place: (wanted ?? all[0]).id, home: name === "home", thread: null };
  show();
  if (name === "home") send("home", { user: store.me });
  const target = ts && document.querySelector(`.row[data-ts="${CSS.escape(ts)}"]`);
  if (target) {
    end.show(target);
    target.classList.add("target");
  }
}

function show() {
  const place = store.channels.get(open.place);
  const bot = store.users[store.bot].name;
  const title = place.kind === "im" ? bot : `# ${place.name}`;
  $("place-name").textContent = title;
  $("place-topic").textContent = open.home ? "Home" : place.kind === "im" ? "Direct message with the app" : place.topic;
  document.title = `${title} – ${store.workspace}`;
  $("log").hidden = $("composer").hidden = open.home;
  $("home").hidden = !open.home;
  const hint = place.kind === "im" ? `Message ${bot}` : `Message #${place.name}`;
  $("composer-text").placeholder = store.hints.length ? `${hint}, or ${store.hints[0][0]}` : hint;
  $("composer-label").textContent = hint;
  $("composer-text").disabled = place.archived;
  drawer(false);
  drawLog();
  end.toEnd();
  drawHome();
  drawThread();
  drawSide();
}

// drawing

const act = async (message, one, block, value) => {
  const answer = await send("press", {
    ts: message.ts, channel: message.channel, user: store.me, action_id: one.action_id, block_id: block.block_id, value,
  });
  if (!answer.ok) alarm(`“${one.text?.text ?? one.action_id}” did not reach the app: ${answer.error}`);
};

function drawLog() {
  const rows = $("rows");
  $("log").setAttribute("aria-busy", "true"); // nothing of this is news to be read out
  rows.replaceChildren();
  let before = null;
  for (const one of store.rows(open.place)) before = append(rows, one, before);
  if (!before) rows.append(el("p", { class: "empty" }, "Nothing here yet. Say something, or type a slash command."));
  requestAnimationFrame(() => $("log").removeAttribute("aria-busy"));
  markRead();
}

function append(rows, one, before) {
  if (!before || dayOf(before.ts) !== dayOf(one.ts)) rows.append(dayLine(one.ts));
  rows.append(drawn(one, before));
  return one;
}

function drawn(one, before) {
  if (one.command) return commandRow(one, names, store.answered(one));
  return row(one, { names, act, openThread, joined: continues(before, one) });
}

// Draw one row anew, or add it at the end; what has focus in it keeps it.
function place(one) {
  const shown = $("rows");
  const rows = store.rows(open.place);
  const at = rows.findIndex((other) => other.ts === one.ts);
  const old = shown.querySelector(`[data-ts="${CSS.escape(one.ts)}"]`);
  if (at < 0) return;
  if (old) replaced(old, drawn(rows[at], rows[at - 1]));
  else if (at === rows.length - 1 && at > 0) append(shown, rows[at], rows[at - 1]);
  else redraw(open.place);
}

function replaced(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.action : null;
  old.replaceWith(fresh);
  if (focused === null) return;
  const again = focused && fresh.querySelector(`[data-action="${CSS.escape(focused)}"]`);
  (again || fresh).focus();
}

function drawHome() {
  if (!open.home) return;
  const acting = async (one, block, value) => {
    const answer = await send("press-home", { user: store.me, action_id: one.action_id, block_id: block.block_id, value });
    if (!answer.ok) alarm(`That did not reach the app: ${answer.error}`);
  };
  const view = store.home;
  $("home").replaceChildren(...(view ? blocks(view.blocks, names, acting) : [el("p", { class: "empty" }, "The app hasn't published its home tab yet.")]));
}

function openThread(ts) {
  open.thread = ts;
  drawThread();
  threadEnd.toEnd();
  $("thread-text").focus();
}

function closeThread() {
  const back = document.querySelector(`#log .row[data-ts="${CSS.escape(open.thread ?? "")}"] button`);
  open.thread = null;
  drawThread();
  (back ?? $("composer-text")).focus();
}

function drawThread() {
  $("thread").hidden = open.thread === null;
  $("shell").classList.toggle("with-thread", open.thread !== null);
  if (open.thread === null) return;
  $("thread-place").textContent = $("place-name").textContent;
  const rows = store.thread(open.place, open.thread).map((one) => row(one, { names, act, openThread: null }));
  $("thread-rows").replaceChildren(...rows);
}

function drawSide() {
  sidebar(store, open, online);
}

function markRead() {
  if (document.visibilityState === "visible" && !open.home) store.markRead(open.place);
}

function alarm(text) {
  $("alert").textContent = text;
  setTimeout(() => $("alert").textContent === text && ($("alert").textContent = ""), 8000);
}

// changes

function change(given) {
  const touched = store.take(given);
  names = store.names();
  if (touched.kind === "everything") {
    people();
    route();
  } else if (touched.kind === "message") arrived(touched.message);
  else if (touched.kind === "removed") redraw(touched.channel);
  else if (touched.kind === "command") commanded(touched.command);
  else if (touched.kind === "published") drawHome();
  drawSide();
}

function arrived(message) {
  if (message.channel !== open.place) return;
  const first = message.thread_ts && store.channels.get(open.place).messages.get(message.thread_ts);
  place(first || message);
  if (message.broadcast) place(message);
  for (const command of store.commands.values()) {
    if (document.querySelector(`[data-ts="${CSS.escape(command.ts)}"] .spinner`)) place(command);
  }
  if (open.thread) drawThread();
  if (message.user === store.me && !message.thread_ts) end.toEnd();
  markRead();
}

function commanded(command) {
  if (command.channel !== open.place) return;
  place(command);
  if (command.state === "working") end.toEnd();
}

function redraw(channel) {
  if (channel !== open.place) return;
  const top = $("log").scrollTop;
  drawLog();
  if (!end.stuck) $("log").scrollTop = top;
  if (open.thread) drawThread();
}

// people and their hands

function people() {
  const list = $("person");
  list.replaceChildren(...store.people.map((id) => el("option", { value: id }, store.users[id].real_name)));
  list.value = store.me;
  $("person-title").textContent = store.users[store.me].title;
}

function suggest(word, atStart, command) {
  if (command) {
    const known = store.hints.find(([name]) => name === command);
    return known ? [{ label: known[0], usage: known[1], note: known[2] }] : [];
  }
  const starts = (name) => name.toLowerCase().startsWith(word.slice(1).toLowerCase());
  if (word.startsWith("/") && atStart) {
    return store.hints.filter(([name]) => name.startsWith(word)).map(([name, usage, note]) => ({ insert: name, label: name, usage, note }));
  }
  if (word.startsWith("@")) {
    const users = [store.bot, ...store.people].map((id) => store.users[id]);
    return users.filter((one) => starts(one.name)).map((one) => ({ insert: `@${one.name}`, label: `@${one.name}`, note: one.real_name }));
  }
  if (!word.startsWith("#")) return [];
  const places = [...store.channels.values()].filter((one) => one.kind !== "im" && starts(one.name));
  return places.map((one) => ({ insert: `#${one.name}`, label: `#${one.name}`, note: one.topic }));
}

async function say(text, thread_ts) {
  const command = text.startsWith("/") && !thread_ts;
  const answer = await send(command ? "command" : "say", { text, channel: open.place, user: store.me, thread_ts });
  if (!answer.ok && !command) alarm(answer.error);
}

function drawer(wanted) {
  $("shell").classList.toggle("drawer", wanted);
  $("open-side").setAttribute("aria-expanded", String(wanted));
}

function start() {
  new Composer($("composer"), $("composer-text"), $("hints"), { suggest, submit: (text) => say(text) });
  new Composer($("thread-composer"), $("thread-text"), null, { submit: (text) => say(text, open.thread) });
  $("person").addEventListener("change", () => join($("person").value));
  $("open-side").addEventListener("click", () => drawer(true));
  $("close-side").addEventListener("click", () => drawer(false));
  $("close-thread").addEventListener("click", closeThread);
  $("main").addEventListener("click", (event) => event.target === $("main") && drawer(false));
  addEventListener("hashchange", route);
  document.addEventListener("visibilitychange", () => store.me && (markRead(), drawSide()));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || $("dialog").open) return;
    if ($("shell").classList.contains("drawer")) drawer(false);
    else if (open.thread !== null) closeThread();
  });
  join(sessionStorage.getItem("person"));
}

function join(person) {
  hangUp?.();
  if (person) sessionStorage.setItem("person", person);
  hangUp = listen(person, change, (line) => {
    online = line;
    if (store.me) drawSide();
  });
}

start();
