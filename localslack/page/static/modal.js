// The modals that the app opened: the topmost of the stack, what was typed into each, and what is wrong with it.

import { $, el } from "./dom.js";
import { blocks } from "./blocks.js";
import { heldIn } from "./held.js";
import { send } from "./live.js";
import { plain } from "./mrkdwn.js";
import { problemsOf } from "./valid.js";

export class Modal {
  // `back()` says where the focus goes when the last one is closed.
  constructor(store, names, back) {
    Object.assign(this, { store, names, back, view: null, typed: new Map() });
    this.dialog = $("modal");
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  // Show the topmost one as the store has it; what was typed stays.
  draw() {
    const view = this.store.modals.at(-1) ?? null;
    if (this.view) this.typed.set(this.view.id, heldIn(this.dialog));
    if (view && this.view?.id === view.id && this.view.hash === view.hash) return;
    const focused = this.dialog.contains(document.activeElement) && this.view?.id === view?.id && document.activeElement.closest("[data-action]")?.dataset.action;
    this.view = view;
    if (!view) this.end();
    else this.show(view, focused);
  }

  show(view, focused) {
    const use = { names: this.names, act: (...pressed) => this.act(...pressed), held: this.typed.get(view.id) };
    const below = this.store.modals.length > 1;
    const words = below ? "Back" : "Close";
    this.dialog.replaceChildren(el("form", { novalidate: true, class: "modal-form" },
      el("header", { class: "modal-head" },
        el("h2", { id: "modal-title", tabindex: "-1" }, plain(view.title.text)),
        el("button", { type: "button", class: "icon", "aria-label": words, on: { click: () => this.close() } }, below ? "←" : "✕")),
      el("div", { class: "modal-body" }, blocks(view.blocks, use)),
      el("p", { class: "modal-alert", role: "alert" }),
      el("footer", { class: "modal-foot" },
        el("button", { type: "button", class: "button", on: { click: () => this.close() } }, view.close ? plain(view.close.text) : "Cancel"),
        view.submit && el("button", { type: "submit", class: "button primary", disabled: view.submit_disabled }, plain(view.submit.text)))));
    if (!this.dialog.open) {
      this.returns = this.back();
      this.dialog.showModal();
    }
    const control = ".modal-body :is(input, textarea, select, summary, button)";
    const again = focused && this.dialog.querySelector(`[data-action="${CSS.escape(focused)}"]`);
    (again || this.dialog.querySelector("[autofocus]") || this.dialog.querySelector(control) || $("modal-title")).focus();
  }

  end() {
    this.typed.clear();
    if (!this.dialog.open) return;
    this.dialog.close();
    this.dialog.replaceChildren();
    this.returns?.();
  }

  async act(one, block, value) {
    const pressed = { user: this.store.me, action_id: one.action_id, block_id: block.block_id, value, held: heldIn(this.dialog) };
    const answer = await send("press-modal", pressed);
    if (!answer.ok) this.alarm(`That did not reach the app: ${answer.error}`);
  }

  async close() {
    const answer = await send("close", { user: this.store.me });
    if (!answer.ok) this.alarm(answer.error);
  }

  async submit() {
    const held = heldIn(this.dialog);
    const wrong = problemsOf(this.view.blocks, held);
    if (this.tell(wrong)) return;
    const button = this.dialog.querySelector("[type=submit]");
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    const answer = await send("submit", { user: this.store.me, held });
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (!answer.ok) this.alarm(`The app could not take this: ${answer.error}`);
    else this.tell(answer.errors ?? {});
  }

  // Show what is wrong at each input, and go to the first; says whether anything is.
  tell(errors) {
    this.alarm("");
    let first = null;
    for (const node of this.dialog.querySelectorAll(".input")) {
      const wrong = errors[node.dataset.block];
      const control = node.querySelector("[aria-describedby]");
      node.querySelector(".input-error").textContent = wrong ?? "";
      if (wrong) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      if (wrong) first ??= control;
    }
    first?.focus();
    return first !== null;
  }

  alarm(text) {
    const line = this.dialog.querySelector(".modal-alert");
    if (line) line.textContent = text;
  }
}
