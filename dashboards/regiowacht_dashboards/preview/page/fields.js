/** Says what a field is called, how it is configured, and how one of its values shows. */

import { colorOf, resolve } from "./colors.js";
import { format } from "./units.js";

/** @typedef {import("./types.js").Field} Field */
/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Config} Config */
/** @typedef {import("./types.js").Display} Display */

/** @param {Field} field */
export function nameOf(field) {
  const given = field.config?.displayName;
  if (given) return given.replace(/\$\{__field\.labels\.(\w+)\}/g, (_all, label) => field.labels[label] ?? "");
  return field.display ?? field.name;
}

/** @param {any} matcher @param {Field} field */
function matches(matcher, field) {
  const wanted = matcher.options;
  const name = field.display ?? field.name;
  switch (matcher.id) {
    case "byName": return name === wanted || field.name === wanted;
    case "byRegexp": return new RegExp(String(wanted).replace(/^\/(.*)\/\w*$/, "$1")).test(name);
    case "byFrameRefID": return field.refId === wanted;
    case "byType": return field.type === wanted;
    case "byNames": return (wanted.names ?? []).includes(name) !== (wanted.mode === "exclude");
    default: return false;
  }
}

/** @param {any} target @param {string} path @param {any} value */
function put(target, path, value) {
  const keys = path.split(".");
  const last = /** @type {string} */ (keys.pop());
  let at = target;
  for (const key of keys) at = at[key] ??= {};
  at[last] = value;
}

/** Gives every field its configuration: the panel's defaults, then each override that matches. @param {any} panel @param {Frame[]} frames */
export function configure(panel, frames) {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  let index = 0;
  for (const frame of frames) {
    for (const field of frame.fields) {
      field.config = structuredClone(defaults);
      field.index = field.type === "number" ? index++ : 0;
      for (const override of overrides) {
        if (!matches(override.matcher, field)) continue;
        for (const { id, value } of override.properties ?? []) put(field.config, id, value);
      }
    }
  }
  return frames;
}

/** @param {Config} config @param {any} value @returns {{text?: string, color?: string} | undefined} */
function mapping(config, value) {
  for (const { type, options } of config.mappings ?? []) {
    if (type === "value" && value !== null && value !== undefined && Object.hasOwn(options, String(value))) return options[String(value)];
    if (type === "range" && typeof value === "number" && value >= (options.from ?? -Infinity) && value <= (options.to ?? Infinity)) return options.result;
    if (type === "regex" && new RegExp(options.pattern.replace(/^\/(.*)\/\w*$/, "$1")).test(String(value ?? ""))) return options.result;
    if (type === "special") {
      const is = { null: value === null || value === undefined, nan: Number.isNaN(value), empty: value === "", true: value === true, false: value === false };
      const wanted = options.match === "null+nan" ? is.null || is.nan : /** @type {any} */ (is)[options.match];
      if (wanted) return options.result;
    }
  }
  return undefined;
}

/** How one value of a field shows. @param {Field} field @param {any} value @param {import("./units.js").Place} place @returns {Display} */
export function display(field, value, place) {
  const config = field.config ?? {};
  const mapped = mapping(config, value);
  const numeric = typeof value === "number" ? value : value === null || value === undefined || value === "" ? Number.NaN : Number(value);
  const isAmount = !Number.isNaN(numeric) && field.type !== "string";
  const unit = field.type === "time" && !config.unit?.startsWith("dateTime") ? "dateTimeAsLocal" : config.unit;
  let shown = { prefix: "", text: "", suffix: "" };
  if (mapped?.text !== undefined && mapped.text !== null) shown.text = mapped.text;
  else if (isAmount) shown = format(unit, numeric, config.decimals, place);
  else shown.text = value === null || value === undefined || value === "" ? config.noValue ?? "" : String(value);
  const color = mapped?.color ? resolve(mapped.color) : colorOf(config, isAmount ? numeric : -Infinity, field.index ?? 0);
  return { ...shown, full: shown.prefix + shown.text + shown.suffix, color, numeric, mapped: mapped !== undefined };
}

/** Reduces values to one, by Grafana's name of the calculation. @type {Record<string, (values: (number | null)[]) => number | null>} */
const CALCS = {
  last: (values) => values.at(-1) ?? null,
  first: (values) => values[0] ?? null,
  lastNotNull: (values) => values.findLast((v) => v !== null && !Number.isNaN(v)) ?? null,
  firstNotNull: (values) => values.find((v) => v !== null && !Number.isNaN(v)) ?? null,
  min: (values) => present(values).reduce((a, b) => Math.min(a, b), Infinity),
  max: (values) => present(values).reduce((a, b) => Math.max(a, b), -Infinity),
  sum: (values) => present(values).reduce((a, b) => a + b, 0),
  mean: (values) => present(values).reduce((a, b) => a + b, 0) / present(values).length,
  count: (values) => present(values).length,
  range: (values) => Number(CALCS.max(values)) - Number(CALCS.min(values)),
  diff: (values) => (CALCS.lastNotNull(values) ?? 0) - (CALCS.firstNotNull(values) ?? 0),
};

/** @param {(number | null)[]} values @returns {number[]} */
const present = (values) => /** @type {number[]} */ (values.filter((v) => v !== null && !Number.isNaN(v)));

/** @param {any[]} values @param {string} calc @returns {any} null where there is nothing to reduce */
export function reduce(values, calc) {
  if (values.length && values.every((v) => typeof v === "string")) return values.at(-1);
  return present(values).length || calc === "last" ? (CALCS[calc] ?? CALCS.lastNotNull)(values) : calc === "count" ? 0 : null;
}

/** The values a stat, gauge or bar gauge shows: one a field, or one a row. @param {any} panel @param {Frame[]} frames @returns {{field: Field, value: any, row: number}[]} */
export function reduced(panel, frames) {
  const { calcs = ["lastNotNull"], values: everyRow = false, fields: wanted = "" } = panel.options?.reduceOptions ?? {};
  const pattern = wanted ? new RegExp(String(wanted).replace(/^\/(.*)\/\w*$/, "$1")) : null;
  const chosen = frames.flatMap((frame) => frame.fields.filter((f) => (pattern ? pattern.test(nameOf(f)) : f.type === "number")));
  if (everyRow) return chosen.flatMap((field) => field.values.map((value, row) => ({ field, value, row })));
  return chosen.map((field) => ({ field, value: reduce(field.values, calcs[0]), row: Math.max(0, field.values.length - 1) }));
}
