// Prints, as JSON, every case of standard input that the preview shows otherwise than Grafana's own formatting does.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , modules, page] = process.argv;
globalThis.navigator ??= { language: "en" };
const { createTheme, FieldType, formattedValueToString, getDisplayProcessor } = createRequire(`${modules}/`)("@grafana/data");
const { formatText } = await import(pathToFileURL(`${page}/units.js`).href);
const theme = createTheme();
const wrong = [];
for (const [unit, value, decimals] of JSON.parse(readFileSync(0, "utf8"))) {
  const config = decimals === null ? { unit } : { unit, decimals };
  const shown = getDisplayProcessor({ field: { type: FieldType.number, config }, theme })(value);
  const theirs = formattedValueToString(shown);
  const ours = formatText(unit, value, decimals);
  if (ours !== theirs) wrong.push({ unit, value, decimals, ours, theirs });
}
console.log(JSON.stringify(wrong));
