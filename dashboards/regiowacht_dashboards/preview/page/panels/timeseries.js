/** Draws `timeseries` on uPlot: lines, bars, stacks and mirrored pairs, with thresholds, legend and hover. */

import { colorOf, isDark, resolve, seriesColor } from "../colors.js";
import { el } from "../dom.js";
import { display, nameOf, reduce } from "../fields.js";
import { boot, say } from "../texts.js";
import { momentFormatter, tickFormatter } from "../time.js";
import { hide, show } from "../tip.js";
import { tickText } from "../units.js";
import { place } from "../values.js";

/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("../types.js").Drawing} Drawing */
/** @typedef {{field: Field, custom: any, color: string, scale: string, values: (number | null)[], times: number[]}} Line */

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 31536000];
const BINARY = Array.from({ length: 60 }, (_, i) => 2 ** i);

/** @param {Drawing} drawing @returns {Line[]} */
function linesOf({ frames }) {
  const lines = /** @type {Line[]} */ ([]);
  for (const frame of frames) {
    const times = frame.fields.find((f) => f.type === "time")?.values ?? [];
    for (const field of frame.fields.filter((f) => f.type === "number")) {
      const custom = field.config?.custom ?? {};
      if (custom.hideFrom?.viz) continue;
      const mode = field.config?.color?.mode;
      const color = mode && mode !== "thresholds" ? colorOf(field.config ?? {}, 0, field.index ?? 0) : seriesColor(field.index ?? 0);
      const scale = `y:${field.config?.unit ?? ""}:${custom.axisPlacement === "right" ? "right" : "left"}`;
      lines.push({ field, custom, color, scale, values: field.values.map((v) => (Number.isFinite(v) ? v : null)), times });
    }
  }
  return lines;
}

/** Values as they are drawn: mirrored below zero, each stack on the one before. @param {Line[]} lines @param {boolean[]} shown */
function stack(lines, shown) {
  const tops = /** @type {Map<string, {sum: number[], index: number}>} */ (new Map());
  const bands = /** @type {any[]} */ ([]);
  const drawn = lines.map(({ custom, values, scale, color }, i) => {
    const sign = custom.transform === "negative-Y" ? -1 : 1;
    const own = values.map((v) => (v === null ? null : v * sign));
    if (custom.stacking?.mode !== "normal" || !shown[i]) return own;
    const key = `${scale}:${custom.stacking.group}:${sign}`;
    const below = tops.get(key);
    const sum = own.map((v, at) => (below?.sum[at] ?? 0) + (v ?? 0));
    if (below) bands.push({ series: [i + 1, below.index + 1], fill: alpha(color, custom.fillOpacity ?? 0), dir: -sign });
    tops.set(key, { sum, index: i });
    return own.map((v, at) => (v === null ? null : sum[at]));
  });
  const stacked = new Set(bands.map(({ series }) => series[0] - 1));
  return { drawn, bands, stacked };
}

/** @param {string} color @param {number} percent */
const alpha = (color, percent) => `${color.slice(0, 7)}${Math.round((Math.min(100, percent) / 100) * 255).toString(16).padStart(2, "0")}`;

/** @param {Line[]} lines of one scale */
function scaleOf(lines) {
  const { min, max, custom = {} } = lines[0].field.config ?? {};
  return {
    range: (/** @type {any} */ _u, /** @type {number | null} */ low, /** @type {number | null} */ high) => {
      const soft = { pad: 0.1, soft: 0, mode: 3 };
      const [from, to] = [Math.min(low ?? 0, custom.axisSoftMin ?? Infinity), Math.max(high ?? 1, custom.axisSoftMax ?? -Infinity)];
      let [a, b] = uPlot.rangeNum(from, to, { min: soft, max: soft });
      const isMirrored = lines.some((line) => line.custom.transform === "negative-Y");
      if (custom.axisCenteredZero) [a, b] = [-Math.max(Math.abs(a), Math.abs(b)), Math.max(Math.abs(a), Math.abs(b))];
      return [isMirrored && min === 0 ? a : min ?? a, max ?? b];
    },
  };
}

/** @param {Line} line @param {number} index of the scale */
function axisOf(line, index) {
  const { unit, decimals } = line.field.config ?? {};
  const grid = isDark() ? "#ffffff12" : "#0c1a2b12";
  return {
    scale: line.scale, side: line.custom.axisPlacement === "right" || index > 0 ? 1 : 3, show: line.custom.axisPlacement !== "hidden",
    stroke: isDark() ? "#9aa7b5" : "#566373", font: FONT, label: line.custom.axisLabel || undefined, labelSize: 18, gap: 6,
    grid: { show: index === 0, stroke: grid, width: 1 }, ticks: { show: false }, space: 32,
    ...(unit === "s" ? { incrs: SECONDS } : /^(bytes|bits|kbytes|mbytes|binBps|binbps)$/.test(unit ?? "") ? { incrs: BINARY } : {}),
    ...(decimals === 0 ? { filter: (/** @type {any} */ _u, /** @type {number[]} */ ticks) => ticks.map((tick) => (Number.isInteger(tick) ? tick : null)) } : {}),
    values: (/** @type {any} */ _u, /** @type {(number | null)[]} */ ticks, /** @type {number} */ _axis, /** @type {number} */ _space, /** @type {number} */ step) => ticks.map((tick) => (tick === null ? null : tickText(unit, tick, step, decimals))),
    size: (/** @type {any} */ u, /** @type {(string | null)[] | null} */ texts, /** @type {number} */ axis, /** @type {number} */ cycle) => (cycle > 1 ? u.axes[axis]._size : Math.max(46, 14 + 6.3 * Math.max(0, ...(texts ?? []).map((text) => text?.length ?? 0)))),
  };
}

