/** The frame around one panel: title, explanation, what is wrong, and the drawing in it. */

import { el, icon, menu } from "./dom.js";
import { configure } from "./fields.js";
import { load } from "./frames.js";
import { interpolate } from "./interpolate.js";
import { bargauge } from "./panels/bargauge.js";
import { gauge } from "./panels/gauge.js";
import { stat } from "./panels/stat.js";
import { states } from "./panels/states.js";
import { table } from "./panels/table.js";
import { markdown, text } from "./panels/text.js";
import { timeseries } from "./panels/timeseries.js";
import { say } from "./texts.js";
import { transform } from "./transform.js";

/** By Grafana's name of the panel type. @type {Record<string, (drawing: import("./types.js").Drawing) => void>} */
const TYPES = { timeseries, stat, gauge, bargauge, table, "state-timeline": states, "status-history": states, text };

export class Panel {
  /** @param {any} panel @param {import("./board.js").Board} board */
  constructor(panel, board) {
    this.panel = panel;
    this.board = board;
    /** @type {any} what a drawing keeps between refreshes */
    this.memory = {};
    this.running = new AbortController();
    this.title = el("h3");
    this.mark = el("span", { class: "mark" });
    this.body = el("div", { class: "body" });
    const about = panel.description ? menu({ class: "about", title: say("what") }, [icon("info")], () => markdown(interpolate(panel.description, board.variables, "text"))) : null;
    this.root = el("section", { class: "panel", "data-type": panel.type, "data-id": panel.id, "data-state": "loading", "aria-busy": "true" }, el("header", {}, this.title, this.mark, about), this.body);
    this.retitle();
  }

  retitle() {
    this.title.textContent = interpolate(this.panel.title ?? "", this.board.variables, "text");
    this.title.title = this.title.textContent;
    this.root.setAttribute("aria-label", this.title.textContent);
  }

  /** Asks and draws; whatever goes wrong is said in the panel and stays there. */
  async refresh() {
    this.running.abort();
    const running = this.running = new AbortController();
    this.retitle();
    try {
      const range = this.board.bounds;
      const answer = await load(this.panel, this.body.clientWidth || 600, range, this.board.variables, this.board.source, running.signal);
      if (!running.signal.aborted) this.show(answer, range);
    } catch (error) {
      if (!running.signal.aborted) this.say("error", say("error-panel", { error: /** @type {Error} */ (error).message }));
    }
  }

  /** @param {Awaited<ReturnType<typeof load>>} answer @param {{from: number, to: number}} range */
  show(answer, range) {
    this.last = { answer, range };
    const { frames, unknown } = transform(this.panel, answer.frames);
    const [trouble] = answer.troubles;
    const draw = TYPES[this.panel.type];
    const isEmpty = this.panel.type !== "text" && !frames.some((frame) => frame.fields.some((field) => field.values.some((value) => value !== null)));
    if (!draw || unknown.length) this.say("unsupported", say("unsupported", { name: unknown[0] ?? this.panel.type }));
    else if (trouble && isEmpty) this.say("error", trouble.message);
    else if (isEmpty) this.say("empty", this.panel.fieldConfig?.defaults?.noValue ?? say("no-data"));
    else {
      configure(this.panel, frames);
      const { scrollTop = 0, scrollLeft = 0 } = this.body.querySelector(".scroll") ?? {};
      draw({ panel: this.panel, body: this.fresh("ok"), frames, board: this.board, range, variables: this.board.variables, memory: this.memory });
      this.body.querySelector(".scroll")?.scrollTo(scrollLeft, scrollTop);
    }
    const cut = answer.total > answer.frames.length ? [say("series-cut", { shown: answer.frames.length, count: answer.total })] : [];
    const notes = [...(isEmpty ? [] : answer.troubles.map((one) => one.message)), ...answer.warnings, ...cut];
    this.mark.replaceChildren(...(notes.length ? [icon("warning"), el("span", {}, say("partial", { error: notes[0] }))] : []));
    this.mark.title = notes.join("\n");
  }

  /** Draws again what came last, as after a change of theme. */
  redraw() {
    if (this.last) this.show(this.last.answer, this.last.range);
  }

  /** @param {string} state @returns {HTMLElement} an empty body in the place of the old one */
  fresh(state) {
    this.memory.destroy?.();
    const body = el("div", { class: "body" });
    this.body.replaceWith(body);
    this.body = body;
    this.root.dataset.state = state;
    this.root.setAttribute("aria-busy", "false");
    return body;
  }

  /** @param {string} state @param {string} message */
  say(state, message) {
    this.fresh(state).append(el("p", { class: "message", role: state === "error" ? "alert" : "status" }, state === "error" ? icon("warning") : null, message));
  }
}
