/** One dashboard on the screen: its panels on Grafana's grid, its choices, its clock. */

import { el, icon } from "./dom.js";
import { Panel } from "./panel.js";
import { interpolate } from "./interpolate.js";
import { bounds, spanMs } from "./time.js";
import { sourceOf } from "./sources.js";
import { say } from "./texts.js";
import * as variables from "./variables.js";

/** @typedef {import("./types.js").Range} Range */

export class Board {
  /** @param {any} dashboard @param {URLSearchParams} url @param {() => void} changed is told after the choices or the time changed */
  constructor(dashboard, url, changed) {
    this.dashboard = dashboard;
    this.changed = changed;
    /** @type {Range} */
    this.variables = variables.read(dashboard, url);
    const usual = this.usual();
    this.range = { from: url.get("from") ?? usual.from, to: url.get("to") ?? usual.to };
    this.every = url.get("refresh") ?? usual.every;
    this.root = el("main", { id: "panels", tabindex: "-1" });
    /** @type {{panels: Panel[], isOpen: boolean}[]} */
    this.sections = [];
    this.timer = 0;
    this.now = Date.now();
    this.bounds = bounds(this.range, this.now);
    this.lay();
  }

  get source() {
    return sourceOf(this.variables);
  }

  /** Time and pace where the reader has chosen none: the source's, else the dashboard's. */
  usual() {
    const { time, refresh } = this.dashboard;
    const { from, refresh: every } = this.source;
    return { from: from || time?.from || "now-6h", to: (!from && time?.to) || "now", every: every || (typeof refresh === "string" ? refresh : "") };
  }

  /** Rows divide a dashboard in sections, each with a grid of its own, so that closing one moves the rest up. */
  lay() {
    const all = [...(this.dashboard.panels ?? [])].sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x);
    /** @type {{row: any, panels: any[]}[]} */
    const groups = [{ row: null, panels: [] }];
    for (const panel of all) {
      if (panel.type === "row") groups.push({ row: panel, panels: [...(panel.panels ?? [])] });
      else groups[groups.length - 1].panels.push(panel);
    }
    for (const group of groups) if (group.row || group.panels.length) this.section(group.row, group.panels);
  }

  /** @param {any} row @param {any[]} raw */
  section(row, raw) {
    const top = Math.min(...raw.map(({ gridPos }) => gridPos.y));
    const own = { panels: raw.map((one) => new Panel(one, this)), isOpen: !row?.collapsed };
    const grid = el("div", { class: "grid", hidden: !own.isOpen });
    for (const panel of own.panels) {
      const { x, y, w, h } = panel.panel.gridPos;
      const place = { "grid-column": `${x + 1} / span ${w}`, "grid-row": `${y - top + 1} / span ${h}`, "--h": h };
      for (const [name, value] of Object.entries(place)) panel.root.style.setProperty(name, String(value));
      panel.root.classList.toggle("small", w <= 6 && h <= 6);
      grid.append(panel.root);
    }
    this.sections.push(own);
    if (row) {
      const title = interpolate(row.title ?? "", this.variables, "text");
      const toggle = el("button", { type: "button", "aria-expanded": String(own.isOpen), title: say("open-row", { title }) }, icon("down"), title);
      toggle.addEventListener("click", () => {
        own.isOpen = grid.hidden;
        grid.hidden = !own.isOpen;
        toggle.setAttribute("aria-expanded", String(own.isOpen));
        if (own.isOpen) for (const panel of own.panels) panel.refresh();
      });
      this.root.append(el("h2", { class: "row" }, toggle));
    }
    this.root.append(grid);
  }

  /** Values of the variables first, then every panel that is in sight, then the clock. @param {boolean} [isQuiet] only the panels */
  async load(isQuiet = false) {
    clearTimeout(this.timer);
    this.now = Date.now();
    this.bounds = bounds(this.range, this.now);
    if (!isQuiet) {
      await variables.loadAll(this.variables, this.bounds);
      this.changed();
    }
    await Promise.all(this.sections.filter(({ isOpen }) => isOpen).flatMap(({ panels }) => panels.map((panel) => panel.refresh())));
    this.root.dataset.loaded = String(Number(this.root.dataset.loaded ?? 0) + 1);
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    const ms = spanMs(this.every);
    if (ms) this.timer = window.setTimeout(() => (document.hidden ? this.wait() : this.load(this.isWhole())), ms);
  }

  /** Whether every variable has its values; one that failed is asked again at the next refresh. */
  isWhole() {
    return [...this.variables.values()].every(({ error, value }) => !error && value.length);
  }

  /** @param {Range} range */
  setRange(range) {
    this.range = range;
    return this.load();
  }

  /** @param {string} name @param {string[]} value */
  choose(name, value) {
    const variable = this.variables.get(name);
    const before = this.usual();
    if (variable) variable.value = value;
    const after = this.usual();
    if (this.range.from === before.from && this.range.to === before.to) this.range = { from: after.from, to: after.to };
    if (this.every === before.every) this.every = after.every;
    return this.load();
  }

  redraw() {
    for (const panel of this.sections.flatMap(({ panels }) => panels)) panel.redraw();
  }
}
