/** Draws `stat`: one value a tile, coloured by its threshold, with the line behind it where it is asked for. */

import { inkOn, legible, resolve } from "../colors.js";
import { el, svg } from "../dom.js";
import { display, nameOf, reduced } from "../fields.js";
import { anchor, place } from "../values.js";

/** @param {import("../types.js").Drawing} drawing */
export function stat({ panel, body, frames, board }) {
  const { colorMode = "value", graphMode = "none", textMode = "auto", justifyMode = "auto", text: sizes = {} } = panel.options ?? {};
  const values = reduced(panel, frames);
  const grid = el("div", { class: "tiles", css: { "--count": values.length } });
  for (const { field, value, row } of values) {
    const shown = display(field, value, place(board));
    const isFilled = colorMode.startsWith("background") && shown.color.length < 9;
    const wantsName = textMode.includes("name") || (textMode === "auto" && values.length > 1);
    const wantsValue = textMode !== "name" && textMode !== "none";
    const ink = isFilled ? inkOn(shown.color) : colorMode === "value" ? legible(shown.color, 3) : resolve("text");
    const length = Math.max(3, wantsValue ? shown.prefix.length + shown.text.length + 0.62 * shown.suffix.length : nameOf(field).length);
    const tile = el("div", { class: `tile ${isFilled ? "filled" : ""} ${justifyMode}`, css: { "--chars": length, ...sized(sizes), color: ink, ...(isFilled ? { background: shown.color } : {}) } });
    if (graphMode === "area") tile.append(sparkline(field.values, isFilled ? ink : shown.color));
    if (wantsName) tile.append(el("div", { class: wantsValue ? "tile-name" : "tile-value" }, nameOf(field)));
    if (wantsValue) tile.append(el("div", { class: "tile-value" }, shown.prefix + shown.text, el("span", { class: "unit" }, shown.suffix)));
    grid.append(anchor(tile, field, row, board, [field], "tile-link"));
  }
  body.append(grid);
}

/** @param {{ titleSize?: number, valueSize?: number }} sizes of name and value, in pixels */
const sized = ({ titleSize, valueSize }) => ({ ...(titleSize ? { "--name": `${titleSize}px` } : {}), ...(valueSize ? { "--most": `${valueSize}px` } : {}) });

/** @param {(number | null)[]} values @param {string} color */
function sparkline(values, color) {
  const points = values.map((value, at) => ({ at, value })).filter(({ value }) => Number.isFinite(value));
  const numbers = points.map(({ value }) => Number(value));
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const path = points.map(({ at, value }, i) => `${i ? "L" : "M"}${((at / Math.max(1, values.length - 1)) * 100).toFixed(2)} ${(38 - ((Number(value) - low) / (high - low || 1)) * 34).toFixed(2)}`).join("");
  const drawn = svg("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", class: "spark", "aria-hidden": "true", css: { color } });
  if (points.length > 1) drawn.append(svg("path", { d: `${path}L100 40L0 40Z`, class: "area" }), svg("path", { d: path, class: "line" }));
  return drawn;
}
