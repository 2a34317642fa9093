/** Chooses colours: Grafana's names, thresholds, a palette for lines; readable on light and on dark. */

/** @typedef {import("./types.js").Config} Config */

/** By name: on dark, on light. @type {Record<string, [string, string]>} */
const NAMED = {
  green: ["#5fbf77", "#1e7d3c"], red: ["#f2655c", "#c4302b"], orange: ["#f5973d", "#b85c00"], yellow: ["#f0cf4a", "#8d6b00"],
  blue: ["#62a0ea", "#1c62b9"], purple: ["#b48ce6", "#7642b3"], text: ["#dbe2ea", "#1d2733"], transparent: ["#00000000", "#00000000"],
};
const SHADES = { "super-light-": 0.45, "light-": 0.2, "semi-dark-": -0.18, "dark-": -0.34 };

/** For lines that a colour only names; in an order that keeps neighbours apart for colour-blind readers. */
const PALETTE = /** @type {[string, string][]} */ ([
  ["#6cb2eb", "#1c6fb8"], ["#f0a44b", "#b45f06"], ["#5fc9a8", "#0c7f64"], ["#d98bd0", "#9a3d91"], ["#e8d25a", "#7d6a00"],
  ["#9aa7f2", "#4a55c4"], ["#ef8a7a", "#bd3b2a"], ["#9ccf6a", "#4b7d18"], ["#b7a08c", "#7a5c44"], ["#8fd3e8", "#14778f"],
]);

export const isDark = () => document.documentElement.dataset.theme === "dark";

/** @param {number} index */
export const seriesColor = (index) => PALETTE[index % PALETTE.length][isDark() ? 0 : 1];

/** @param {string} color hexadecimal */
function channels(color) {
  const hex = color.slice(1);
  const full = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16));
}

/** @param {string} from @param {string} to @param {number} share */
export function mix(from, to, share) {
  const [a, b] = [channels(from), channels(to)];
  return `#${a.map((one, i) => Math.round(one + (b[i] - one) * share).toString(16).padStart(2, "0")).join("")}`;
}

/** A name of Grafana's, or a hexadecimal colour, as a hexadecimal colour. @param {string | undefined} name @returns {string} */
export function resolve(name) {
  const fallback = NAMED.text[isDark() ? 0 : 1];
  if (!name) return fallback;
  if (/^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(name)) return name;
  if (Object.hasOwn(NAMED, name)) return NAMED[name][isDark() ? 0 : 1];
  for (const [prefix, shade] of Object.entries(SHADES)) {
    const base = name.startsWith(prefix) ? NAMED[name.slice(prefix.length)]?.[isDark() ? 0 : 1] : undefined;
    if (base) return mix(base, shade > 0 ? "#ffffff" : "#000000", Math.abs(shade));
  }
  const rgb = /^rgba?\((\d+), *(\d+), *(\d+)/.exec(name);
  return rgb ? `#${rgb.slice(1, 4).map((one) => Number(one).toString(16).padStart(2, "0")).join("")}` : fallback;
}

/** WCAG 2.2 relative luminance. @param {string} color */
function luminance(color) {
  const [r, g, b] = channels(color).map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2 contrast ratio, 1 to 21. @param {string} one @param {string} other */
export function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

export const surface = () => (isDark() ? "#161c24" : "#ffffff");

/** The colour itself, or as much darker or lighter as text on a panel needs. @param {string} color @param {number} [least] */
export function legible(color, least = 4.5) {
  const solid = color.slice(0, 7);
  for (let share = 0; share < 1; share += 0.08) {
    const tried = mix(solid, isDark() ? "#ffffff" : "#000000", share);
    if (contrast(tried, surface()) >= least) return tried;
  }
  return resolve("text");
}

/** Black or white, whichever reads best on a colour. @param {string} background */
export const inkOn = (background) => (contrast(background, "#ffffff") >= contrast(background, "#0b0f14") ? "#ffffff" : "#0b0f14");

/** @param {Config} config @param {number} value @param {[number, number]} bounds */
function step(config, value, bounds) {
  const { mode = "absolute", steps = [] } = config.thresholds ?? {};
  const at = mode === "percentage" ? (100 * (value - bounds[0])) / (bounds[1] - bounds[0] || 1) : value;
  let color = steps[0]?.color ?? "green";
  for (const one of steps) if (one.value !== null && at >= one.value) color = one.color;
  return color;
}

const SCALES = /** @type {Record<string, string[]>} */ ({
  Gr: ["green"], Yl: ["yellow"], Rd: ["red"], Bl: ["blue"], Pu: ["purple"], greens: ["text", "green"], reds: ["text", "red"], blues: ["text", "blue"],
});

/** @param {string} mode e.g. continuous-GrYlRd @param {number} share */
function continuous(mode, share) {
  const name = mode.replace("continuous-", "");
  const stops = (SCALES[name] ?? (name.match(/Gr|Yl|Rd|Bl|Pu/g) ?? ["Gr", "Rd"]).flatMap((part) => SCALES[part])).map(resolve);
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const index = Math.min(Math.floor(at), stops.length - 2);
  return stops.length < 2 ? stops[0] : mix(stops[index], stops[index + 1], at - index);
}

/** The colour of one value by the field's colour mode. @param {Config} config @param {number} value @param {number} index of the series @param {[number, number]} [bounds] */
export function colorOf(config, value, index, bounds = [config.min ?? 0, config.max ?? 100]) {
  const mode = config.color?.mode ?? "thresholds";
  if (mode === "fixed" || mode === "shades") return resolve(config.color?.fixedColor ?? "green");
  if (mode.startsWith("palette")) return seriesColor(index);
  if (mode.startsWith("continuous")) return continuous(mode, (value - bounds[0]) / (bounds[1] - bounds[0] || 1));
  return resolve(step(config, value, bounds));
}
