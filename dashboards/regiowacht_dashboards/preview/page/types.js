/** The shapes that modules hand each other; no code.
 * @typedef {"time" | "number" | "string"} FieldType
 * @typedef {{title?: string, url: string, targetBlank?: boolean}} Link
 * @typedef {{type: string, options: any}} Mapping
 * @typedef {{mode: string, steps: {color: string, value: number | null}[]}} Thresholds
 * @typedef {{unit?: string, decimals?: number | null, min?: number, max?: number, noValue?: string, displayName?: string,
 *   mappings?: Mapping[], thresholds?: Thresholds, color?: {mode: string, fixedColor?: string}, links?: Link[], custom?: any}} Config
 * @typedef {{name: string, type: FieldType, values: any[], labels: Record<string, string>, refId: string, display?: string,
 *   config?: Config, index?: number}} Field
 * @typedef {{refId: string, fields: Field[]}} Frame
 * @typedef {{text: string, prefix: string, suffix: string, full: string, color: string, numeric: number, mapped: boolean}} Display
 * @typedef {{from: string, to: string}} Range in Grafana's notation
 * @typedef {{uid: string, title: string, api: string, scrapeInterval: number, notice: string, from: string, refresh: string,
 *   choices: Record<string, string>}} Source a Prometheus; `from` and `refresh` are "" where the dashboard decides
 * @typedef {{type: string, name: string, label?: string, query: any, multi?: boolean, includeAll?: boolean, allValue?: string | null,
 *   hide?: number, regex?: string, sort?: number, current?: any, options: {text: string, value: string}[], value: string[],
 *   error: string}} Variable
 * @typedef {{panel: any, body: HTMLElement, frames: Frame[], board: import("./board.js").Board, range: {from: number, to: number},
 *   variables: Map<string, Variable>, memory: any}} Drawing what a panel type gets
 */
export {};
