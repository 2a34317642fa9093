/** Draws `table`: columns by field, cells by unit, mapping, threshold and link; a click on a heading sorts. */

import { inkOn, legible } from "../colors.js";
import { el } from "../dom.js";
import { display, nameOf, reduce } from "../fields.js";
import { say } from "../texts.js";
import { sortBy } from "../transform.js";
import { anchor, place } from "../values.js";

const ROWS_MAX = 1000;

/** @typedef {import("../types.js").Field} Field */

/** @param {Field} field */
function alignment(field) {
  const wanted = field.config?.custom?.align ?? "auto";
  if (wanted !== "auto") return wanted;
  const isWorded = field.config?.mappings?.some((/** @type {any} */ one) => one.type !== "special"); // a dash for nothing makes no words of numbers
  return field.type === "number" && !isWorded ? "right" : "left";
}

/** @param {Field} field @param {number} row @param {Field[]} fields @param {import("../board.js").Board} board */
function cell(field, row, fields, board) {
  const { type = "auto", mode = "basic" } = field.config?.custom?.cellOptions ?? {};
  const shown = display(field, field.values[row], place(board));
  const hasValue = shown.full !== "";
  const text = el("span", { class: "cell" }, shown.full);
  const node = el("td", { class: `${alignment(field)} ${type === "gauge" ? "" : type}` });
  if (type === "color-text" && hasValue) {
    text.style.color = legible(shown.color);
    if (shown.mapped) text.prepend(el("span", { class: "dot", css: { background: shown.color } }));
  } else if (type === "color-background" && hasValue) {
    node.style.background = shown.color;
    node.style.color = inkOn(shown.color);
  } else if (type === "gauge" && Number.isFinite(shown.numeric)) {
    const numbers = field.values.filter(Number.isFinite);
    const [low, high] = [field.config?.min ?? Math.min(0, ...numbers), field.config?.max ?? Math.max(...numbers)];
    const share = Math.max(0, Math.min(1, (shown.numeric - low) / (high - low || 1)));
    const bar = el("span", { class: `bar ${mode}` }, el("span", { class: "bar-fill", css: { width: `${share * 100}%`, background: shown.color } }));
    node.append(el("div", { class: "meter" }, bar, anchor(text, field, row, board, fields))); // a cell that is flexible itself is no cell any more
    return node;
  }
  node.append(hasValue ? anchor(text, field, row, board, fields) : text);
  return node;
}

/** @param {import("../types.js").Drawing} drawing */
export function table(drawing) {
  const { panel, body, frames, board, memory } = drawing;
  memory.sort ??= (panel.options?.sortBy ?? []).map((/** @type {any} */ one) => ({ field: one.displayName, desc: one.desc }));
  const [frame] = sortBy(frames.slice(0, 1), { sort: memory.sort });
  const fields = frame.fields.filter((field) => !field.config?.custom?.hidden);
  const isWide = innerWidth > 900; // a telephone gives each column what its words need
  const count = fields[0]?.values.length ?? 0;
  const head = el("tr", {}, ...fields.map((field) => {
    const name = nameOf(field);
    const own = memory.sort[0]?.field === name ? (memory.sort[0].desc ? "descending" : "ascending") : undefined;
    const again = () => {
      memory.sort = [{ field: name, desc: own === "ascending" }];
      body.replaceChildren();
      table(drawing);
    };
    const width = field.config?.custom?.width;
    return el("th", { scope: "col", class: alignment(field), "aria-sort": own, css: width && isWide ? { width: `${width}px` } : {} }, el("button", { type: "button", title: say("sort", { name }), on: { click: again } }, name));
  }));
  const rows = Array.from({ length: Math.min(count, ROWS_MAX) }, (_, row) => el("tr", {}, ...fields.map((field) => cell(field, row, frame.fields, board))));
  const foot = panel.options?.footer?.show
    ? el("tfoot", {}, el("tr", {}, ...fields.map((field) => el("td", { class: alignment(field) }, field.type === "number" ? display(field, reduce(field.values, panel.options.footer.reducer?.[0] ?? "sum"), place(board)).full : ""))))
    : null;
  const least = fields.reduce((sum, field) => sum + (field.config?.custom?.width ?? 56), 0);
  const header = panel.options?.showHeader === false ? null : el("thead", {}, head);
  body.append(el("div", { class: "scroll", tabindex: "0" }, el("table", { css: isWide ? { "min-width": `${least}px` } : {} }, header, el("tbody", {}, ...rows), foot)));
  if (count > ROWS_MAX) body.append(el("p", { class: "note" }, say("rows-cut", { shown: ROWS_MAX, count })));
}
