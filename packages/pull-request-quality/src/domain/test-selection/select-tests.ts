import { digestOf } from '@selfheal/kernel/digest.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import * as z from 'zod';
import type { ChangedFile, ChangedFiles } from './changed-files.ts';
import { fileKindOf, folderOf, isCritical, isTestFile, languageOf, stemOf } from './file-kinds.ts';

/** How a file of tests depends on a changed file: `distance` is the number of steps, 0 for itself. */
export interface Dependence {
  readonly changed: string;
  readonly distance: number;
}

/** What is known about which file depends on which. */
export interface Dependencies {
  /** The files of tests that depend on one of these, and on which first. */
  affected(changed: readonly string[]): ReadonlyMap<string, Dependence>;
  /** A file that a test may run, or one of these, whose imports are not known; null when all are. */
  unread(changed: readonly string[]): string | null;
  /** Whether some file names this one, alone or by its folder. */
  isNamed(path: string): boolean;
  /** The configuration of a test runner that loads the file before every test; null when none does. */
  loadedBefore(path: string): string | null;
}

export interface SelectionSettings {
  readonly enabled: boolean;
  /** Above so many changed files everything runs. */
  readonly threshold: number;
  /** Critical paths of the project, besides the usual ones. */
  readonly critical: readonly RegExp[];
  /** Share of the skipped tests that run anyway, to measure what selection misses. */
  readonly sample: number;
}

/** Share of its recorded runs in which a test failed, the newest counting most. */
export type FailureShares = ReadonlyMap<string, number>;

interface SelectionInput {
  readonly changes: ChangedFiles;
  /** Every file of tests, of the new state. */
  readonly tests: readonly string[];
  readonly dependencies: Dependencies;
  readonly failures: FailureShares;
  readonly settings: SelectionSettings;
  /** The commit under test; seeds the sample. */
  readonly commit: string;
}

/** A file of tests that runs, the likeliest to fail first, and why. */
interface SelectedTest {
  readonly file: string;
  readonly why: string;
  /** Runs only to measure what selection misses. */
  readonly sampled: boolean;
}

export interface Selection {
  readonly mode: SelectionSummary['mode'];
  /** One sentence. */
  readonly reason: string;
  readonly changed: readonly string[];
  readonly run: readonly SelectedTest[];
  readonly skipped: readonly string[];
}

const MAX_REASON_PATH = 150;
const shown = (path: string): string => (path.length > MAX_REASON_PATH ? `...${path.slice(-MAX_REASON_PATH)}` : path);

/**
 * Chooses the files of tests that a change can break; the full suite where that cannot be told. After M. Gligoric et al., "Practical regression test
 * selection with dynamic file dependencies" (ISSTA 2015): a test runs when a file changed that it depends on.
 */
export function selectTests(input: SelectionInput): Selection {
  const { changes, tests, settings } = input;
  const files = 'files' in changes ? changes.files : [];
  const changed = files.map(({ path }) => path);
  const full = (reason: string): Selection => ({
    mode: 'full',
    reason,
    changed,
    run: ordered(
      tests.map((file) => ({ file, why: 'full suite', distance: Number.POSITIVE_INFINITY })),
      input,
    ),
    skipped: [],
  });
  if (!settings.enabled) return full('Test selection is switched off (TEST_SELECTION_ENABLED).');
  if ('unknown' in changes) return full(changes.unknown);
  if (tests.length === 0) return full('No file is named like a file of tests, so none can be chosen.');
  if (changed.length > settings.threshold)
    return full(
      `${counted(changed.length, 'file')} changed, more than ${settings.threshold} (TEST_SELECTION_THRESHOLD).`,
    );
  const reason = whyFull(files, input) ?? whyUnread(changed, input);
  return reason === null ? selected(changed, input) : full(reason);
}

function whyUnread(changed: readonly string[], { dependencies }: SelectionInput): string | null {
  const path = changed.length === 0 ? null : dependencies.unread(changed);
  return path === null ? null : `${shown(path)} cannot be parsed, or is too large, so it is not known what it imports.`;
}

