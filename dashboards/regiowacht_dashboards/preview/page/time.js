/** Reads Grafana's notation of time ("now-6h", "10s") and writes times on axes. */

/** @typedef {import("./types.js").Range} Range */

const UNITS = /** @type {Record<string, number>} */ ({ ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5, M: 2592e6, y: 31536e6 });

/** @param {string} span e.g. "5m" @returns {number} milliseconds; 0 where it is no span */
export function spanMs(span) {
  const found = /^(\d+(?:\.\d+)?)(ms|[smhdwMy])$/.exec(String(span).trim());
  return found ? Number(found[1]) * UNITS[found[2]] : 0;
}

/** @param {number} ms @returns {string} the largest unit that says it exactly, as Prometheus reads it */
export function spanText(ms) {
  const unit = ["w", "d", "h", "m", "s"].find((one) => ms >= UNITS[one] && ms % UNITS[one] === 0) ?? "ms";
  return `${ms / UNITS[unit]}${unit}`;
}

/** @param {string} text @param {number} now @param {boolean} isEnd @returns {number} milliseconds since 1970 */
export function moment(text, now, isEnd = false) {
  const found = /^now(?:([+-])(\d+(?:ms|[smhdwMy])))?(?:\/([smhdwMy]))?$/.exec(text);
  if (!found) return /^\d+$/.test(text) ? Number(text) : Date.parse(text) || now;
  const at = now + (found[1] === "-" ? -1 : 1) * (found[2] ? spanMs(found[2]) : 0);
  if (!found[3]) return at;
  const day = new Date(at);
  if ("dwMy".includes(found[3])) day.setHours(0, 0, 0, 0);
  else day.setTime(Math.floor(at / UNITS[found[3]]) * UNITS[found[3]]);
  return isEnd ? day.getTime() + UNITS[found[3]] : day.getTime();
}

/** @param {Range} range @param {number} now */
export const bounds = (range, now) => ({ from: moment(range.from, now), to: moment(range.to, now, true) });

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000];

/** The step a panel asks for: a round one, so that it has about as many points as pixels. @param {number} rangeMs @param {number} points @param {number} leastMs */
export function interval(rangeMs, points, leastMs) {
  const wanted = Math.max(rangeMs / points, leastMs, rangeMs / 10000) / 1000;
  return 1000 * (leastMs / 1000 >= wanted ? leastMs / 1000 : STEPS.find((step) => step >= wanted * 0.999) ?? STEPS[STEPS.length - 1]);
}

/** @param {string | undefined} zone Grafana's setting @returns {string | undefined} an IANA name, or the browser's own */
export const zoneOf = (zone) => (!zone || zone === "browser" ? undefined : zone === "utc" ? "UTC" : zone);

/** Labels for ticks of a time axis. @param {string} lang @param {string | undefined} timeZone */
export function tickFormatter(lang, timeZone) {
  const locale = lang === "nl" ? "nl-BE" : "en-GB";
  /** @param {Intl.DateTimeFormatOptions} shape */
  const one = (shape) => new Intl.DateTimeFormat(locale, { ...shape, timeZone, hourCycle: "h23" });
  const second = one({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const minute = one({ hour: "2-digit", minute: "2-digit" });
  const day = one({ day: "2-digit", month: "2-digit" });
  const year = one({ month: "2-digit", year: "numeric" });
  /** @param {number[]} ticks seconds @param {number} step seconds between them */
  return (ticks, step) => ticks.map((tick) => {
    const time = minute.format(tick * 1000);
    if (step >= 86400 * 28) return year.format(tick * 1000);
    if (step >= 86400 || time === "00:00") return day.format(tick * 1000);
    return step < 60 ? second.format(tick * 1000) : time;
  });
}

/** A moment under the pointer. @param {string} lang @param {string | undefined} timeZone */
export function momentFormatter(lang, timeZone) {
  const shape = /** @type {const} */ ({ weekday: "short", day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  return new Intl.DateTimeFormat(lang === "nl" ? "nl-BE" : "en-GB", { ...shape, timeZone });
}
