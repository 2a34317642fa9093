/** Formats a number the way Grafana does, by unit id and decimals (or as many as the value needs). */

/** @typedef {{text: string, prefix?: string, suffix?: string}} Formatted */
/** @typedef {(value: number, decimals?: number | null, place?: Place) => Formatted} Formatter */
/** @typedef {{timeZone?: string, lang?: string, now?: number}} Place where and when a date is read */

const SI = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const COUNT = ["", "K", "M", "B", "T"];
const SHORT = ["", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept"];

/** Decimals that show about two to three meaningful digits; none for a whole number. @param {number} value */
function decimalsFor(value) {
  if (value % 1 === 0) return 0;
  const exponent = Math.floor(Math.log(Math.abs(value)) / Math.LN10);
  const needed = 1 - exponent;
  return Math.max(0, Math.abs(value) / 10 ** -needed > 2.25 ? needed + 1 : needed);
}

/** @param {number} value @param {number | null} [decimals] */
export function toFixed(value, decimals) {
  if (value === null || value === undefined) return "";
  if (!Number.isFinite(value)) return value.toLocaleString("en");
  const places = decimals ?? decimalsFor(value);
  if (value === 0) return value.toFixed(places);
  const factor = 10 ** Math.max(0, places);
  const rounded = String(Math.round(value * factor) / factor);
  if (rounded.includes("e")) return rounded;
  const [whole, fraction = ""] = rounded.split(".");
  return fraction.length < places ? `${whole}.${fraction.padEnd(places, "0")}` : rounded;
}

/** @param {number} step @param {string[]} names @param {number} [start] @returns {Formatter} */
function scaled(step, names, start = 0) {
  return (value, decimals) => {
    if (!Number.isFinite(value)) return { text: value.toLocaleString("en") };
    const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) / Math.log10(step));
    const bounded = Math.max(-start, Math.min(power, names.length - start - 1));
    return { text: toFixed(value / step ** bounded, decimals), suffix: names[start + bounded] };
  };
}

/** @param {string} unit @param {number} [start] */
const si = (unit, start = 0) => scaled(1000, SI.map((p) => ` ${p}${unit}`), SI.indexOf("") + start);
/** @param {string} unit @param {number} [start] */
const binary = (unit, start = 0) => scaled(1024, BINARY.map((p) => ` ${p}${unit}`), start);
/** @param {string} unit */
const count = (unit) => scaled(1000, COUNT.map((p) => `${p} ${unit}`));
/** @param {string} unit @returns {Formatter} */
const plain = (unit) => (value, decimals) => ({ text: toFixed(value, decimals), ...(unit ? { suffix: ` ${unit}` } : {}) });

/** Steps of a time unit: a value below `until` is divided by `by`. @typedef {[until: number, by: number, name: string]} Step */
/** @param {Step[]} steps @returns {Formatter} */
function time(steps) {
  return (value, decimals) => {
    const found = steps.find(([until]) => Math.abs(value) < until) ?? steps[steps.length - 1];
    const [, by, name] = found;
    const amount = value / by;
    const plural = Math.abs(amount) > 1 && name.length > 2 && (found !== steps[0] || name === "day") ? "s" : "";
    return { text: toFixed(amount, decimals), suffix: ` ${name}${plural}` };
  };
}

/** @param {number} factor seconds in the unit that comes in */
const seconds = (factor) => {
  const steps = time([
    [1e-6, 1e-9, "ns"], [1e-3, 1e-6, "µs"], [1, 1e-3, "ms"], [60, 1, "s"], [3600, 60, "min"], [86400, 3600, "hour"],
    [604800, 86400, "day"], [31536000, 604800, "week"], [Infinity, 31556900, "year"],
  ]);
  /** @type {Formatter} */
  return (value, decimals) => (value === 0 ? { text: "0", suffix: " s" } : steps(value * factor, decimals));
};

const SPANS = /** @type {[number, string][]} */ ([
  [31536000, "year"], [2592000, "month"], [604800, "week"], [86400, "day"], [3600, "hour"], [60, "minute"],
  [1, "second"], [0.001, "millisecond"],
]);

