/** Keeps the variables of a dashboard: loads their values one after the other, each with those before it filled in. */

import { ALL, interpolate } from "./interpolate.js";
import { ask } from "./prometheus.js";
import { isSource, sourceOf } from "./sources.js";
import { boot } from "./texts.js";

/** @typedef {import("./types.js").Variable} Variable */
/** @typedef {{from: number, to: number}} Bounds */

/** @param {any} dashboard @param {URLSearchParams} url @returns {Map<string, Variable>} */
export function read(dashboard, url) {
  const list = (dashboard.templating?.list ?? []).map((/** @type {any} */ raw) => {
    const current = raw.current?.value ?? (raw.type === "textbox" || raw.type === "constant" ? raw.query : []);
    const given = url.getAll(`var-${raw.name}`);
    const value = given.length ? given : [current].flat().filter((/** @type {any} */ one) => one !== "" && one !== undefined);
    return [raw.name, { ...raw, value: value.map((/** @type {string} */ one) => (one === "All" ? ALL : one)), options: fixed(raw), error: "" }];
  });
  return new Map(list);
}

/** Values that need no question. @param {any} raw @returns {{text: string, value: string}[]} */
function fixed(raw) {
  if (isSource(raw)) return boot.sources.map(({ uid, title }) => ({ text: title, value: uid }));
  if (raw.type === "custom" || raw.type === "interval") {
    return String(raw.query).split(",").map((one) => one.trim().split(" : ")).map(([text, value = text]) => ({ text, value }));
  }
  return [raw.query ?? ""].flat().filter((one) => typeof one === "string" && one).map((one) => ({ text: one, value: one }));
}

/** Loads every query variable in order; one that fails says so and keeps what it had. @param {Map<string, Variable>} variables @param {Bounds} bounds */
export async function loadAll(variables, bounds) {
  for (const variable of variables.values()) {
    if (variable.type === "query") {
      try {
        variable.options = await values(variable, variables, bounds);
        variable.error = "";
      } catch (error) {
        variable.error = /** @type {Error} */ (error).message;
        continue;
      }
    }
    settle(variable, sourceOf(variables).choices);
  }
}

/** Keeps the choice where it is still there; else takes all, what the source proposes, or the first. @param {Variable} variable @param {Record<string, string>} choices */
function settle(variable, choices) {
  if (variable.type === "textbox" || variable.type === "constant") return;
  const known = variable.value.filter((one) => (one === ALL && variable.includeAll) || variable.options.some(({ value }) => value === one));
  const kept = variable.multi ? known : known.slice(0, 1);
  const otherwise = variable.includeAll ? [ALL] : [variable.options.find(({ value }) => value === choices[variable.name]) ?? variable.options[0]].flatMap((one) => one?.value ?? []);
  variable.value = kept.length ? kept : otherwise;
}

/** @param {Variable} variable @param {Map<string, Variable>} variables @param {Bounds} bounds */
async function values(variable, variables, bounds) {
  const text = interpolate(typeof variable.query === "string" ? variable.query : variable.query?.query ?? "", variables, "prometheus");
  const span = { start: String(bounds.from / 1000), end: String(bounds.to / 1000) };
  const source = sourceOf(variables);
  const inner = /^\s*\w+\((.*)\)\s*$/s.exec(text)?.[1] ?? "";
  /** @type {string[]} */
  let found = [];
  if (text.startsWith("label_values(")) {
    const comma = inner.lastIndexOf(",");
    const [selector, label] = comma < 0 ? ["", inner] : [inner.slice(0, comma), inner.slice(comma + 1)];
    found = (await ask(source, `label/${label.trim()}/values`, { ...span, ...(selector ? { "match[]": selector.trim() } : {}) })).data;
  } else if (text.startsWith("label_names(")) found = (await ask(source, "labels", span)).data;
  else if (text.startsWith("metrics(")) found = (await ask(source, "label/__name__/values", span)).data.filter((/** @type {string} */ one) => new RegExp(inner).test(one));
  else if (text.startsWith("query_result(")) {
    const { data } = await ask(source, "query", { query: inner, time: span.end });
    found = data.result.map((/** @type {any} */ { metric: { __name__: name = "", ...labels }, value }) => `${name}{${Object.entries(labels).map(([k, v]) => `${k}="${v}"`).join(",")}} ${value[1]}`);
  } else throw new Error(text);
  return sorted(filtered(found, variable.regex), variable.sort ?? 0);
}

/** @param {string[]} found @param {string | undefined} regex e.g. `/(?<text>.*)-(?<value>.*)/` */
function filtered(found, regex) {
  const pattern = regex ? new RegExp(regex.replace(/^\/(.*)\/\w*$/s, "$1")) : /[^]+/;
  const options = found.flatMap((one) => {
    const match = pattern.exec(one);
    const value = match?.groups?.value ?? match?.[1] ?? one;
    return match ? [{ text: match.groups?.text ?? value, value }] : [];
  });
  return [...new Map(options.map((option) => [option.value, option])).values()];
}

/** @param {{text: string, value: string}[]} options @param {number} order Grafana's number: odd ascending, even descending, from 3 by number */
function sorted(options, order) {
  if (!order) return options;
  const up = [...options].sort((a, b) => a.text.localeCompare(b.text, undefined, { numeric: order >= 3, sensitivity: order >= 5 ? "base" : "variant" }));
  return order % 2 ? up : up.reverse();
}

/** @param {Variable} variable @returns {string} what the choice reads as */
export function textOf(variable, /** @type {string} */ all) {
  return variable.value.map((one) => (one === ALL ? all : variable.options.find(({ value }) => value === one)?.text ?? one)).join(" + ");
}
