/** What panel types share about showing values: links, and where and in which language they are read. */

import { el } from "./dom.js";
import { dataLink } from "./links.js";
import { boot } from "./texts.js";
import { zoneOf } from "./time.js";

/** @param {import("./board.js").Board} board @returns {import("./units.js").Place} */
export const place = (board) => ({ lang: boot.lang, timeZone: zoneOf(board.dashboard.timezone), now: board.now });

/** The node inside the field's first data link, or as it is where there is none.
 * @param {HTMLElement} node @param {import("./types.js").Field} field @param {number} row @param {import("./board.js").Board} board @param {import("./types.js").Field[]} fields @param {string} [look] */
export function anchor(node, field, row, board, fields, look = "") {
  const link = field.config?.links?.[0];
  const url = link ? dataLink(link, board, field, row, fields) : undefined;
  if (!link || !url) return node;
  const blank = link.targetBlank ? { target: "_blank", rel: "noreferrer" } : {};
  return el("a", { href: url, title: link.title, class: look, ...blank }, node);
}
