/** The cluster and template that a parser found for one line, and the true template. */
export interface ParsedLine {
  readonly cluster: string;
  readonly template: string;
  readonly truth: string;
}

/** All between 0 and 1. */
export interface TemplateAccuracy {
  readonly lines: number;
  readonly clusters: number;
  readonly trueTemplates: number;
  /** Share of lines in clusters that hold exactly the lines of one true template. */
  readonly groupingAccuracy: number;
  /** Harmonic mean of precision and recall over clusters that hold exactly the lines of one true template. */
  readonly groupingF1: number;
  /** Share of lines whose template equals the true one, character by character. */
  readonly parsingAccuracy: number;
  /** Harmonic mean of precision and recall over templates; one is correct if it equals the true template of all its lines. */
  readonly templateF1: number;
}

function countBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  return counts;
}

function f1(right: number, found: number, expected: number): number {
  return right === 0 ? 0 : (2 * right) / (found + expected);
}

/** The clusters (by `keyOf`) whose lines all have the same true template, with that template and their number of lines. */
function pureClusters(
  rows: readonly ParsedLine[],
  keyOf: (row: ParsedLine) => string,
): Map<string, { truth: string; lines: number }> {
  const pure = new Map<string, { truth: string; lines: number }>();
  const mixed = new Set<string>();
  for (const row of rows) {
    const known = pure.get(keyOf(row));
    if (known === undefined) pure.set(keyOf(row), { truth: row.truth, lines: 1 });
    else if (known.truth === row.truth) known.lines += 1;
    else mixed.add(keyOf(row));
  }
  for (const key of mixed) pure.delete(key);
  return pure;
}

/**
 * Measures grouping and templates against the truth. GA and PA after Zhu et al., "Tools and Benchmarks for Automated Log Parsing" (2019)
 * and Dai et al., "Logram" (2020); FGA and FTA after Jiang et al., "A Large-Scale Evaluation for Log Parsing Techniques" (2024).
 */
export function templateAccuracyOf(rows: readonly ParsedLine[]): TemplateAccuracy {
  const truths = countBy(rows, (row) => row.truth);
  const clusters = countBy(rows, (row) => row.cluster);
  const templates = countBy(rows, (row) => row.template);
  let exactLines = 0;
  let exactClusters = 0;
  for (const { truth, lines } of pureClusters(rows, (row) => row.cluster).values()) {
    if (truths.get(truth) !== lines) continue;
    exactLines += lines;
    exactClusters += 1;
  }
  let rightTemplates = 0;
  for (const [template, { truth }] of pureClusters(rows, (row) => row.template))
    if (template === truth) rightTemplates += 1;
  const count = Math.max(rows.length, 1);
  return {
    lines: rows.length,
    clusters: clusters.size,
    trueTemplates: truths.size,
    groupingAccuracy: exactLines / count,
    groupingF1: f1(exactClusters, clusters.size, truths.size),
    parsingAccuracy: rows.filter((row) => row.template === row.truth).length / count,
    templateF1: f1(rightTemplates, templates.size, truths.size),
  };
}