/** @param {Line} line @param {boolean} isStacked */
function seriesOf({ custom, color, scale, field }, isStacked) {
  const { drawStyle = "line", lineWidth = 1, fillOpacity = 0, lineInterpolation = "linear", lineStyle, showPoints = "auto", pointSize = 5, spanNulls } = custom;
  const curves = /** @type {Record<string, () => any>} */ ({
    smooth: () => uPlot.paths.spline(), stepBefore: () => uPlot.paths.stepped({ align: -1 }), stepAfter: () => uPlot.paths.stepped({ align: 1 }),
    bars: () => uPlot.paths.bars({ size: [0.8, 60] }), points: () => () => null,
  });
  const curve = curves[drawStyle === "line" ? lineInterpolation : drawStyle];
  return {
    label: nameOf(field), scale, stroke: color, width: Math.max(lineWidth, drawStyle === "line" ? 1.25 : 1), spanGaps: spanNulls === true,
    dash: lineStyle?.fill === "dash" ? lineStyle.dash ?? [8, 8] : lineStyle?.fill === "dot" ? [1, 4] : undefined,
    fill: isStacked || fillOpacity === 0 ? undefined : alpha(color, fillOpacity), fillTo: 0, ...(curve ? { paths: curve() } : {}),
    points: { show: drawStyle === "points" || showPoints === "always" ? true : showPoints === "never" ? false : undefined, size: pointSize },
  };
}

/** Thresholds as lines across the plot. @param {Line[]} lines */
function limits(lines) {
  const { thresholds, custom } = lines[0].field.config ?? {};
  const mode = custom?.thresholdsStyle?.mode ?? "off";
  return (/** @type {any} */ u) => {
    if (mode === "off") return;
    const { ctx, bbox: { left, top, width, height } } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    for (const { color, value } of thresholds?.steps ?? []) {
      if (value === null) continue;
      const y = Math.round(u.valToPos(value, lines[0].scale, true));
      ctx.strokeStyle = resolve(color);
      ctx.lineWidth = 2 * Math.ceil(devicePixelRatio / 2);
      ctx.setLineDash(mode.startsWith("dashed") ? [8, 6] : []);
      if (mode.includes("area")) { ctx.fillStyle = alpha(resolve(color), 8); ctx.fillRect(left, top, width, y - top); }
      if (mode !== "area") { ctx.beginPath(); ctx.moveTo(left, y); ctx.lineTo(left + width, y); ctx.stroke(); }
    }
    ctx.restore();
  };
}

/** @param {Drawing} drawing @param {Line[]} lines @param {(index: number) => void} choose */
function legendOf({ panel, board, memory }, lines, choose) {
  const { displayMode = "list", placement = "bottom", calcs = [], showLegend = true } = panel.options?.legend ?? {};
  if (!showLegend || displayMode === "hidden") return null;
  const isTable = displayMode === "table";
  const rows = lines.map((line, index) => {
    const { field, custom, color } = line;
    if (custom.hideFrom?.legend) return null;
    const isOff = memory.only !== undefined && memory.only !== nameOf(field);
    const cells = calcs.map((/** @type {string} */ calc) => el("td", {}, display(field, reduce(field.values, calc), place(board)).full));
    const key = el("span", { class: `key ${custom.lineStyle?.fill === "dash" ? "dashed" : ""}`, css: { "--color": color } });
    const button = el("button", { type: "button", "aria-pressed": String(!isOff), on: { click: () => choose(index) } }, key, nameOf(field));
    const values = isTable ? cells : cells.map((/** @type {HTMLElement} */ one, /** @type {number} */ i) => el("span", { class: "calc" }, `${say(`calc-${calcs[i]}`)} ${one.textContent}`));
    return isTable ? el("tr", { class: isOff ? "off" : "" }, el("td", {}, button), ...cells) : el("li", { class: isOff ? "off" : "" }, button, ...values);
  });
  const head = el("thead", {}, el("tr", {}, el("th"), ...calcs.map((/** @type {string} */ calc) => el("th", {}, say(`calc-${calc}`)))));
  const list = isTable ? el("table", { class: "legend-table" }, head, el("tbody", {}, ...rows)) : el("ul", { class: "legend" }, ...rows);
  return el("div", { class: `legend-box ${placement}` }, list);
}

