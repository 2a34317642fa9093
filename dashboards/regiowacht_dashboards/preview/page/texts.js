/** What the page says, in the dashboard's language, and what the server handed over with it. */

/** @type {{lang: string, texts: Record<string, string>, dashboards: {uid: string, title: string, description: string, tags: string[]}[],
 *   unreadable: string[], uid: string | null, dashboard: any, sources: import("./types.js").Source[]}} */
export const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");

/** @param {string} key @param {Record<string, string | number>} [values] */
export const say = (key, values = {}) => boot.texts[key].replace(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ""));
