import { InvalidInput, messageOf } from '@selfheal/kernel/errors.ts';
import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type { CoverageTotals } from '@selfheal/reports/normal-form/normal-form.ts';
import {
  BASELINES,
  BASELINES_DOCUMENT,
  type Baselines,
  type BaselineView,
  baselineFor,
  lastValues,
  type MetricValues,
} from '../../domain/gates/baseline.ts';
import type { GateSettings } from '../../domain/gates/gate-settings.ts';
import { judgeLimit, judgeRegression } from '../../domain/gates/judge-metric.ts';
import { type GateVerdict, metricProblem, rounded } from '../../domain/gates/metric-kind.ts';
import type { QualityState } from '../../ports/quality-state.ts';
import { readDocument } from '../quality-state/update-document.ts';

/** Fewer changed lines say nothing: one of two is 50 %. */
const MIN_CHANGED_LINES = 5;
/** The check that a scan which did not finish fails. */
const SCAN = 'scan';

export interface GateInputs {
  readonly metrics: MetricValues;
  /** Null when it is not known which lines changed. */
  readonly changedLines: CoverageTotals | null;
  /** Sentences about scans that did not finish: each fails the check. */
  readonly unfinishedScans: readonly RedactedText[];
  /** Where the change goes: the base branch of a pull request, or the branch of the run. */
  readonly branch: string;
  /** Id of the run that is checked; null outside CI. */
  readonly run: number | null;
  readonly settings: GateSettings;
  /** What is to be said about the settings. */
  readonly notes?: readonly string[];
}

/** `unavailable`: nothing failed, but the baseline is out of reach, so that regressions could not be judged. */
export interface GateCheck {
  readonly status: 'passed' | 'failed' | 'unavailable';
  readonly verdicts: readonly GateVerdict[];
  /** Sentences for the person who reads the result. */
  readonly notes: readonly string[];
}

/** The result in one sentence; `unavailable` is that for a baseline out of reach. */
export function summarizeGates({ status, verdicts }: GateCheck, unavailable: string): string {
  const failed = verdicts.filter((one) => one.status === 'failed').map(({ metric }) => metric);
  return {
    passed:
      verdicts.length === 1
        ? 'The gate passed or was skipped.'
        : `All ${verdicts.length} gates passed or were skipped.`,
    failed: `${failed.length} of ${counted(verdicts.length, 'gate')} failed: ${failed.join(', ')}.`,
    unavailable,
  }[status];
}

/**
 * Judges what a run measured: regressions against the baseline, and the fixed limits beside it. Each verdict can fail the check. When the state
 * cannot be read, the fixed limits are judged all the same. Throws `InvalidInput` for impossible values.
 */
export async function checkGates(state: QualityState, inputs: GateInputs): Promise<GateCheck> {
  const problem = Object.entries(inputs.metrics).flatMap(([name, value]) => metricProblem(name, value) ?? [])[0];
  if (problem !== undefined) throw new InvalidInput(problem);
  const read = await readBaselines(state);
  const view = read.kind === 'read' ? baselineFor(read.baselines, inputs.branch, inputs.run) : null;
  const verdicts = Object.entries(inputs.metrics).flatMap(([metric, current]) => [
    judgeRegression({
      metric,
      current,
      values: view === null ? null : lastValues(view.runs, metric),
      settings: inputs.settings,
      ...(read.kind === 'read' ? {} : { notJudged: { reason: 'Selfheal could not read its baseline' } }),
    }),
    ...limitOf(metric, current, inputs.settings),
  ]);
  const all = [...inputs.unfinishedScans.map(unfinishedVerdict), ...verdicts, ...changedLinesVerdict(inputs)];
  const isFailed = all.some(({ status }) => status === 'failed');
  return {
    status: isFailed ? 'failed' : read.kind === 'read' ? 'passed' : 'unavailable',
    verdicts: all,
    notes: [
      ...(inputs.notes ?? []),
      ...(read.kind === 'read' ? [] : [outageNote(read.reason)]),
      ...(view === null ? [] : viewNotes(view, all)),
    ],
  };
}

type ReadBaselines =
  | { readonly kind: 'read'; readonly baselines: Baselines }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What Selfheal itself cannot read breaks no build. */
async function readBaselines(state: QualityState): Promise<ReadBaselines> {
  try {
    return { kind: 'read', baselines: (await readDocument(state, BASELINES_DOCUMENT, BASELINES)).value };
  } catch (error) {
    return { kind: 'unreadable', reason: messageOf(error) };
  }
}

const outageNote = (reason: string): string =>
  `Selfheal could not read its baseline, so regressions were not judged; fixed limits were. ${reason}`;

function limitOf(metric: string, current: number, settings: GateSettings): GateVerdict[] {
  const limits = {
    coverage: { name: 'coverage.minimum', limit: settings.minCoverage, setting: 'MIN_COVERAGE' },
    'vulnerabilities.high': { name: `${metric}.maximum`, limit: settings.maxHigh, setting: 'MAX_HIGH' },
    'vulnerabilities.critical': { name: `${metric}.maximum`, limit: settings.maxCritical, setting: 'MAX_CRITICAL' },
  } as const;
  const found = Object.hasOwn(limits, metric) ? limits[metric as keyof typeof limits] : undefined;
  if (found === undefined || found.limit === null) return [];
  return [judgeLimit({ ...found, limit: found.limit, metric, current, settings })];
}

/** Not judged by any setting: nobody knows what the scan would have found. */
function unfinishedVerdict(sentence: RedactedText): GateVerdict {
  const nothing = { current: null, baseline: null, delta: null, threshold: null, unit: 'count' } as const;
  return { metric: SCAN, status: 'failed', ...nothing, explanation: `scan: FAIL. ${sentence}`.slice(0, 300) };
}

function changedLinesVerdict({ changedLines, settings }: GateInputs): GateVerdict[] {
  const { minChangedCoverage: limit } = settings;
  if (changedLines === null || limit === null) return [];
  const { coveredLines, lines, percent } = changedLines;
  if (percent === null || lines < MIN_CHANGED_LINES) {
    const explanation = `changed-lines: ${numberText(lines)} changed lines can be covered, ${numberText(coveredLines)} are: SKIPPED (fewer than ${MIN_CHANGED_LINES})`;
    const nothing = { baseline: null, delta: null, threshold: limit, unit: 'percent' } as const;
    return [
      {
        metric: 'changed-lines',
        status: 'skipped',
        current: percent === null ? null : rounded(percent),
        ...nothing,
        explanation,
      },
    ];
  }
  const what = `${numberText(coveredLines)} of ${numberText(lines)} changed lines`;
  const name = 'changed-lines';
  return [
    judgeLimit({ name, metric: 'coverage', current: percent, limit, setting: 'MIN_CHANGED_COVERAGE', settings, what }),
  ];
}

function viewNotes({ branch, runs, instead }: BaselineView, verdicts: readonly GateVerdict[]): string[] {
  const notes: string[] = [];
  if (instead !== null) notes.push(`Compared with the baseline of ${instead}, because this branch has none.`);
  if (runs.length > 0) return notes;
  const failed = verdicts.filter(({ status, metric }) => status === 'failed' && metric !== SCAN);
  notes.push(
    `First run: ${branch} has no baseline yet, so 90 % coverage and 0 vulnerabilities are assumed. "selfheal gate update" records one after each successful run of the default branch.`,
  );
  if (failed.length > 0)
    notes.push(
      'It fails on the first run: set the limits that it names to what the project has today (MIN_COVERAGE=off and MAX_HIGH=off leave them out), record the default branch once with "selfheal gate update", and check again.',
    );
  return notes;
}
