import { readFile } from 'node:fs/promises';
import type { FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { parseJsonLines } from '#apps/workbench/input/json-lines.ts';

/** What a second annotator, who had not seen the first labels, said of a log of `sources-2026-11`; `cause` is a 1-based line. */
const SecondLabel = z.object({
  source: z.string(),
  file: z.string(),
  class: z.string(),
  verdict: z.string(),
  cause: z.number().int().positive(),
});
export type SecondLabel = z.infer<typeof SecondLabel>;

const FILE = new URL('second-labels.jsonl', import.meta.url);

/** Second labels of sixty logs: how far two readers agree bounds what any reader can reach. */
export async function readSecondLabels(): Promise<SecondLabel[]> {
  return parseJsonLines(await readFile(FILE, 'utf8'), SecondLabel, { file: FILE.pathname, what: 'label' });
}

/** Classes of ours that are right for the everyday words of `sources-2026-11`, the most usual first. */
const CLASSES: Readonly<Record<string, readonly FailureClass[]>> = {
  dependency_conflict: ['dependency_conflicts'],
  dependency_missing: ['dependency_conflicts'],
  compile_error: ['compilation_error'],
  test_failure: ['test_failure'],
  'flaky/timing': ['flaky_tests', 'timing_dependencies'],
  timeout: ['timing_dependencies'],
  network: ['network_connectivity'],
  resource_exhaustion: ['resource_exhaustion', 'memory_leaks', 'storage_issues'],
  'permission/authentication': ['access_control_failures'],
  configuration: ['configuration_errors'],
  'infrastructure/runner': ['test_environment_issues', 'service_unavailability', 'storage_issues'],
  external_service: ['external_service_failures', 'service_unavailability'],
  database: [
    'service_unavailability',
    'external_service_failures',
    'network_connectivity',
    'runtime_exceptions',
    'storage_issues',
  ],
  'lint/format': ['lint_violation', 'compliance_violations'],
  'security/vulnerability': ['vulnerability_blocking', 'compliance_violations'],
  certificate: ['certificate_expiration'],
  runtime_exception: ['runtime_exceptions'],
};

/** Right answers for a label, the most usual first; empty when the annotator could not tell. */
export function classesOfSourceLabel(label: string): readonly FailureClass[] {
  return CLASSES[label] ?? [];
}

const VERDICTS: ReadonlySet<string> = new Set<Verdict>(['regression', 'infrastructure', 'flaky', 'unknown']);

/** The verdict of a label. Throws `RangeError` for another word. */
export function verdictOfSourceLabel(label: string): Verdict {
  if (!VERDICTS.has(label)) throw new RangeError(`"${label}" is no verdict.`);
  return label as Verdict;
}

/** Whether a failure with this verdict passes when run again; null where the label does not say. */
export function transientByVerdict(verdict: Verdict): boolean | null {
  return verdict === 'unknown' ? null : verdict !== 'regression';
}
