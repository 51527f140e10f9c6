import { type OptionSpecs, type OptionValues, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { API_OPTIONS } from '#apps/workbench/api/api-client.ts';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { reportEvidence } from '#shared/app/triage/text-evidence.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { endedCaseOfRecord, endedCasesOf, type LearningInputs } from '#shared/domain/learning/learning-report.ts';
import { tagsOf } from '#shared/domain/learning/new-pattern.ts';
import { asItCounts } from '#shared/domain/learning/pattern-trust.ts';
import type { ResolvedCase } from '#shared/domain/learning/propose-patterns.ts';
import { linesOf } from '#shared/domain/learning/resolution.ts';
import { type OpenPatterns, openPatterns, PATTERN_OPTIONS } from './open-patterns.ts';
import { type NumberedResolution, readResolutions } from './read-resolutions.ts';
import { renderFindings } from './render-learned.ts';

export const PERIOD_OPTIONS = {
  ...API_OPTIONS,
  ...PATTERN_OPTIONS,
  days: { type: 'string', value: 'N', about: 'how many days back; 30 by default' },
} as const satisfies OptionSpecs;

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_NOTES = 2_000;

/** Reads patterns (`material`: as they count now; `stored`: as they are stored), the incidents of their scope, and those of a file of records. */
export async function readLearning(
  file: string | undefined,
  options: OptionValues<typeof PERIOD_OPTIONS>,
  terminal: Terminal,
): Promise<{ material: LearningInputs; stored: readonly LearnedPattern[]; opened: OpenPatterns }> {
  const days = wholeNumber('days', options.days, { otherwise: 30, atMost: 3650 });
  const opened = await openPatterns(options, terminal);
  const { patterns: store, scope, rules } = opened;
  const to = new Date(terminal.now());
  const [patterns, remembered, notes] = await Promise.all([
    store.list(scope),
    opened.remembered(),
    store.notes(scope, MAX_NOTES),
  ]);
  const material = {
    patterns: patterns.map((pattern) => asItCounts(pattern, rules, to)),
    incidents: [...endedCasesOf(remembered), ...(file === undefined ? [] : await endedIn(file, terminal))],
    notes,
    from: new Date(to.getTime() - days * DAY_MS),
    to,
  };
  return { material, stored: patterns, opened };
}

async function endedIn(file: string, terminal: Terminal) {
  const { name, records, bad } = await readResolutions(file, terminal);
  for (const line of renderFindings(name, bad, [])) terminal.say(`selfheal: ${line}`);
  return (await categorised(records, terminal)).map(endedCaseOfRecord);
}

/** Assigns each record a class and tags. The class is the one in the record, or else the one that signatures recognise in its text. */
export async function categorised(
  records: readonly NumberedResolution[],
  terminal: Pick<Terminal, 'say'>,
): Promise<ResolvedCase[]> {
  const signatures = await shippedSignatures(terminal.say);
  const model = await shippedModel(terminal.say);
  return records.map(({ line, resolution }) => {
    const found = classify(reportEvidence(`${linesOf(resolution).join('\n')}\n`), { signatures, model });
    // The model was trained on whole logs, so for a short description only a matching signature counts.
    const recognised = found.signature === null ? 'unknown' : found.class;
    const failureClass = resolution.class ?? recognised;
    return { line, resolution, class: failureClass, tags: tagsOf(failureClass, found, resolution) };
  });
}
