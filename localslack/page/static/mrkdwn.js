// Slack's mrkdwn, turned into nodes. `names` answers who and what a mention means.

import { el, date } from "./dom.js";
import { EMOJI, emoji } from "./emoji.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    "(?<![\\w*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])",
    "(?<![\\w_])_(?<italic>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\w_])",
    "(?<![\\w~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\w~])",
    ":(?<emoji>[a-z0-9_+-]+):",
  ].join("|"),
);

export const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

// Emoji shortcodes in plain text, as in plain_text objects.
export function plain(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI.get(name) ?? all);
}

export function mrkdwn(text, names) {
  const out = document.createDocumentFragment();
  text.split(/```\n?([\s\S]*?)```/).forEach((part, index) => {
    if (index % 2) out.append(el("pre", { tabindex: "0" }, unescape(part)));
    else if (part) out.append(...lines(part.replace(/^\n|\n$/g, index ? "" : "$&"), names));
  });
  return out;
}

function lines(text, names) {
  const out = [];
  let quote = null;
  text.split("\n").forEach((line, index) => {
    const quoted = /^&gt;\s?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) out.push((quote = el("blockquote")));
      else quote.append(el("br"));
      quote.append(...inline(quoted[1], names));
      return;
    }
    if (index && !quote) out.push(el("br"));
    quote = null;
    out.push(...inline(line, names));
  });
  return out;
}

function inline(text, names) {
  const found = INLINE.exec(text);
  if (!found) return text ? [unescape(text)] : [];
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return [...(before ? [unescape(before)] : []), piece(found, names), ...inline(after, names)];
}

function piece({ 0: all, groups }, names) {
  if (groups.code) return el("code", {}, unescape(groups.code));
  if (groups.angle) return angle(groups.angle, names);
  if (groups.bold) return el("strong", {}, inline(groups.bold, names));
  if (groups.italic) return el("em", {}, inline(groups.italic, names));
  if (groups.strike) return el("s", {}, inline(groups.strike, names));
  return emoji(groups.emoji) ?? all;
}

// plain_text as nodes, with emoji that have a name for those who can't see them.
export function plainNodes(text) {
  return text.split(/:([a-z0-9_+-]+):/).map((part, at) => (at % 2 ? (emoji(part) ?? `:${part}:`) : part));
}

// A text object of Block Kit as nodes.
export function words(object, names) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : plainNodes(object.text);
}

function angle(inside, names) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention(`@${names.user(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith("#")) return channel(target.slice(1), label, names);
  if (target.startsWith("!subteam^")) return mention(`@${names.group(target.slice(9)) ?? label ?? "group"}`.replace("@@", "@"));
  if (target.startsWith("!date^")) return el("time", {}, when(target, label));
  if (target.startsWith("!")) return mention(`@${target.slice(1)}`);
  return link(unescape(target), label ? inline(label, names) : unescape(target));
}

const mention = (text) => el("span", { class: "mention" }, text);

function channel(id, label, names) {
  const name = names.channel(id) ?? label;
  return name ? el("a", { class: "mention", href: `#/${name}` }, `#${name}`) : mention("#private-channel");
}

export function link(href, content) {
  if (!/^(https?:|mailto:)/i.test(href)) return el("span", {}, content);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, content);
}

// <!date^1700000000^{date_short} at {time}|fallback>
function when(target, fallback) {
  const [, seconds, format = "{date}"] = target.split("^");
  const at = date(seconds);
  if (Number.isNaN(at.getTime())) return fallback ?? target;
  const show = (options) => new Intl.DateTimeFormat(undefined, options).format(at);
  const table = {
    date_num: () => show({ year: "numeric", month: "2-digit", day: "2-digit" }),
    date_short: () => show({ year: "numeric", month: "short", day: "numeric" }),
    date_long: () => show({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
    time: () => show({ hour: "numeric", minute: "2-digit" }),
    time_secs: () => show({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  };
  const usual = () => show({ year: "numeric", month: "long", day: "numeric" });
  return format.replace(/\{(\w+)\}/g, (_, name) => (table[name.replace("_pretty", "")] ?? usual)());
}

// The `markdown` block: headings, lists, quotes, fences, rules and the usual inline marks.
export function markdown(text, names) {
  const out = el("div", { class: "markdown" });
  text.split(/^```\w*\n([\s\S]*?)^```$/m).forEach((part, index) => {
    if (index % 2) out.append(el("pre", { tabindex: "0" }, part));
    else part.split("\n").forEach((line) => markdownLine(out, line, names));
  });
  return out;
}

function markdownLine(out, line, names) {
  const [, hashes, title] = /^(#{1,6})\s+(.*)$/.exec(line) ?? [];
  const [, bullet, item] = /^\s*([-*+]|\d+\.)\s+(.*)$/.exec(line) ?? [];
  if (hashes) out.append(el("p", { class: "markdown-title" }, inline(fromMarkdown(title), names)));
  else if (/^(-{3,}|\*{3,})$/.test(line)) out.append(el("hr"));
  else if (bullet) listIn(out, /\d/.test(bullet) ? "OL" : "UL").append(el("li", {}, inline(fromMarkdown(item), names)));
  else if (line.startsWith("> ")) out.append(el("blockquote", {}, inline(fromMarkdown(line.slice(2)), names)));
  else if (line.trim()) out.append(el("p", {}, inline(fromMarkdown(line), names)));
}

function listIn(out, tag) {
  if (out.lastElementChild?.tagName !== tag) out.append(el(tag));
  return out.lastElementChild;
}

function fromMarkdown(text) {
  return text
    .replace(/\*\*(.+?)\*\*|__(.+?)__/g, (_, a, b) => `\u0001${a ?? b}\u0001`)
    .replace(/(?<!\w)\*([^*\s][^*]*)\*/g, "_$1_")
    .replaceAll("\u0001", "*")
    .replace(/~~(.+?)~~/g, "~$1~")
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>");
}