/** @param {Drawing} drawing @param {Line[]} lines @param {any} u */
function hover({ board, panel }, lines, u) {
  const { idx, left, top } = u.cursor;
  if (idx === null || idx === undefined || left < 0) return hide();
  const at = u.data[0][idx] * 1000;
  const mode = panel.options?.tooltip?.mode ?? "single";
  if (mode === "none") return hide();
  let rows = lines.map((line, i) => ({ line, value: line.field.values[idx], far: Math.abs(u.valToPos(u.data[i + 1][idx] ?? NaN, line.scale) - top), isShown: u.series[i + 1].show }))
    .filter(({ value, isShown }) => isShown && value !== null && value !== undefined);
  if (mode === "single") rows = rows.sort((a, b) => a.far - b.far).slice(0, 1);
  const sort = panel.options?.tooltip?.sort;
  if (sort === "desc" || sort === "asc") rows.sort((a, b) => (sort === "desc" ? b.value - a.value : a.value - b.value));
  const box = u.over.getBoundingClientRect();
  const body = rows.slice(0, 24).map(({ line, value }) => el("tr", {}, el("td", {}, el("span", { class: "key", css: { "--color": line.color } }), nameOf(line.field)), el("td", {}, display(line.field, value, place(board)).full)));
  return show([el("small", {}, momentFormatter(boot.lang, place(board).timeZone).format(at)), el("table", {}, el("tbody", {}, ...body))], box.left + left, box.top + top);
}

/** @param {Drawing} drawing */
export function timeseries(drawing) {
  const { panel, body, board, range, memory } = drawing;
  const lines = linesOf(drawing);
  const shown = lines.map(({ field }) => memory.only === undefined || memory.only === nameOf(field));
  const times = lines.every(({ times: own }) => own.length === lines[0].times.length) ? lines[0].times : undefined;
  const joined = times ? null : uPlot.join(lines.map((line) => [line.times, line.values]));
  if (joined) lines.forEach((line, i) => { line.values = line.field.values = joined[i + 1].map((/** @type {number | null} */ v) => v ?? null); });
  const { drawn, bands, stacked } = stack(lines, shown);
  const data = [(times ?? joined[0]).map((/** @type {number} */ ms) => ms / 1000), ...drawn];
  const scales = [...new Set(lines.map(({ scale }) => scale))].map((scale) => lines.filter((line) => line.scale === scale));
  const choose = (/** @type {number} */ index) => {
    const name = nameOf(lines[index].field);
    memory.only = memory.only === name ? undefined : name;
    body.replaceChildren();
    memory.destroy?.();
    timeseries(drawing);
  };
  const timeZone = place(board).timeZone;
  const ticks = tickFormatter(boot.lang, timeZone);
  const plot = el("div", { class: "plot" });
  const legend = legendOf(drawing, lines, choose);
  body.classList.toggle("beside", panel.options?.legend?.placement === "right");
  body.append(plot, ...(legend ? [legend] : []));
  const chart = new uPlot({
    width: Math.max(80, plot.clientWidth), height: Math.max(60, plot.clientHeight), padding: [8, 16, 0, 0], legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: false }, ...(board.dashboard.graphTooltip ? { sync: { key: "board" } } : {}) },
    ...(timeZone ? { tzDate: (/** @type {number} */ s) => uPlot.tzDate(new Date(s * 1000), timeZone) } : {}),
    scales: { x: { time: true, range: () => [range.from / 1000, range.to / 1000] }, ...Object.fromEntries(scales.map((own) => [own[0].scale, scaleOf(own)])) },
    axes: [
      { stroke: isDark() ? "#9aa7b5" : "#566373", font: FONT, size: 26, gap: 6, ticks: { show: false }, grid: { stroke: isDark() ? "#ffffff0c" : "#0c1a2b0c", width: 1 }, space: 64, values: (/** @type {any} */ _u, /** @type {number[]} */ splits, /** @type {number} */ _axis, /** @type {number} */ _space, /** @type {number} */ step) => ticks(splits, step) },
      ...scales.map((own, i) => axisOf(own[0], i)),
    ],
    series: [{}, ...lines.map((line, i) => ({ ...seriesOf(line, stacked.has(i)), show: shown[i] }))],
    bands, hooks: {
      draw: scales.map(limits),
      setCursor: [(/** @type {any} */ u) => { if (memory.isOver) hover(drawing, lines, u); }],
      setSelect: [(/** @type {any} */ u) => {
        const [from, to] = [u.select.left, u.select.left + u.select.width].map((x) => Math.round(u.posToVal(x, "x") * 1000));
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        if (to - from > 1000 && memory.isOver) board.setRange({ from: String(from), to: String(to) });
      }],
    },
  }, data, plot);
  chart.over.addEventListener("pointerenter", () => { memory.isOver = true; });
  chart.over.addEventListener("pointerleave", () => { memory.isOver = false; hide(); });
  const observer = new ResizeObserver(() => { if (plot.clientWidth) chart.setSize({ width: plot.clientWidth, height: Math.max(60, plot.clientHeight) }); });
  observer.observe(plot);
  body.dataset.series = String(lines.length);
  Object.assign(plot, { chart });
  memory.destroy = () => { observer.disconnect(); chart.destroy(); memory.destroy = undefined; };
}
