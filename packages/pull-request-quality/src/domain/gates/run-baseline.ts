import { meanOf } from '@selfheal/kernel/numbers/sample.ts';
import * as z from 'zod';
import { BASELINE_RUNS, type Baselines } from './baseline.ts';
import { METRIC_NAME } from './metric-kind.ts';

/** What the newest successful runs of a repository's default branch measured, on average: for the diagnosis of a failed run. */
export const RunBaseline = z.strictObject({
  /** When the newest of them was measured. */
  at: z.iso.datetime(),
  /** By name: `coverage`, `vulnerabilities.high`, `duration.tests`. */
  metrics: z.record(
    z.string().regex(METRIC_NAME),
    z.strictObject({ mean: z.number(), runs: z.number().int().positive() }),
  ),
});
export type RunBaseline = z.infer<typeof RunBaseline>;

/** The last ten values of each metric of the default branch; null before its first run. */
export function runBaselineOf({ defaultBranch, branches }: Baselines): RunBaseline | null {
  const runs = branches.find(({ branch }) => branch === defaultBranch)?.runs ?? [];
  const at = runs.at(-1)?.at;
  if (at === undefined) return null;
  const names = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)));
  const metrics = [...names].map((name) => {
    const values = runs.flatMap((run) => run.metrics[name]?.value ?? []).slice(-BASELINE_RUNS);
    return [name, { mean: Number(meanOf(values).toFixed(3)), runs: values.length }] as const;
  });
  return { at, metrics: Object.fromEntries(metrics) };
}

/** Totals of coverage as coverage.py, pytest-cov, Jest, Go and Vitest print them. */
const COVERAGE = [
  /^TOTAL\s+\d+\s+\d+(?:\s+\d+\s+\d+)?\s+(?<percent>\d{1,3}(?:\.\d+)?)%/,
  /\bTotal coverage: (?<percent>\d{1,3}(?:\.\d+)?)%/,
  /^All files\s*\|\s*(?<percent>\d{1,3}(?:\.\d+)?)\s*\|/,
  /^(?:total:\s+\(statements\)\s+|coverage: )(?<percent>\d{1,3}(?:\.\d+)?)%/,
  /\bCoverage for lines \((?<percent>\d{1,3}(?:\.\d+)?)%\)/,
];

/** The coverage that a log reports last, in percent; null when it reports none. */
export function coverageIn(lines: readonly string[]): number | null {
  for (const text of lines.toReversed()) {
    const percent = COVERAGE.map((form) => form.exec(text.trim())?.groups?.percent).find(
      (found) => found !== undefined,
    );
    if (percent !== undefined && Number(percent) <= 100) return Number(percent);
  }
  return null;
}

const SEVERITIES = ['high', 'critical'] as const;
/** Vulnerabilities by severity, as scanners print their totals. */
export type FoundVulnerabilities = Readonly<Partial<Record<(typeof SEVERITIES)[number], number>>>;

/** Totals as Trivy (`Total: 7 (HIGH: 5, CRITICAL: 2)`), npm (`7 vulnerabilities (5 high, 2 critical)`) and their like print them. */
const TOTALS = /\b(?:total|vulnerabilit(?:y|ies)|findings?|issues)\b/i;

/** The vulnerabilities that a log counts, added up over its scans; null when it counts none. */
export function vulnerabilitiesIn(lines: readonly string[]): FoundVulnerabilities | null {
  const found: Partial<Record<(typeof SEVERITIES)[number], number>> = {};
  for (const text of lines) {
    const line = text.slice(0, 500);
    if (!TOTALS.test(line)) continue;
    for (const severity of SEVERITIES) {
      const count = new RegExp(`\\b${severity}: ?(\\d{1,6})\\b|\\b(\\d{1,6}) ${severity}\\b`, 'i').exec(line);
      if (count !== null) found[severity] = (found[severity] ?? 0) + Number(count[1] ?? count[2]);
    }
  }
  return Object.keys(found).length === 0 ? null : found;
}

