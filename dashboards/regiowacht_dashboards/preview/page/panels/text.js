/** Draws `text`: a safe subset of Markdown, built as elements; HTML in it stays text. */

import { el } from "../dom.js";
import { interpolate } from "../interpolate.js";
import { safe } from "../links.js";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|_([^_\s][^_]*)_|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** @param {string} text @returns {(Node | string)[]} */
function inline(text) {
  const parts = /** @type {(Node | string)[]} */ ([]);
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    const [all, code, strong, strong2, soft, soft2, label, url] = found;
    parts.push(text.slice(at, found.index));
    if (code) parts.push(el("code", {}, code));
    else if (strong ?? strong2) parts.push(el("strong", {}, ...inline(strong ?? strong2)));
    else if (soft ?? soft2) parts.push(el("em", {}, ...inline(soft ?? soft2)));
    else parts.push(safe(url) ? el("a", { href: url, rel: "noreferrer" }, ...inline(label)) : label);
    at = found.index + all.length;
  }
  return [...parts, text.slice(at)];
}

/** @param {string} line */
const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((one) => one.trim());

/** Blocks by their first line. @type {[RegExp, (lines: string[]) => Node][]} */
const BLOCKS = [
  [/^```/, (lines) => el("pre", {}, el("code", {}, lines.filter((line) => !line.startsWith("```")).join("\n")))],
  [/^#{1,6} /, ([line]) => el(/** @type {"h4"} */ (`h${Math.min(6, line.indexOf(" ") + 2)}`), {}, ...inline(line.replace(/^#+ /, "")))],
  [/^(-{3,}|\*{3,})$/, () => el("hr")],
  [/^\|/, (lines) => {
    const [head, , ...rows] = lines.map(cells);
    return el("table", {}, el("thead", {}, el("tr", {}, ...head.map((one) => el("th", {}, ...inline(one))))), el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((one) => el("td", {}, ...inline(one)))))));
  }],
  [/^[-*] /, (lines) => el("ul", {}, ...lines.map((line) => el("li", {}, ...inline(line.replace(/^[-*] /, "")))))],
  [/^\d+[.)] /, (lines) => el("ol", {}, ...lines.map((line) => el("li", {}, ...inline(line.replace(/^\d+[.)] /, "")))))],
  [/^> /, (lines) => el("blockquote", {}, ...inline(lines.map((line) => line.replace(/^> ?/, "")).join(" ")))],
];

/** @param {string} source @returns {Node[]} */
export function markdown(source) {
  const blocks = /** @type {Node[]} */ ([]);
  const lines = source.replace(/\r/g, "").split("\n");
  while (lines.length) {
    const line = /** @type {string} */ (lines.shift());
    if (!line.trim()) continue;
    const [start, make] = BLOCKS.find(([pattern]) => pattern.test(line)) ?? [null, (/** @type {string[]} */ own) => el("p", {}, ...inline(own.join(" ")))];
    const own = [line];
    const isFence = line.startsWith("```");
    while (lines.length && (isFence ? own.length < 2 || !own[own.length - 1].startsWith("```") : start ? start.test(lines[0]) && !/^#/.test(line) : lines[0].trim() && !BLOCKS.some(([pattern]) => pattern.test(lines[0])))) own.push(/** @type {string} */ (lines.shift()));
    blocks.push(make(own));
  }
  return blocks;
}

/** @param {import("../types.js").Drawing} drawing */
export function text({ panel, body, variables }) {
  const { mode = "markdown", content = "" } = panel.options ?? {};
  const filled = interpolate(content, variables, "text");
  body.append(el("div", { class: "prose", tabindex: "0" }, ...(mode === "markdown" ? markdown(filled) : [el("pre", {}, filled)])));
}
