/** Draws `bargauge`: one bar a series, with its name and its value as text. */

import { legible, mix, surface } from "../colors.js";
import { el } from "../dom.js";
import { display, nameOf, reduced } from "../fields.js";
import { anchor, place } from "../values.js";

/** @param {import("../types.js").Drawing} drawing */
export function bargauge({ panel, body, frames, board }) {
  const { displayMode = "gradient", orientation = "auto", valueMode = "color", showUnfilled = true } = panel.options ?? {};
  const values = reduced(panel, frames);
  const numbers = values.map(({ value }) => Number(value)).filter(Number.isFinite);
  const isVertical = orientation === "vertical";
  const list = el("ul", { class: `bars ${isVertical ? "vertical" : ""} ${displayMode}` });
  for (const { field, value, row } of values) {
    const config = field.config ?? {};
    const [low, high] = [config.min ?? Math.min(0, ...numbers), config.max ?? Math.max(...numbers)];
    const shown = display(field, value, place(board));
    const share = Math.max(0, Math.min(1, (shown.numeric - low) / (high - low || 1))) || 0;
    const fill = el("div", { class: "bar-fill", css: { [isVertical ? "height" : "width"]: `${(share * 100).toFixed(2)}%`, background: shown.color, "--soft": mix(shown.color.slice(0, 7), surface(), 0.55) } });
    const text = valueMode === "hidden" ? null : el("span", { class: "bar-value", css: valueMode === "color" ? { color: legible(shown.color) } : {} }, shown.full);
    list.append(el("li", {}, anchor(el("span", { class: "bar-name", title: nameOf(field) }, nameOf(field)), field, row, board, [field]), el("div", { class: `bar ${showUnfilled ? "" : "bare"}` }, fill), text));
  }
  body.append(list);
}
