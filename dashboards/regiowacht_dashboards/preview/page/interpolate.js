/** Fills variables and Grafana's macros into expressions and links. */

import { spanText } from "./time.js";

/** @typedef {import("./types.js").Variable} Variable */

export const ALL = "$__all";

/** @param {string} value */
const escapeRegex = (value) => value.replace(/\\/g, "\\\\\\\\").replace(/[$^*{}[\]'+?.()|]/g, "\\\\$&").replace(/"/g, '\\"');
/** @param {string} value */
const escapeString = (value) => value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");

/** @param {Variable} variable @returns {string[]} the chosen values, each of them where all are chosen */
export function chosen(variable) {
  return variable.value.includes(ALL) ? variable.options.map((option) => option.value) : variable.value;
}

/** By Grafana's name of the format. @type {Record<string, (variable: Variable) => string>} */
const FORMATS = {
  raw: (variable) => chosen(variable).join(","),
  csv: (variable) => chosen(variable).join(","),
  pipe: (variable) => chosen(variable).join("|"),
  text: (variable) => chosen(variable).join(" + "),
  percentencode: (variable) => encodeURIComponent(chosen(variable).join(",")),
  queryparam: (variable) => variable.value.map((value) => `var-${variable.name}=${encodeURIComponent(value)}`).join("&"),
  regex: promql,
  prometheus: promql,
};

/** As Grafana's Prometheus source writes a variable: as it is, or as a regular expression where several may be chosen. @param {Variable} variable */
function promql(variable) {
  if (variable.value.includes(ALL) && variable.allValue) return variable.allValue;
  if (!variable.multi && !variable.includeAll) return escapeString(variable.value[0] ?? "");
  const values = chosen(variable).map(escapeRegex);
  return values.length === 1 ? values[0] : `(${values.join("|")})`;
}

/** @param {string} text @param {Map<string, Variable>} variables @param {string} format for names that do not say one @param {Record<string, string>} extra known beside the variables */
export function interpolate(text, variables, format, extra = {}) {
  return text.replace(/\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)\]\]/g, (all, plain, braced, wanted, old) => {
    const name = plain ?? braced ?? old;
    if (Object.hasOwn(extra, name)) return extra[name];
    const variable = variables.get(name);
    if (!variable) return all;
    const own = FORMATS[wanted ?? format] ?? FORMATS.raw;
    return own(variable);
  });
}

/** What `$__…` stands for. @param {{from: number, to: number}} range @param {number} stepMs @param {number} scrapeMs @returns {Record<string, string>} */
export function macros(range, stepMs, scrapeMs) {
  const span = Math.max(1000, Math.round((range.to - range.from) / 1000) * 1000);
  return {
    __interval: spanText(stepMs), __interval_ms: String(stepMs),
    __rate_interval: spanText(Math.max(stepMs + scrapeMs, 4 * scrapeMs)), __rate_interval_ms: String(Math.max(stepMs + scrapeMs, 4 * scrapeMs)),
    __range: `${span / 1000}s`, __range_s: String(span / 1000), __range_ms: String(span),
    __from: String(range.from), __to: String(range.to),
  };
}
