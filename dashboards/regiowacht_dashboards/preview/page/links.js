/** Makes links between dashboards, with the time and the choices they keep. */

import { interpolate } from "./interpolate.js";
import { nameOf } from "./fields.js";

/** @typedef {import("./types.js").Field} Field */
/** @typedef {import("./board.js").Board} Board */

/** @param {Board} board */
const timeQuery = (board) => `from=${encodeURIComponent(board.range.from)}&to=${encodeURIComponent(board.range.to)}`;

/** @param {Board} board */
const variablesQuery = (board) => interpolate([...board.variables.keys()].map((name) => `\${${name}:queryparam}`).join("&"), board.variables, "raw");

/** Only addresses on the web or on this page's own server; anything else (a script) becomes nothing. @param {string} url */
export function safe(url) {
  try {
    return ["http:", "https:"].includes(new URL(url, location.href).protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} url @param {string} query */
const add = (url, query) => (query ? `${url}${url.includes("?") ? "&" : "?"}${query}` : url);

/** A link of a value: `${__field.labels.x}`, `${__data.fields["X"]}`, `${__value.raw}` and variables filled in, percent-encoded.
 * @param {import("./types.js").Link} link @param {Board} board @param {Field} field @param {number} row @param {Field[]} fields of the same frame */
export function dataLink(link, board, field, row, fields) {
  const value = (/** @type {Field | undefined} */ one) => encodeURIComponent(String(one?.values[row] ?? ""));
  const named = (/** @type {string} */ name) => fields.find((one) => nameOf(one) === name) ?? fields.find((one) => one.name === name);
  const own = link.url
    .replace(/\$\{__field\.labels(?:\.(\w+)|\["?([^"\]]+)"?\])\}/g, (_all, dotted, quoted) => encodeURIComponent(field.labels[dotted ?? quoted] ?? ""))
    .replace(/\$\{__data\.fields(?:\.(\w+)|\["?([^"\]]+)"?\])\}/g, (_all, dotted, quoted) => value(named(dotted ?? quoted)))
    .replace(/\$\{__value\.(?:raw|text|numeric)\}/g, () => value(field))
    .replace(/\$\{__(?:series|field)\.name\}/g, () => encodeURIComponent(nameOf(field)));
  const extra = { __url_time_range: timeQuery(board), __all_variables: variablesQuery(board), __from: board.range.from, __to: board.range.to };
  return safe(interpolate(own, board.variables, "percentencode", extra));
}

/** The links on top of a dashboard: each a title and its targets (more than one where it is a menu). @param {Board} board @param {{uid: string, title: string, tags: string[]}[]} all */
export function boardLinks(board, all) {
  return (board.dashboard.links ?? []).map((/** @type {any} */ link) => {
    const query = [link.keepTime ? timeQuery(board) : "", link.includeVars ? variablesQuery(board) : ""].filter(Boolean).join("&");
    const tagged = all.filter(({ tags }) => (link.tags ?? []).every((/** @type {string} */ tag) => tags.includes(tag)));
    const targets = link.type === "dashboards"
      ? tagged.map(({ uid, title }) => ({ title, url: add(`/d/${encodeURIComponent(uid)}`, query) }))
      : [{ title: link.title, url: safe(add(interpolate(link.url ?? "", board.variables, "percentencode"), query)) }];
    return { title: link.title, tooltip: link.tooltip, isMenu: link.type === "dashboards" && link.asDropdown, newTab: link.targetBlank, targets };
  });
}
