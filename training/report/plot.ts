import type { TopLevelSpec } from "vega-lite";

/** What a plot shows; size, fonts and colours are the same for all. */
export type Plot = TopLevelSpec;

/** What is drawn in one plot with others. */
export type Layer = Extract<Plot, { layer: unknown }>["layer"][number];

const look = {
  background: "white",
  font: "sans-serif",
  axis: { grid: true, gridColor: "#e5e5e5", domain: false, labelFontSize: 11, titleFontSize: 12 },
  title: { fontSize: 13, anchor: "start" },
  view: { stroke: "#cccccc" },
} as const;

/** @returns the plot as a picture that any browser shows, MLflow's too; the same bytes for the same plot */
export async function svgOf(plot: Plot): Promise<string> {
  // Large, and of no use before a model stands.
  const [{ parse, resetSVGDefIds, View }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const { spec } = compile({ ...plot, config: look });
  const view = new View(parse(spec), { renderer: "none" });
  try {
    await view.runAsync();
    // Gradients are numbered through the life of the process otherwise.
    resetSVGDefIds();
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
