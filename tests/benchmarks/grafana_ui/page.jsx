/** Draws a dashboard with Grafana's own components: as little around them as shows what the preview shows. */

import { createTheme, dateTime, FieldType, getDisplayProcessor, ThemeContext, toDataFrame, VizOrientation } from "@grafana/data";
import { initPluginTranslations } from "@grafana/i18n";
import { BarGauge, BigValue, BigValueColorMode, BigValueGraphMode, GlobalStyles, PanelChrome, Table, TimeSeries } from "@grafana/ui";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

const theme = createTheme({ colors: { mode: "light" } });
const asked = new URLSearchParams(location.search);
const from = Number(asked.get("from")) / 1000;
const until = Number(asked.get("to")) / 1000;
const range = { from: dateTime(from * 1000), to: dateTime(until * 1000) };
range.raw = { from: range.from, to: range.to };
const CELL = 38;

/** A column of a frame as Grafana's panels want it: with its settings and its way of showing a value. */
function field(name, type, values, config = {}, labels = undefined) {
  const made = { name, type, values, config, labels };
  return { ...made, display: getDisplayProcessor({ field: made, theme }) };
}

async function ask(panel, step) {
  const answers = await Promise.all(panel.targets.map(async ({ expr, instant }) => {
    const query = new URLSearchParams(instant ? { query: expr, time: until } : { query: expr, start: from, end: until, step });
    return (await fetch(`/api/v1/${instant ? "query" : "query_range"}`, { method: "POST", body: query })).json();
  }));
  return answers.flatMap((answer) => answer.data.result);
}

function frames(panel, series) {
  const { defaults } = panel.fieldConfig;
  if (panel.type === "table") {
    const names = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].filter((name) => name !== "__name__");
    const labels = names.map((name) => field(name, FieldType.string, series.map(({ metric }) => metric[name] ?? "")));
    return [{ ...toDataFrame({ fields: [] }), length: series.length, fields: [...labels, field("Value", FieldType.number, series.map(({ value }) => Number(value[1])), defaults)] }];
  }
  return series.map(({ metric, values, value }) => {
    const samples = values ?? [value];
    const name = Object.entries(metric).filter(([key]) => key !== "__name__").map(([, text]) => text).join(" ");
    const fields = [field("Time", FieldType.time, samples.map(([at]) => at * 1000)), field("Value", FieldType.number, samples.map(([, text]) => Number(text)), { ...defaults, displayName: name })];
    return { name, length: samples.length, fields };
  });
}

function Drawn({ panel, data, width, height }) {
  if (panel.type === "table") return <Table data={data[0]} width={width} height={height} />;
  if (panel.type === "timeseries") return <TimeSeries frames={data} structureRev={1} timeRange={range} timeZone="Europe/Brussels" width={width} height={height} legend={{ displayMode: "list", placement: "bottom", showLegend: true, calcs: [] }} />;
  const shown = data.map((frame) => ({ ...frame.fields[1].display(frame.fields[1].values.at(-1)), title: frame.name }));
  if (panel.type === "stat") return <BigValue theme={theme} value={shown[0]} width={width} height={height} colorMode={BigValueColorMode.Background} graphMode={BigValueGraphMode.None} />;
  return shown.map((value, at) => <BarGauge key={value.title} theme={theme} value={value} field={data[at].fields[1].config} display={data[at].fields[1].display} width={width} height={height / shown.length} orientation={VizOrientation.Horizontal} displayMode="basic" />);
}

function Panel({ panel, width, onDrawn }) {
  const { x, y, w, h } = panel.gridPos;
  const size = { width: (width / 24) * w - 8, height: CELL * h - 8 };
  const [data, setData] = useState(null);
  useEffect(() => { ask(panel, 15).then((series) => setData(frames(panel, series))); }, [panel]);
  useEffect(() => { if (data) onDrawn(); }, [data]);
  return <div style={{ position: "absolute", left: (width / 24) * x, top: CELL * y }}>
    <PanelChrome title={panel.title} {...size}>
      {(inner, outer) => data && <Drawn panel={panel} data={data} width={inner} height={outer} />}
    </PanelChrome>
  </div>;
}

function Board({ board }) {
  let left = board.panels.length;
  // As the preview, it is done when the browser has painted the last panel.
  const onDrawn = () => { left -= 1; if (left === 0) requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset.drawn = "yes"; })); };
  return <ThemeContext.Provider value={theme}><GlobalStyles /><h1>{board.title}</h1>
    <div style={{ position: "relative" }}>{board.panels.map((panel) => <Panel key={panel.id} panel={panel} width={document.body.clientWidth - 16} onDrawn={onDrawn} />)}</div>
  </ThemeContext.Provider>;
}

await initPluginTranslations("page");
const board = await (await fetch("/board.json")).json();
createRoot(document.getElementById("root")).render(<Board board={board} />);
