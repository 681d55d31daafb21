// Small helpers to build the page. Data only ever becomes text or attributes, never markup.

export const $ = (id) => document.getElementById(id);

// el("p", {class: "note", on: {click}}, "text", child): null and false children are left out.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  set(node, props);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, value);
  node.append(...children.flat(Infinity).filter(Boolean));
  return node;
}

function set(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") Object.entries(value).forEach(([event, run]) => node.addEventListener(event, run));
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
}

// A modal dialog with a title and what `fill` puts in; resolves with what was chosen, null when dismissed.
export function ask(title, fill) {
  const dialog = $("dialog");
  return new Promise((resolve) => {
    let chosen = null;
    const close = (value = null) => {
      chosen = value;
      dialog.close();
    };
    dialog.replaceChildren(el("h2", { id: "dialog-title" }, title), fill(close));
    dialog.onclose = () => resolve(chosen);
    dialog.onclick = (event) => event.target === dialog && close();
    dialog.showModal();
  });
}

const time = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", month: "long", day: "numeric" });
export const date = (ts) => new Date(Number(ts) * 1000);
export const clock = (ts) => time.format(date(ts));
export const dayOf = (ts) => day.format(date(ts));
export const exact = (ts) => date(ts).toLocaleString();
export const span = (seconds) => (seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`);
