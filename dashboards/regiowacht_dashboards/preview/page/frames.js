/** Turns Prometheus' answers into frames: columns of the same length, as Grafana's panels read them. */

import { ask } from "./prometheus.js";
import { interpolate, macros } from "./interpolate.js";
import { interval, spanMs } from "./time.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Field} Field */

const SERIES_MAX = 500;

/** @param {string} text */
const number = (text) => (text === "NaN" ? Number.NaN : text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text));

/** @param {any} target @param {Record<string, string>} labels */
function legend(target, labels) {
  const wanted = target.legendFormat;
  if (wanted && wanted !== "__auto") return wanted.replace(/\{\{\s*(\w+)\s*\}\}/g, (/** @type {string} */ _all, /** @type {string} */ name) => labels[name] ?? "");
  const { __name__: metric = "", ...rest } = labels;
  const pairs = Object.entries(rest).map(([name, value]) => `${name}="${value}"`);
  return pairs.length ? `${metric}{${pairs.join(", ")}}` : metric || "Value";
}

/** One frame a series; holes in the answer stay holes. @param {any} target @param {any[]} result @param {{from: number, to: number, step: number}} grid @returns {Frame[]} */
function rangeFrames(target, result, grid) {
  const count = Math.floor((grid.to - grid.from) / grid.step) + 1;
  const times = Array.from({ length: count }, (_, i) => grid.from + i * grid.step);
  return result.map(({ metric, values }) => {
    const own = new Array(count).fill(null);
    for (const [time, text] of values) own[Math.round((time * 1000 - grid.from) / grid.step)] = number(text);
    return seriesFrame(target, metric, times, own);
  });
}

/** @param {any} target @param {Record<string, string>} labels @param {number[]} times @param {any[]} values @returns {Frame} */
function seriesFrame(target, labels, times, values) {
  const shared = { labels, refId: target.refId };
  return {
    refId: target.refId,
    fields: [
      { name: "Time", type: "time", values: times, labels: {}, refId: target.refId },
      { name: "Value", type: "number", values, ...shared, display: legend(target, labels) },
    ],
  };
}

/** One frame a query: a column a label. @param {any} target @param {any[]} result @param {boolean} isAlone @returns {Frame} */
function tableFrame(target, result, isAlone) {
  const samples = result.flatMap(({ metric, value, values }) => (values ?? [value]).map((/** @type {[number, string]} */ one) => ({ metric, time: one[0] * 1000, value: number(one[1]) })));
  const names = [...new Set(samples.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const own = { labels: {}, refId: target.refId };
  return {
    refId: target.refId,
    fields: [
      { name: "Time", type: "time", values: samples.map((s) => s.time), ...own },
      ...names.map((name) => /** @type {Field} */ ({ name, type: "string", values: samples.map((s) => s.metric[name] ?? ""), ...own })),
      { name: isAlone ? "Value" : `Value #${target.refId}`, type: "number", values: samples.map((s) => s.value), ...own },
    ],
  };
}

/** @param {any} target @param {{resultType: string, result: any}} data @param {{from: number, to: number, step: number}} grid @param {boolean} isAlone @returns {Frame[]} */
function framesOf(target, { resultType, result }, grid, isAlone) {
  const rows = resultType === "scalar" || resultType === "string" ? [{ metric: {}, value: result }] : result;
  if (target.format === "table") return rows.length ? [tableFrame(target, rows, isAlone)] : [];
  if (resultType === "matrix") return rangeFrames(target, rows, grid);
  return rows.map((/** @type {any} */ { metric, value }) => seriesFrame(target, metric, [value[0] * 1000], [number(value[1])]));
}

/** Asks every query of a panel at once. @param {any} panel @param {number} width in pixels @param {{from: number, to: number}} range @param {Map<string, import("./types.js").Variable>} variables @param {import("./types.js").Source} source @param {AbortSignal} signal
 * @returns {Promise<{frames: Frame[], warnings: string[], troubles: Error[], total: number}>} what came, and what went wrong with the rest */
export async function load(panel, width, range, variables, source, signal) {
  const targets = (panel.targets ?? []).filter((/** @type {any} */ target) => !target.hide && target.expr);
  const answers = await Promise.allSettled(targets.map(async (/** @type {any} */ target) => {
    const least = spanMs(interpolate(target.interval || panel.interval || "", variables, "raw").replace(/^>/, "")) || source.scrapeInterval * 1000;
    const step = interval(range.to - range.from, panel.maxDataPoints || Math.max(100, Math.round(width)), least);
    const grid = { from: Math.floor(range.from / step) * step, to: Math.floor(range.to / step) * step, step };
    const query = interpolate(target.expr, variables, "prometheus", macros(range, step, least));
    const isInstant = target.instant && !target.range;
    /** @type {Record<string, string>} */
    const parameters = isInstant ? { query, time: String(range.to / 1000) } : { query, start: String(grid.from / 1000), end: String(grid.to / 1000), step: String(step / 1000) };
    const { data, warnings } = await ask(source, isInstant ? "query" : "query_range", parameters, signal);
    return { frames: framesOf(target, data, grid, targets.length === 1), warnings };
  }));
  const done = answers.filter((answer) => answer.status === "fulfilled").map((answer) => answer.value);
  const all = done.flatMap((one) => one.frames);
  return {
    frames: all.slice(0, SERIES_MAX), total: all.length,
    warnings: done.flatMap((one) => one.warnings),
    troubles: answers.filter((answer) => answer.status === "rejected").map((answer) => answer.reason),
  };
}