/** "1 hour, 2 minutes": the largest span and as many after it as there are decimals. @param {string} own @returns {Formatter} */
function duration(own) {
  const factor = (SPANS.find(([, name]) => name === own) ?? SPANS[6])[0];
  return (value, decimals) => {
    if (value === 0) return { text: "0", suffix: ` ${own}s` };
    let rest = Math.abs(value) * factor * 1000;
    const parts = [];
    for (const [span, name] of SPANS) {
      const amount = Math.floor(rest / (span * 1000));
      if (amount < 1 && !parts.length) continue;
      if (parts.length > (decimals ?? 0)) break;
      parts.push(`${amount} ${name}${amount === 1 ? "" : "s"}`);
      rest %= span * 1000;
    }
    return { text: parts.join(", "), ...(value < 0 ? { suffix: " ago" } : {}) };
  };
}

/** @param {number} value seconds @param {boolean} days */
function clock(value, days) {
  const whole = Math.abs(value);
  const day = days ? Math.floor(whole / 86400) : 0;
  const rest = whole - day * 86400;
  const parts = [rest / 3600, (rest % 3600) / 60, rest % 60].map((part) => String(Math.floor(part)).padStart(2, "0"));
  return { text: (day ? `${day} d ` : "") + parts.join(":"), ...(value < 0 ? { suffix: " ago" } : {}) };
}

/** @param {number} ms @param {Place} [place] */
export function isoDate(ms, place = {}) {
  /** @type {Intl.DateTimeFormatOptions} */
  const shape = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  return new Intl.DateTimeFormat("sv-SE", { ...shape, timeZone: place.timeZone }).format(ms);
}

/** @param {number} ms @param {Place} [place] */
export function localDate(ms, place = {}) {
  const locale = place.lang === "nl" ? "nl-BE" : "en-GB";
  return new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "medium", timeZone: place.timeZone }).format(ms);
}

/** @param {number} ms @param {Place} [place] */
export function fromNow(ms, place = {}) {
  const distance = (ms - (place.now ?? Date.now())) / 1000;
  const words = new Intl.RelativeTimeFormat(place.lang === "nl" ? "nl-BE" : "en", { numeric: "auto" });
  const [span, name] = SPANS.find(([one, word]) => Math.abs(distance) >= one && one >= 1 && word !== "week") ?? SPANS[6];
  return words.format(Math.round(distance / span), /** @type {Intl.RelativeTimeFormatUnit} */ (name));
}

/** @type {Record<string, Formatter>} */
const FORMATS = {
  none: plain(""), string: (v) => ({ text: `${v}` }), short: scaled(1000, SHORT), sishort: si(""),
  percent: (v, d) => ({ text: toFixed(v, d), suffix: "%" }),
  percentunit: (v, d) => ({ text: toFixed(v * 100, d), suffix: "%" }),
  humidity: plain("%H"), dB: plain("dB"), ppm: plain("ppm"), lux: plain("lux"), rotrpm: plain("rpm"),
  celsius: plain("°C"), fahrenheit: plain("°F"), kelvin: plain("K"),
  locale: (v, d, place) => ({ text: v.toLocaleString(place?.lang === "nl" ? "nl-BE" : "en", { maximumFractionDigits: d ?? undefined }) }),
  bits: binary("b"), bytes: binary("B"), kbytes: binary("B", 1), mbytes: binary("B", 2), gbytes: binary("B", 3), tbytes: binary("B", 4),
  decbits: si("b"), decbytes: si("B"), deckbytes: si("B", 1), decmbytes: si("B", 2), decgbytes: si("B", 3), dectbytes: si("B", 4),
  binBps: binary("B/s"), Bps: si("B/s"), binbps: binary("b/s"), bps: si("b/s"), pps: si("p/s"),
  KiBs: binary("B/s", 1), Kibits: binary("b/s", 1), KBs: si("B/s", 1), Kbits: si("b/s", 1),
  MiBs: binary("B/s", 2), Mibits: binary("b/s", 2), MBs: si("B/s", 2), Mbits: si("b/s", 2),
  GiBs: binary("B/s", 3), Gibits: binary("b/s", 3), GBs: si("B/s", 3), Gbits: si("b/s", 3),
  cps: count("c/s"), ops: count("ops/s"), reqps: count("req/s"), rps: count("rd/s"), wps: count("wr/s"), iops: count("io/s"),
  eps: count("evt/s"), mps: count("msg/s"), recps: count("rec/s"), rowsps: count("rows/s"), opm: count("ops/m"), cpm: count("c/m"),
  hertz: si("Hz"), rothz: plain("Hz"), watt: si("W"), kwatt: si("W", 1), watth: si("Wh"), kwatth: si("Wh", 1), joule: si("J"),
  voltamp: si("VA"), amp: si("A"), mamp: si("A", -1), volt: si("V"), kvolt: si("V", 1), mvolt: si("V", -1), dBm: si("dBm"), ohm: si("Ω"),
  ns: time([[1e3, 1, "ns"], [1e6, 1e3, "µs"], [1e9, 1e6, "ms"], [6e10, 1e9, "s"], [36e11, 6e10, "min"], [864e11, 36e11, "hour"], [Infinity, 864e11, "day"]]),
  µs: time([[1e3, 1, "µs"], [1e6, 1e3, "ms"], [Infinity, 1e6, "s"]]),
  ms: time([[1e3, 1, "ms"], [6e4, 1e3, "s"], [36e5, 6e4, "min"], [864e5, 36e5, "hour"], [31536e6, 864e5, "day"], [Infinity, 31536e6, "year"]]),
  s: seconds(1), timeticks: seconds(0.01),
  m: time([[60, 1, "min"], [1440, 60, "hour"], [10080, 1440, "day"], [604800, 10080, "week"], [Infinity, 525948, "year"]]),
  h: time([[24, 1, "hour"], [168, 24, "day"], [8760, 168, "week"], [Infinity, 8760, "year"]]),
  d: time([[7, 1, "day"], [365, 7, "week"], [Infinity, 365, "year"]]),
  dtdurations: duration("second"), dtdurationms: duration("millisecond"), dthms: (v) => clock(v, false), dtdhms: (v) => clock(v, true),
  dateTimeAsIso: (v, _d, place) => ({ text: isoDate(v, place) }), dateTimeAsSystem: (v, _d, place) => ({ text: isoDate(v, place) }),
  dateTimeAsLocal: (v, _d, place) => ({ text: localDate(v, place) }), dateTimeFromNow: (v, _d, place) => ({ text: fromNow(v, place) }),
  bool: (v) => ({ text: v ? "True" : "False" }), bool_yes_no: (v) => ({ text: v ? "Yes" : "No" }), bool_on_off: (v) => ({ text: v ? "On" : "Off" }),
};

