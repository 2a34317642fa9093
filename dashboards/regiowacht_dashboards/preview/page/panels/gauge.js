/** Draws `gauge`: a value on an arc between its ends, with the thresholds as a thin ring around it. */

import { legible, resolve } from "../colors.js";
import { el, svg } from "../dom.js";
import { display, nameOf, reduced } from "../fields.js";
import { anchor, place } from "../values.js";

const SWEEP = 220;

/** @param {number} share 0 to 1 @param {number} radius */
function point(share, radius) {
  const angle = ((-90 - SWEEP / 2 + share * SWEEP) * Math.PI) / 180;
  return `${(60 + radius * Math.cos(angle)).toFixed(2)} ${(60 + radius * Math.sin(angle)).toFixed(2)}`;
}

/** @param {number} from @param {number} to shares @param {number} radius @param {string} look @param {string} [color] */
const arc = (from, to, radius, look, color) => svg("path", {
  d: `M${point(from, radius)}A${radius} ${radius} 0 ${(to - from) * SWEEP > 180 ? 1 : 0} 1 ${point(to, radius)}`, class: look, css: color ? { stroke: color } : {},
});

/** @param {import("../types.js").Drawing} drawing */
export function gauge({ panel, body, frames, board }) {
  const values = reduced(panel, frames);
  const grid = el("div", { class: "tiles gauges", css: { "--count": values.length } });
  for (const { field, value, row } of values) {
    const config = field.config ?? {};
    const [low, high] = [config.min ?? 0, config.max ?? (config.unit === "percentunit" ? 1 : 100)];
    const shown = display(field, value, place(board));
    const share = Math.max(0, Math.min(1, (shown.numeric - low) / (high - low))) || 0;
    const drawn = svg("svg", { viewBox: "0 0 120 90", "aria-hidden": "true" }, arc(0, 1, 44, "gauge-track"));
    if (share > 0.004) drawn.append(arc(0, share, 44, "gauge-value", shown.color));
    const steps = config.thresholds?.steps ?? [];
    const ring = panel.options?.showThresholdMarkers !== false ? steps : [];
    ring.forEach((step, i) => {
      const at = (/** @type {number | null | undefined} */ v, /** @type {number} */ other) => (v === null || v === undefined ? other : Math.max(0, Math.min(1, (v - low) / (high - low))));
      const [from, to] = [at(step.value, 0), at(steps[i + 1]?.value, 1)];
      if (to > from) drawn.append(arc(from, to, 54, "gauge-ring", resolve(step.color)));
    });
    const text = el("div", { class: "gauge-text", css: { "--chars": Math.max(4, shown.full.length), color: legible(shown.color) } }, shown.prefix + shown.text, el("span", { class: "unit" }, shown.suffix));
    const name = values.length > 1 ? el("div", { class: "tile-name" }, nameOf(field)) : null;
    grid.append(anchor(el("div", { class: "gauge" }, el("div", { class: "gauge-dial" }, drawn, text), name), field, row, board, [field], "tile-link"));
  }
  body.append(grid);
}
