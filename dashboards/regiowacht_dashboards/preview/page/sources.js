/** Which Prometheus is asked, and what it says of itself. */

import { boot } from "./texts.js";

/** @typedef {import("./types.js").Source} Source */

/** @param {{type: string}} variable */
export const isSource = ({ type }) => type === "datasource";

/** The chosen source; the first where none is, or where the choice is not there. @param {Map<string, import("./types.js").Variable>} variables @returns {Source} */
export function sourceOf(variables) {
  const chosen = [...variables.values()].find(isSource)?.value[0];
  return boot.sources.find(({ uid }) => uid === chosen) ?? boot.sources[0];
}
