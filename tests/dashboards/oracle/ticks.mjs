// Prints, as JSON, every tick of standard input that the preview writes otherwise than Grafana: @grafana/data shows the
// value, with the decimals that the axis builder of @grafana/ui (13.2.3, uPlot/config/UPlotAxisBuilder) asks for.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , modules, page] = process.argv;
globalThis.navigator ??= { language: "en" };
const grafana = createRequire(`${modules}/`)("@grafana/data");
const { tickText } = await import(pathToFileURL(`${page}/units.js`).href);
const theme = grafana.createTheme();
const wrong = [];
for (const [unit, tick, step, decimals] of JSON.parse(readFileSync(0, "utf8"))) {
  const config = decimals === null ? { unit } : { unit, decimals };
  const display = grafana.getDisplayProcessor({ field: { type: grafana.FieldType.number, config }, theme });
  const needed = grafana.guessDecimals(grafana.roundDecimals(step, 6));
  const theirs = grafana.formattedValueToString(display(tick, needed > 0 ? needed : undefined));
  const ours = tickText(unit, tick, step, decimals);
  if (ours !== theirs) wrong.push({ unit, tick, step, decimals, ours, theirs });
}
console.log(JSON.stringify(wrong));
