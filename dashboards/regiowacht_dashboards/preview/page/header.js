/** The bar on top: where you are, links, time, refresh, theme, and the variables. */

import { el, icon, menu } from "./dom.js";
import { ALL } from "./interpolate.js";
import { boardLinks } from "./links.js";
import { isSource } from "./sources.js";
import { boot, say } from "./texts.js";
import { zoneOf } from "./time.js";
import { isoDate } from "./units.js";
import { textOf } from "./variables.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./types.js").Variable} Variable */

const LAST = /** @type {[string, string, number][]} */ ([
  ["now-5m", "minutes", 5], ["now-15m", "minutes", 15], ["now-1h", "minutes", 60], ["now-3h", "hours", 3], ["now-6h", "hours", 6],
  ["now-12h", "hours", 12], ["now-24h", "hours", 24], ["now-2d", "days", 2], ["now-7d", "days", 7], ["now-30d", "days", 30], ["now-90d", "days", 90],
]);

/** @param {(Node | null)[]} tools */
export function bar(...tools) {
  const brand = el("a", { href: "/", class: "brand" }, el("img", { src: new URL("./icon.svg", import.meta.url).href, alt: "", width: 22, height: 22 }), "Regiowacht");
  return el("div", { class: "bar-top" }, brand, ...tools);
}

/** What a source says of itself, in sight as long as the page is. @param {string} notice */
export const note = (notice) => (notice ? el("p", { class: "notice", role: "note" }, icon("info"), el("span", {}, notice)) : null);

/** @param {() => void} changed */
export function themeSwitch(changed) {
  const flip = () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
    changed();
  };
  return el("button", { type: "button", class: "tool", title: say("theme"), "aria-label": say("theme"), on: { click: flip } }, icon("theme"));
}

/** @param {Board} board */
function rangeText(board) {
  const { from, to } = board.range;
  const known = to === "now" ? LAST.find(([one]) => one === from) : undefined;
  if (known) return say("last", { span: say(known[1], { count: known[2] }) });
  const shape = new Intl.DateTimeFormat(boot.lang === "nl" ? "nl-BE" : "en-GB", { dateStyle: "short", timeStyle: "short", timeZone: zoneOf(board.dashboard.timezone) });
  return `${shape.format(board.bounds.from)} – ${to === "now" ? say("now") : shape.format(board.bounds.to)}`;
}

/** A moment as an input of type datetime-local wants it, in the dashboard's zone. @param {number} ms @param {string | undefined} timeZone */
const toInput = (ms, timeZone) => isoDate(ms, { timeZone }).replace(" ", "T").slice(0, 16);

/** The moment that such an input means. @param {string} text @param {string | undefined} timeZone */
function fromInput(text, timeZone) {
  const guess = Date.parse(`${text}Z`);
  return 2 * guess - Date.parse(`${toInput(guess, timeZone)}Z`);
}

/** @param {Board} board */
function timePicker(board) {
  return menu({ class: "tool time", title: say("range") }, [icon("clock"), el("span", {}, rangeText(board))], (close) => {
    const pick = (/** @type {string} */ from, /** @type {string} */ to) => { close(); board.setRange({ from, to }); };
    const quick = LAST.map(([from, unit, count]) => el("button", { type: "button", "aria-current": board.range.from === from && board.range.to === "now" ? "true" : undefined, on: { click: () => pick(from, "now") } }, say("last", { span: say(unit, { count }) })));
    const zone = zoneOf(board.dashboard.timezone);
    const [from, to] = [board.bounds.from, board.bounds.to].map((ms) => el("input", { type: "datetime-local", value: toInput(ms, zone) }));
    const apply = () => { if (from.value && to.value && from.value < to.value) pick(String(fromInput(from.value, zone)), String(fromInput(to.value, zone))); };
    return [el("div", { class: "quick" }, ...quick), el("div", { class: "exact" }, el("label", {}, say("from"), from), el("label", {}, say("to"), to), el("button", { type: "button", class: "main", on: { click: apply } }, say("apply")))];
  });
}