/** Totals without a severity, as npm (`found 7 vulnerabilities`), ESLint (`7 problems (5 errors, ...`), golangci-lint (`7 issues:`), mypy and Ruff (`Found 7 errors`) print them. */
const PLAIN_TOTALS = [
  /^(?:found )?(?<count>\d{1,6}) (?:(?:known )?vulnerabilit(?:y|ies)|security issues?|findings?)\b(?!.*\bfixed\b)/i,
  /^\W{0,3}(?<count>\d{1,6}) problems? \(\d+ errors?, \d+ warnings?\)/i,
  /^(?<count>\d{1,6}) issues?:?$/i,
  /^found (?<count>\d{1,6}) errors?(?: in \d+ files?\b.*|\.|$)/i,
];

/** What scanners and linters of a log count without telling how bad it is, added up; null when none does. */
export function findingsIn(lines: readonly string[]): number | null {
  const counts = lines.flatMap((text) => {
    const line = text.slice(0, 500).trim();
    if (SEVERITIES.some((severity) => line.toLowerCase().includes(severity))) return [];
    const count = PLAIN_TOTALS.map((form) => form.exec(line)?.groups?.count).find((found) => found !== undefined);
    return count === undefined ? [] : [Number(count)];
  });
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

export interface RunMeasures {
  /** Percent. */
  readonly coverage: number | null;
  readonly vulnerabilities?: FoundVulnerabilities | null;
  /** Without a severity. */
  readonly findings?: number | null;
  readonly seconds: number | null;
  /** Durations of the newest runs that passed on the default branch. */
  readonly usualSeconds: readonly number[];
}

/** A smaller fall is noise. */
const MIN_FALL_POINTS = 1;
const DOUBLED = 2;
/** Fewer runs say nothing about what is usual. */
const MIN_RUNS = 3;

/** Sentences about what is worse than the baseline: coverage that fell, vulnerabilities and findings that are more, a duration that doubled. Empty when nothing is. */
export function worseThanBaseline(measured: RunMeasures, baseline: RunBaseline | null): string[] {
  const { coverage, seconds, usualSeconds } = measured;
  const usual = baseline?.metrics.coverage;
  const fell =
    coverage !== null && usual !== undefined && usual.mean - coverage >= MIN_FALL_POINTS
      ? [
          `Coverage fell to ${coverage.toFixed(1)} %; the baseline is ${usual.mean.toFixed(1)} % (${usual.runs === 1 ? 'the last run' : `the last ${usual.runs} runs`} of the default branch).`,
        ]
      : [];
  const sorted = usualSeconds.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const slow =
    seconds !== null && sorted.length >= MIN_RUNS && median > 0 && seconds >= DOUBLED * median
      ? [
          `The run took ${minutes(seconds)}, ${(seconds / median).toFixed(1)} times the ${minutes(median)} of the runs that passed on the default branch (median of ${sorted.length}).`,
        ]
      : [];
  const rose = SEVERITIES.flatMap((severity) => {
    const [count, before] = [measured.vulnerabilities?.[severity], baseline?.metrics[`vulnerabilities.${severity}`]];
    if (count === undefined || before === undefined || count <= before.mean) return [];
    const mean = Number(before.mean.toFixed(1));
    return [
      `The scan counts ${count} ${severity} vulnerabilit${count === 1 ? 'y' : 'ies'}; the baseline is ${mean} (${before.runs === 1 ? 'the last run' : `the last ${before.runs} runs`} of the default branch).`,
    ];
  });
  const [found, usualFindings] = [measured.findings ?? null, baseline?.metrics.findings];
  const more =
    found !== null && usualFindings !== undefined && found > usualFindings.mean
      ? [
          `The checks count ${found} finding${found === 1 ? '' : 's'}; the baseline is ${Number(usualFindings.mean.toFixed(1))} (${usualFindings.runs === 1 ? 'the last run' : `the last ${usualFindings.runs} runs`} of the default branch).`,
        ]
      : [];
  return [...fell, ...rose, ...more, ...slow];
}

const minutes = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`;