function whyFull(files: readonly ChangedFile[], input: SelectionInput): string | null {
  const { dependencies, settings } = input;
  for (const { path, status } of files) {
    if (isCritical(path, settings.critical)) return `${shown(path)} changed, which every test may depend on.`;
    const configuration = dependencies.loadedBefore(path);
    if (configuration !== null) return `${shown(path)} changed, which ${shown(configuration)} loads before every test.`;
    const kind = fileKindOf(path);
    if (kind === 'unknown' && !dependencies.isNamed(path))
      return `${shown(path)} changed, a kind of file whose tests are not known.`;
    if (kind === 'data' && !dependencies.isNamed(path))
      return `${shown(path)} changed, which no file names: whatever reads it is not known.`;
    if (languageOf(path) === 'other' && !isTestFile(path) && testsByRules(path, input.tests).length === 0)
      return `${shown(path)} ${status === 'deleted' ? 'was deleted' : 'changed'}, and no test has its name or folder.`;
  }
  return null;
}

/** Tests of a source file in a language whose imports are not read: of its name, or in its folder. */
function testsByRules(path: string, tests: readonly string[]): string[] {
  const alike = tests.filter((test) => languageOf(test) === 'other');
  return alike.filter((test) => stemOf(test) === stemOf(path) || folderOf(test) === folderOf(path));
}

interface Candidate {
  readonly file: string;
  readonly why: string;
  readonly distance: number;
}

function selected(changed: readonly string[], input: SelectionInput): Selection {
  const { tests, dependencies, settings, commit } = input;
  const chosen = new Map<string, Candidate>();
  const add = (one: Candidate): void => {
    if ((chosen.get(one.file)?.distance ?? Number.POSITIVE_INFINITY) > one.distance) chosen.set(one.file, one);
  };
  for (const [file, { changed: path, distance }] of dependencies.affected(changed))
    add({ file, distance, why: distance === 0 ? 'changed itself' : `depends on ${shown(path)}` });
  for (const path of changed.filter((one) => languageOf(one) === 'other'))
    for (const file of testsByRules(path, tests))
      add({ file, distance: 1, why: `named like ${shown(path)}, or beside it` });
  const known = new Set(tests);
  const run = [...chosen.values()].filter(({ file }) => known.has(file));
  const others = tests.filter((file) => !chosen.has(file));
  const sampled = new Set(others.filter((file) => isDrawn(file, commit, settings.sample)));
  return {
    mode: 'selected',
    reason: `${run.length} of ${counted(tests.length, 'file')} of tests ${run.length === 1 ? 'depends' : 'depend'} on ${changed.length === 0 ? 'what changed: nothing' : counted(changed.length, 'changed file')}.`,
    changed,
    run: [
      ...ordered(run, input),
      ...[...sampled].sort().map((file) => ({ file, why: 'drawn to measure what selection misses', sampled: true })),
    ],
    skipped: others.filter((file) => !sampled.has(file)),
  };
}

/** Whether a skipped test is drawn: the same for a commit, however often it is asked. */
function isDrawn(file: string, commit: string, share: number): boolean {
  return Number.parseInt(digestOf(`${commit}\n${file}`, 8), 16) / 2 ** 32 < share;
}

/**
 * The likeliest to fail first: tests that changed themselves, then those that failed lately (S. Elbaum, G. Rothermel and J. Penix, "Techniques for
 * improving regression testing in continuous integration development environments", FSE 2014), then those nearest to the change in the graph of
 * dependencies (distance is among the features of M. Machalica et al., "Predictive test selection", ICSE-SEIP 2019).
 */
function ordered(candidates: readonly Candidate[], { failures }: SelectionInput): SelectedTest[] {
  const share = ({ file }: Candidate): number => failures.get(file) ?? 0;
  return [...candidates]
    .sort(
      (a, b) =>
        Number(b.distance === 0) - Number(a.distance === 0) ||
        share(b) - share(a) ||
        a.distance - b.distance ||
        (a.file < b.file ? -1 : 1),
    )
    .map(({ file, why }) => ({ file, why, sampled: false }));
}

/** What a selection chose, as comments and job summaries show it. */
export const SelectionSummary = z.strictObject({
  mode: z.enum(['selected', 'full']),
  /** Why this mode: one sentence. */
  reason: z.string().min(1).max(300),
  run: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  /** Of those that run: chosen at random from what would be skipped, to measure what selection misses. */
  sampled: z.number().int().nonnegative(),
});
export type SelectionSummary = z.infer<typeof SelectionSummary>;

/** The selection in numbers, for comments and summaries. */
export const summaryOf = ({ mode, reason, run, skipped }: Selection): SelectionSummary => ({
  mode,
  reason: reason.slice(0, 300),
  run: run.length,
  skipped: skipped.length,
  sampled: run.filter((one) => one.sampled).length,
});
