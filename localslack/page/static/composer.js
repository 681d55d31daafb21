// The box to type in: Enter sends, suggestions for commands, people and channels, the last words with the arrow up.

import { el } from "./dom.js";

export class Composer {
  // `suggest(word, atStart)` gives [{insert, label, note}]; `submit(text)` sends.
  constructor(form, box, list, { suggest = () => [], submit }) {
    this.count = form.querySelector("[role=status]");
    Object.assign(this, { form, box, list, suggest, submit, found: [], at: 0, said: [], back: 0 });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    box.addEventListener("input", () => this.typed());
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("blur", () => this.hide());
  }

  send() {
    const text = this.box.value.trim();
    if (!text) return;
    this.said.push(text);
    this.back = 0;
    this.put("");
    this.submit(text);
  }

  put(text) {
    this.box.value = text;
    this.typed();
  }

  typed() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 180)}px`;
    const before = this.box.value.slice(0, this.box.selectionStart);
    const word = /(?:^|\s)([/@#][\w.-]*)$/.exec(before)?.[1] ?? "";
    const command = /^\/[\w-]+(?=\s)/.exec(before)?.[0];
    this.found = this.list ? this.suggest(word, before === word, command) : [];
    this.word = word;
    this.at = 0;
    this.show();
  }

  show() {
    if (!this.list) return;
    this.list.replaceChildren(...this.found.map((one, index) =>
      el("li", { role: "option", id: `${this.list.id}-${index}`, "aria-selected": one.insert ? String(index === this.at) : "false",
        on: { mousedown: (event) => { event.preventDefault(); this.take(index); } } },
        el("strong", {}, one.label), one.usage && el("code", {}, one.usage), el("span", {}, one.note))));
    this.list.hidden = !this.found.length;
    const count = this.found.filter((one) => one.insert).length;
    this.count.textContent = count ? `${count} ${count === 1 ? "suggestion" : "suggestions"}` : "";
    this.box.setAttribute("aria-expanded", String(count > 0));
    if (this.found[this.at]?.insert) this.box.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  hide() {
    this.found = [];
    this.show();
  }

  take(index) {
    const one = this.found[index];
    if (!one?.insert) return;
    const caret = this.box.selectionStart;
    const start = caret - this.word.length;
    this.box.value = `${this.box.value.slice(0, start)}${one.insert} ${this.box.value.slice(caret)}`;
    this.box.selectionStart = this.box.selectionEnd = start + one.insert.length + 1;
    this.typed();
    this.box.focus();
  }

  key(event) {
    const choosing = this.found.some((one) => one.insert);
    const whole = choosing && this.found[this.at].insert === this.word;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (choosing && !whole) this.take(this.at);
      else this.send();
    } else if (event.key === "Tab" && choosing && !event.shiftKey) {
      event.preventDefault();
      this.take(this.at);
    } else if (event.key === "Escape" && this.found.length) {
      event.preventDefault();
      this.hide();
    } else if (choosing && !event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + this.found.length) % this.found.length;
      this.show();
    } else if (event.key === "ArrowUp" && !event.altKey && (!this.box.value || this.back)) {
      event.preventDefault();
      this.back = Math.min(this.back + 1, this.said.length);
      this.put(this.said.at(-this.back) ?? "");
    }
  }
}
