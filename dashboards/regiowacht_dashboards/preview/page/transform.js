/** Grafana's transformations, as far as our dashboards use them. */

import { nameOf } from "./fields.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Field} Field */

/** @param {Field} field @param {number[]} order @returns {Field} */
const pick = (field, order) => ({ ...field, values: order.map((row) => (row < 0 ? null : field.values[row])) });

/** Rows of several tables under each other; rows that agree in all shared columns become one. @param {Frame[]} frames @returns {Frame[]} */
function merge(frames) {
  if (frames.length < 2) return frames;
  const fields = /** @type {Map<string, Field>} */ (new Map());
  for (const field of frames.flatMap((frame) => frame.fields)) if (!fields.has(nameOf(field))) fields.set(nameOf(field), { ...field, values: [] });
  const shared = [...fields.keys()].filter((name) => frames.every((frame) => frame.fields.some((f) => nameOf(f) === name)));
  const rows = /** @type {Map<string, Record<string, any>[]>} */ (new Map());
  for (const frame of frames) {
    for (let at = 0; at < (frame.fields[0]?.values.length ?? 0); at++) {
      const row = Object.fromEntries(frame.fields.map((field) => [nameOf(field), field.values[at]]));
      const key = JSON.stringify(shared.map((name) => row[name]));
      const same = rows.get(key) ?? [];
      const open = same.find((other) => Object.keys(row).every((name) => shared.includes(name) || other[name] === undefined || other[name] === row[name]));
      if (open) Object.assign(open, row);
      else rows.set(key, [...same, row]);
    }
  }
  for (const row of [...rows.values()].flat()) for (const [name, field] of fields) field.values.push(row[name] ?? null);
  return [{ refId: "merge", fields: [...fields.values()] }];
}

/** @param {Frame[]} frames @param {any} options @returns {Frame[]} */
function organize(frames, options) {
  const { excludeByName = {}, includeByName = {}, indexByName = {}, renameByName = {} } = options;
  const only = Object.keys(includeByName).filter((name) => includeByName[name]);
  return frames.map((frame) => {
    const kept = frame.fields.filter((f) => !excludeByName[nameOf(f)] && (!only.length || only.includes(nameOf(f))));
    const sorted = kept.map((field, at) => ({ field, at: indexByName[nameOf(field)] ?? 1000 + at })).sort((a, b) => a.at - b.at);
    return { ...frame, fields: sorted.map(({ field }) => (renameByName[nameOf(field)] ? { ...field, display: renameByName[nameOf(field)] } : field)) };
  });
}

/** @param {Frame[]} frames @param {any} options @returns {Frame[]} */
function joinByField(frames, options) {
  const by = options.byField ?? "Time";
  const keyed = frames.map((frame) => ({ frame, key: frame.fields.find((f) => nameOf(f) === by) })).filter(({ key }) => key);
  if (keyed.length < 2) return frames;
  const inAll = (/** @type {any} */ value) => options.mode !== "inner" || keyed.every(({ key }) => key?.values.includes(value));
  const values = [...new Set(keyed.flatMap(({ key }) => key?.values ?? []))].filter(inAll);
  if (by === "Time") values.sort((a, b) => a - b);
  const others = keyed.flatMap(({ frame, key }) => {
    const order = values.map((value) => key?.values.indexOf(value) ?? -1);
    return frame.fields.filter((f) => f !== key).map((f) => pick(f, order));
  });
  const first = /** @type {Field} */ (keyed[0].key);
  return [{ refId: "joinByField", fields: [{ ...first, values }, ...others] }];
}

/** @param {Frame[]} frames @param {any} options @returns {Frame[]} */
function filterFieldsByName(frames, options) {
  const test = ({ names, pattern } = /** @type {any} */ ({}), /** @type {string} */ name) => Boolean(names?.includes(name) || (pattern && new RegExp(pattern.replace(/^\/(.*)\/\w*$/, "$1")).test(name)));
  const isKept = (/** @type {string} */ name) => (!options.include || test(options.include, name)) && !(options.exclude && test(options.exclude, name));
  return frames.map((frame) => ({ ...frame, fields: frame.fields.filter((f) => isKept(nameOf(f))) }));
}

/** @param {any} a @param {any} b */
export function compare(a, b) {
  const isMissing = (/** @type {any} */ v) => v === null || v === undefined || Number.isNaN(v);
  if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** @param {Frame[]} frames @param {{sort?: {field: string, desc?: boolean}[]}} options @returns {Frame[]} */
export function sortBy(frames, { sort = [] }) {
  return frames.map((frame) => {
    const keys = sort.map(({ field, desc }) => ({ field: frame.fields.find((f) => nameOf(f) === field), desc })).filter(({ field }) => field);
    const order = [...(frame.fields[0]?.values.keys() ?? [])];
    order.sort((a, b) => {
      for (const { field, desc } of keys) {
        const difference = compare(field?.values[a], field?.values[b]);
        if (difference) return desc ? -difference : difference;
      }
      return a - b;
    });
    return { ...frame, fields: frame.fields.map((f) => pick(f, order)) };
  });
}

/** @type {Record<string, (frames: Frame[], options: any) => Frame[]>} */
const KNOWN = {
  merge, organize, joinByField, seriesToColumns: joinByField, filterFieldsByName, sortBy,
  limit: (frames, { limitField = 10 }) => frames.map((f) => ({ ...f, fields: f.fields.map((one) => ({ ...one, values: one.values.slice(0, limitField) })) })),
};

/** @param {any} panel @param {Frame[]} frames @returns {{frames: Frame[], unknown: string[]}} */
export function transform(panel, frames) {
  const steps = (panel.transformations ?? []).filter((/** @type {any} */ step) => !step.disabled);
  const unknown = steps.filter((/** @type {any} */ step) => !KNOWN[step.id]).map((/** @type {any} */ step) => step.id);
  const result = steps.reduce((/** @type {Frame[]} */ all, /** @type {any} */ step) => (KNOWN[step.id] ? KNOWN[step.id](all, step.options ?? {}) : all), frames);
  return { frames: result, unknown };
}
