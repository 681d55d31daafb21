// The rows of a log: drawn once, then each replaced or added where it belongs; what has focus keeps it.

import { dayOf, el } from "./dom.js";
import { heldIn } from "./held.js";

const quoted = (ts) => `[data-ts="${CSS.escape(ts)}"]`;

export class Rows {
  // `make(one, before, held)` draws a row; `before` is the one above it, null for the first.
  constructor(box, make) {
    Object.assign(this, { box, make });
  }

  // `unread` is the ts after which everything is new to the reader.
  draw(list, unread = null) {
    this.box.replaceChildren(...this.nodes(list, null, unread));
  }

  nodes(list, before, unread) {
    let marked = unread === null;
    return list.flatMap((one, at) => {
      const above = at ? list[at - 1] : before;
      const fresh = !marked && one.ts > unread && !one.mine;
      marked ||= fresh;
      const lines = [!above || dayOf(above.ts) !== dayOf(one.ts) ? dayLine(one.ts) : null, fresh ? freshLine() : null];
      return [...lines.filter(Boolean), this.make(one, fresh ? null : above)];
    });
  }

  // Earlier rows, above the ones that are there.
  prepend(list) {
    this.box.querySelector(".day")?.remove();
    const [first] = this.box.children;
    this.box.prepend(...this.nodes(list, null, null));
    const last = list.at(-1);
    if (first && last && dayOf(last.ts) !== dayOf(first.dataset.ts)) first.before(dayLine(first.dataset.ts));
  }

  find(ts) {
    return this.box.querySelector(quoted(ts));
  }

  // Draw one row of `list` anew, or add it; says whether it came at the end.
  place(list, ts) {
    const at = list.findIndex((one) => one.ts === ts);
    if (at < 0) return false;
    const old = this.find(ts);
    const before = list[at - 1] ?? null;
    if (old) return this.replace(old, this.make(list[at], old.previousElementSibling?.matches(".row") ? before : null, heldIn(old)));
    if (at < list.length - 1 || !this.box.querySelector(".row")) this.draw(list);
    else this.box.append(...this.nodes([list[at]], before, null));
    return at === list.length - 1;
  }

  replace(old, fresh) {
    const focused = old.contains(document.activeElement) ? (document.activeElement.closest("[data-action]")?.dataset.action ?? "") : null;
    old.replaceWith(fresh);
    if (focused === null) return false;
    const again = focused ? fresh.querySelector(`[data-action="${CSS.escape(focused)}"]`) : null;
    (again?.querySelector("summary") ?? again ?? fresh).focus({ preventScroll: true });
    return false;
  }
}

const dayLine = (ts) => el("div", { class: "day" }, el("span", {}, dayOf(ts)));
const freshLine = () => el("div", { class: "day fresh" }, el("span", {}, "New"));
