/** Starts the page: a dashboard, or the list of them. */

import { Board } from "./board.js";
import { el } from "./dom.js";
import { bar, boardHeader, themeSwitch } from "./header.js";
import { ALL } from "./interpolate.js";
import { boot, say } from "./texts.js";

/** Follows the system until the reader has chosen. */
function followTheme(/** @type {() => void} */ changed) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { document.documentElement.dataset.theme = localStorage.getItem("theme") ?? (system.matches ? "dark" : "light"); };
  system.addEventListener("change", () => { apply(); changed(); });
  apply();
}

function list() {
  const cards = boot.dashboards.map(({ uid, title, description, tags }) => el("li", {}, el("a", { href: `/d/${encodeURIComponent(uid)}`, class: "card" },
    el("h2", {}, title), el("p", {}, description), el("div", { class: "tags" }, ...tags.filter((tag) => tag !== "regiowacht").map((tag) => el("span", {}, tag))))));
  const unreadable = boot.unreadable.length ? el("p", { class: "message", role: "alert" }, say("unreadable", { files: boot.unreadable.join(", ") })) : null;
  const missing = boot.uid ? el("p", { class: "message", role: "alert" }, say("no-dashboard")) : null;
  const empty = cards.length ? null : el("p", { class: "message" }, say("none"));
  return el("main", { class: "list" }, el("h1", {}, say("title")), missing, unreadable, empty, el("ul", { class: "cards" }, ...cards));
}

function start() {
  /** @type {Board | null} */
  let board = null;
  followTheme(() => board?.redraw());
  const theme = themeSwitch(() => board?.redraw());
  document.title = `${boot.dashboard?.title ?? say("title")} · Regiowacht`;
  if (!boot.dashboard) {
    document.body.append(el("div", { class: "top" }, bar(el("div", { class: "tools" }, theme))), list());
    return;
  }
  const top = el("div", { class: "top" });
  const changed = () => {
    if (!board) return;
    const query = new URLSearchParams({ from: board.range.from, to: board.range.to, ...(board.every ? { refresh: board.every } : {}) });
    for (const { name, value } of board.variables.values()) for (const one of value) query.append(`var-${name}`, one);
    history.replaceState(null, "", `?${query.toString().replaceAll(encodeURIComponent(ALL), ALL)}`);
    top.replaceChildren(...boardHeader(/** @type {Board} */ (board), theme));
  };
  board = new Board(boot.dashboard, new URLSearchParams(location.search), changed);
  top.append(...boardHeader(board, theme));
  document.body.append(el("a", { href: "#panels", class: "skip" }, say("skip")), top, board.root);
  board.load();
}

start();
