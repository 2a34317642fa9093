/** Draws `state-timeline` and `status-history`: a band a series, worded and coloured by its state. */

import { inkOn } from "../colors.js";
import { el } from "../dom.js";
import { display, nameOf } from "../fields.js";
import { momentFormatter, tickFormatter } from "../time.js";
import { boot } from "../texts.js";
import { follow } from "../tip.js";
import { place } from "../values.js";

/** @typedef {{from: number, to: number, shown: import("../types.js").Display}} Piece */

/** @param {import("../types.js").Field} field @param {number[]} times @param {boolean} merges @param {import("../types.js").Drawing} drawing @returns {Piece[]} */
function pieces(field, times, merges, { board, range }) {
  const step = times.length > 1 ? times[1] - times[0] : range.to - range.from;
  const found = /** @type {Piece[]} */ ([]);
  times.forEach((time, i) => {
    if (field.values[i] === null || field.values[i] === undefined) return;
    const shown = display(field, field.values[i], place(board));
    const last = found[found.length - 1];
    const to = Math.min(time + step, range.to);
    if (merges && last && last.to === time && last.shown.full === shown.full) last.to = to;
    else if (to > time) found.push({ from: Math.max(time, range.from), to, shown });
  });
  return found;
}

/** @param {import("../types.js").Drawing} drawing */
export function states(drawing) {
  const { panel, body, frames, board, range } = drawing;
  const options = panel.options ?? {};
  const isHistory = panel.type === "status-history";
  const moment = momentFormatter(boot.lang, place(board).timeZone);
  const span = range.to - range.from;
  const seen = /** @type {Map<string, string>} */ (new Map());
  const rows = el("div", { class: `states ${isHistory ? "history" : ""}`, role: "list" });
  for (const frame of frames) {
    const times = frame.fields.find((f) => f.type === "time")?.values ?? [];
    for (const field of frame.fields.filter((f) => f.type !== "time")) {
      const band = el("div", { class: "band" });
      const parts = pieces(field, times, !isHistory && options.mergeValues !== false, drawing);
      const letters = (body.clientWidth * 0.7) / 7.5;
      for (const { from, to, shown } of parts) {
        seen.set(shown.full, shown.color);
        const width = (100 * (to - from)) / span;
        const showsValue = options.showValue !== "never" && !isHistory && (width / 100) * letters > shown.full.length + 2;
        const piece = el("div", { class: "piece", css: { left: `${(100 * (from - range.from)) / span}%`, width: `${width}%`, background: shown.color, color: inkOn(shown.color) } }, showsValue ? shown.full : null);
        follow(piece, () => [el("strong", {}, nameOf(field)), el("div", {}, el("span", { class: "dot", css: { background: shown.color } }), shown.full), el("small", {}, `${moment.format(from)} – ${moment.format(to)}`)]);
        band.append(piece);
      }
      const now = parts[parts.length - 1]?.shown.full ?? "";
      rows.append(el("div", { class: "state-row", role: "listitem", "aria-label": `${nameOf(field)}: ${now}` }, el("div", { class: "state-name", title: nameOf(field) }, nameOf(field)), band));
    }
  }
  const legend = options.legend?.showLegend === false ? null : el("ul", { class: "legend" }, ...[...seen].map(([text, color]) => el("li", {}, el("span", { class: "dot", css: { background: color } }), text)));
  rows.append(axis(range, board));
  body.append(el("div", { class: "scroll", tabindex: "0" }, rows), ...(legend ? [legend] : []));
}

/** @param {{from: number, to: number}} range @param {import("../board.js").Board} board */
function axis(range, board) {
  const span = (range.to - range.from) / 1000;
  const step = [60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000].find((one) => span / one <= (innerWidth > 900 ? 6 : 4)) ?? 7776000;
  const ticks = /** @type {number[]} */ ([]);
  for (let at = Math.ceil(range.from / 1000 / step) * step; at < range.to / 1000; at += step) ticks.push(at);
  const texts = tickFormatter(boot.lang, place(board).timeZone)(ticks, step);
  const edge = innerWidth > 900 ? 0.03 : 0.08;
  return el("div", { class: "state-axis", "aria-hidden": "true" }, ...ticks.map((tick, i) => {
    const share = (tick - range.from / 1000) / span;
    return el("span", { class: share < edge ? "first" : share > 1 - edge ? "last" : "", css: { left: `${100 * share}%` } }, texts[i]);
  }));
}
