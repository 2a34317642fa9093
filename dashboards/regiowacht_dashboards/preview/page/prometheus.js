/** Asks Prometheus through the preview, and says in the reader's words why there is no answer. */

import { say } from "./texts.js";

/** Why there is no answer. */
export class Trouble extends Error {}

const KINDS = /** @type {Record<string, string>} */ ({
  "preview-unreachable": "error-unreachable", "preview-timeout": "error-timeout", "preview-incomplete": "error-incomplete",
  "preview-large": "error-large", "preview-bad-answer": "error-bad-answer", timeout: "error-timeout",
});

/** @param {import("./types.js").Source} source @param {string} path @param {Record<string, string>} parameters @param {AbortSignal} [signal] @returns {Promise<{data: any, warnings: string[]}>} */
export async function ask(source, path, parameters, signal) {
  const isLabel = path.startsWith("label/");
  const query = new URLSearchParams(parameters);
  let response;
  let body;
  try {
    response = await fetch(`${source.api}${path}${isLabel ? `?${query}` : ""}`, isLabel ? { signal } : { method: "POST", body: query, signal });
    body = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Trouble(say("error-preview"));
  }
  let answer;
  try {
    answer = JSON.parse(body);
  } catch {
    throw new Trouble(say(response.ok ? "error-incomplete" : "error-bad-answer"));
  }
  if (answer?.status === "success" && answer.data !== undefined) return { data: answer.data, warnings: [...(answer.warnings ?? []), ...(answer.infos ?? [])] };
  const key = Object.hasOwn(KINDS, answer?.errorType) ? KINDS[answer.errorType] : "";
  throw new Trouble(key ? say(key) : answer?.error ? say("error-query", { error: answer.error }) : say("error-bad-answer"));
}
