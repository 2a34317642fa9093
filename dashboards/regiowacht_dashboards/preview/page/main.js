/** Starts the page: a dashboard, or the list of them. */

import { Board } from "./board.js";
import { el } from "./dom.js";
import { bar, boardHeader, note, themeSwitch } from "./header.js";
import { ALL } from "./interpolate.js";
import { boot, say } from "./texts.js";

/** Follows the system until the reader has chosen. */
function followTheme(/** @type {() => void} */ changed) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { document.documentElement.dataset.theme = localStorage.getItem("theme") ?? (system.matches ? "dark" : "light"); };
  system.addEventListener("change", () => { apply(); changed(); });
  apply();
}

/** The dashboards over one source. @param {import("./types.js").Source} source */
function cardsOf(source) {
  const isAlone = boot.sources.length < 2;
  const query = isAlone ? "" : `?var-datasource=${source.uid}`;
  const cards = boot.dashboards.map(({ uid, title, description, tags }) => el("li", {}, el("a", { href: `/d/${encodeURIComponent(uid)}${query}`, class: "card" },
    el(isAlone ? "h2" : "h3", {}, title), el("p", {}, description), el("div", { class: "tags" }, ...tags.filter((tag) => tag !== "regiowacht").map((tag) => el("span", {}, tag))))));
  return [isAlone ? null : el("h2", {}, source.title), note(source.notice), el("ul", { class: "cards" }, ...cards)];
}

function list() {
  const unreadable = boot.unreadable.length ? el("p", { class: "message", role: "alert" }, say("unreadable", { files: boot.unreadable.join(", ") })) : null;
  const missing = boot.uid ? el("p", { class: "message", role: "alert" }, say("no-dashboard")) : null;
  const empty = boot.dashboards.length ? null : el("p", { class: "message" }, say("none"));
  return el("main", { class: "list" }, el("h1", {}, say("title")), missing, unreadable, empty, ...(empty ? [] : boot.sources.flatMap(cardsOf)));
}

function start() {
  /** @type {Board | null} */
  let board = null;
  followTheme(() => board?.redraw());
  const theme = themeSwitch(() => board?.redraw());
  if (!boot.dashboard) {
    document.title = `${say("title")} · Regiowacht`;
    document.body.append(el("div", { class: "top" }, bar(el("div", { class: "tools" }, theme))), list());
    return;
  }
  const top = el("div", { class: "top" });
  const band = el("div", { class: "notices" });
  // Whoever asked for another source than is shown must not take one for the other.
  const asked = new URLSearchParams(location.search).get("var-datasource");
  const isGone = asked !== null && !boot.sources.some(({ uid }) => uid === asked);
  const named = (/** @type {import("./types.js").Source} */ source) => {
    const { title } = source;
    const notice = isGone && source === boot.sources[0] ? say("source-gone", { asked, title }) : source.notice;
    document.title = [boot.dashboard.title ?? boot.dashboard.uid, ...(source.notice ? [title] : []), "Regiowacht"].join(" · ");
    const text = note(notice);
    if (band.textContent !== notice) band.replaceChildren(...(text ? [text] : []));
  };
  const changed = () => {
    if (!board) return;
    named(board.source);
    const query = new URLSearchParams({ from: board.range.from, to: board.range.to, ...(board.every ? { refresh: board.every } : {}) });
    for (const { name, value } of board.variables.values()) for (const one of value) query.append(`var-${name}`, one);
    history.replaceState(null, "", `?${query.toString().replaceAll(encodeURIComponent(ALL), ALL)}`);
    top.replaceChildren(...boardHeader(/** @type {Board} */ (board), theme));
  };
  board = new Board(boot.dashboard, new URLSearchParams(location.search), changed);
  top.append(...boardHeader(board, theme));
  named(board.source);
  document.body.append(el("a", { href: "#panels", class: "skip" }, say("skip")), band, top, board.root);
  board.load();
}

start();