/** @param {Board} board */
function refreshPicker(board) {
  const choices = ["", ...new Set([board.every, ...(board.dashboard.timepicker?.refresh_intervals ?? ["10s", "30s", "1m", "5m"])])].filter((one, i) => one || !i);
  const select = el("select", { "aria-label": say("refresh") }, ...choices.map((one) => el("option", { value: one, selected: one === board.every }, one || say("refresh-off"))));
  select.addEventListener("change", () => { board.every = select.value; board.load(); });
  return el("div", { class: "tool pair" }, el("button", { type: "button", title: say("refresh"), "aria-label": say("refresh"), on: { click: () => board.load() } }, icon("refresh")), select);
}

/** @param {Board} board */
function linkTools(board) {
  return boardLinks(board, boot.dashboards).map((/** @type {any} */ link) => {
    const anchors = link.targets.filter((/** @type {any} */ one) => one.url).map((/** @type {any} */ one) => el("a", { href: one.url, title: link.tooltip, ...(link.newTab ? { target: "_blank", rel: "noreferrer" } : {}), class: link.isMenu ? "" : "tool" }, one.title));
    return link.isMenu ? [menu({ class: "tool", title: link.tooltip }, [link.title], () => [el("nav", { class: "quick" }, ...anchors)])] : anchors;
  }).flat();
}

/** @param {Variable} variable @param {Board} board */
function single(variable, board) {
  const options = [...(variable.includeAll ? [{ text: say("all"), value: ALL }] : []), ...variable.options];
  const select = el("select", { id: `var-${variable.name}` }, ...options.map(({ text, value }) => el("option", { value, selected: variable.value.includes(value) }, text)));
  select.addEventListener("change", () => board.choose(variable.name, [select.value]));
  return select;
}

/** @param {Variable} variable @param {Board} board */
function several(variable, board) {
  const node = menu({ id: `var-${variable.name}` }, [el("span", { class: "chosen" }, variable.value.length > 2 ? say("selected", { count: variable.value.length }) : textOf(variable, say("all")) || say("none-chosen"))], () => {
    const options = [...(variable.includeAll ? [{ text: say("all"), value: ALL }] : []), ...variable.options];
    const boxes = options.map(({ text, value }) => {
      const input = el("input", { type: "checkbox", value, checked: variable.value.includes(value) });
      return el("label", { class: "option" }, input, el("span", {}, text));
    });
    const inputs = boxes.map((box) => /** @type {HTMLInputElement} */ (box.querySelector("input")));
    for (const input of inputs) input.addEventListener("change", () => { for (const other of inputs) if ((input.value === ALL) !== (other.value === ALL) && input.checked) other.checked = false; });
    const search = el("input", { type: "search", placeholder: say("search"), "aria-label": say("search") });
    search.addEventListener("input", () => { for (const box of boxes) box.hidden = !box.textContent?.toLowerCase().includes(search.value.toLowerCase()); });
    node.addEventListener("toggle", () => {
      const chosen = inputs.filter(({ checked }) => checked).map(({ value }) => value);
      if (chosen.join() !== variable.value.join()) board.choose(variable.name, chosen);
    }, { once: true });
    return [...(options.length > 12 ? [search] : []), el("div", { class: "options" }, ...boxes)];
  });
  return node;
}

/** @param {Board} board */
function variableBar(board) {
  const shown = [...board.variables.values()].filter((one) => one.hide !== 2 && one.type !== "constant" && !(isSource(one) && one.options.length < 2));
  return el("form", { class: "bar-variables", on: { submit: (/** @type {Event} */ event) => event.preventDefault() } }, ...shown.map((variable) => {
    const label = variable.hide === 1 ? null : el("label", { for: `var-${variable.name}` }, variable.label || variable.name);
    const problem = variable.error ? el("span", { class: "problem", role: "alert", title: variable.error }, icon("warning"), say("error-variable", { name: variable.label || variable.name, error: variable.error })) : null;
    return el("div", { class: "variable", "data-name": variable.name }, label, variable.multi ? several(variable, board) : single(variable, board), problem);
  }));
}

/** @param {Board} board @param {HTMLElement} theme */
export function boardHeader(board, theme) {
  const title = el("h1", {}, board.dashboard.title ?? board.dashboard.uid);
  return [bar(title, el("div", { class: "tools" }, ...linkTools(board), timePicker(board), refreshPicker(board), theme)), variableBar(board)];
}