/** Formats behind ids with a colon, by the part before it. @type {Record<string, (rest: string) => Formatter>} */
const CUSTOM = {
  prefix: (rest) => (v, d) => ({ text: toFixed(v, d), prefix: rest }),
  suffix: plain,
  count,
  si: (rest) => {
    const start = SI.indexOf(rest.charAt(0)) - SI.indexOf("");
    return SI.includes(rest.charAt(0)) ? si(rest.slice(1), start) : si(rest);
  },
};

/** @param {string | undefined} id @returns {Formatter} */
function formatter(id) {
  if (!id) return FORMATS.none;
  if (Object.hasOwn(FORMATS, id)) return FORMATS[id];
  const [head, ...rest] = id.split(":");
  return rest.length && Object.hasOwn(CUSTOM, head) ? CUSTOM[head](rest.join(":")) : plain(id);
}

/** @param {string | undefined} unit @param {number} value @param {number | null} [decimals] @param {Place} [place] */
export function format(unit, value, decimals, place) {
  const shown = formatter(unit)(value, decimals, place);
  return { prefix: "", suffix: "", ...shown };
}

/** @param {string | undefined} unit @param {number} value @param {number | null} [decimals] @param {Place} [place] */
export function formatText(unit, value, decimals, place) {
  const { prefix, text, suffix } = format(unit, value, decimals, place);
  return prefix + text + suffix;
}

/** What stands beside a tick of an axis: as many decimals as the step between two ticks has, without zeros at the end. @param {string | undefined} unit @param {number} tick @param {number} step @param {number | null} [decimals] of the field @param {Place} [place] */
export function tickText(unit, tick, step, decimals, place) {
  const needed = `${Math.round(step * 1e6 * (1 + Number.EPSILON)) / 1e6}`.split(".")[1]?.length ?? 0;
  const isPlain = !/^(bool|dateTime|locale$)/.test(unit ?? "");
  if (typeof decimals === "number" || Number.isInteger(step) || !needed || !isPlain) return formatText(unit, tick, decimals, place);
  const { prefix, text, suffix } = format(unit, tick, needed, place);
  return prefix + (Number.isNaN(Number(text)) ? text : Number(text)) + suffix;
}
