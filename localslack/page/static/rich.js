// The rich_text block.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

export function richText(block, names) {
  return el("div", { class: "rich" }, block.elements.map((part) => PARTS[part.type]?.(part, names)));
}

const leaves = (part, names) => part.elements.map((one) => leaf(one, names));

const PARTS = {
  rich_text_section: (part, names) => el("div", {}, leaves(part, names)),
  rich_text_quote: (part, names) => el("blockquote", {}, leaves(part, names)),
  rich_text_preformatted: (part, names) => el("pre", { tabindex: "0" }, leaves(part, names)),
  rich_text_list: (part, names) =>
    el(part.style === "ordered" ? "ol" : "ul", { class: `indent${Math.min(part.indent ?? 0, 4)}` },
      part.elements.map((item) => el("li", {}, leaves(item, names)))),
};

function leaf(one, names) {
  return styled(bare(one, names), one.style ?? {});
}

function bare(one, names) {
  if (one.type === "text") return one.text.split("\n").flatMap((line, at) => (at ? [el("br"), line] : [line]));
  if (one.type === "link") return link(one.url, one.text ?? one.url);
  if (one.type === "emoji") return emoji(one.name) ?? `:${one.name}:`;
  if (one.type === "user") return el("span", { class: "mention" }, `@${names.user(one.user_id) ?? one.user_id}`);
  if (one.type === "channel") return el("span", { class: "mention" }, `#${names.channel(one.channel_id) ?? "private-channel"}`);
  if (one.type === "usergroup") return el("span", { class: "mention" }, `@${names.group(one.usergroup_id) ?? "group"}`);
  if (one.type === "broadcast") return el("span", { class: "mention" }, `@${one.range}`);
  if (one.type === "date") return one.fallback ?? new Date(one.timestamp * 1000).toLocaleString();
  return one.text ?? "";
}

function styled(node, style) {
  const tags = { code: "code", strike: "s", italic: "em", bold: "strong" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? el(tag, {}, inner) : inner), node);
}
