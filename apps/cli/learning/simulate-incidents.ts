import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { type Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';
import { classify } from '#shared/domain/failure/classify.ts';
import { shareWords } from './render-status.ts';

export interface Simulation {
  readonly incidents: number;
  /** Given the class that they are made from. */
  readonly identified: Proportion | null;
  /** Given another class. */
  readonly falsePositives: Proportion | null;
  readonly meanConfidence: number | null;
  readonly byClass: readonly { readonly class: FailureClass; readonly accuracy: Proportion | null }[];
}

/** Harmless lines around a failure, so that it has to be found. */
const BEFORE = ['Preparing the workspace', 'Restored the cache of dependencies', 'Running the job'];
const AFTER = ['Post job cleanup', 'Evaluated the result of the job'];

/** Incidents from the examples of the shipped signatures, in turn, classified as a log of a job is. */
export async function simulateIncidents(
  { count, isWanted }: { readonly count: number; readonly isWanted: (failureClass: FailureClass) => boolean },
  terminal: Pick<Terminal, 'say'>,
): Promise<Simulation> {
  const [signatures, model] = [await shippedSignatures(terminal.say), await shippedModel(terminal.say)];
  const examples = signatures.all
    .filter(({ signature }) => signature.where !== 'report' && isWanted(signature.class))
    .flatMap(({ signature: one }) => one.examples.matches.map((text, at) => ({ text, at, class: one.class })))
    .sort((a, b) => a.at - b.at);
  if (examples.length === 0)
    throw new UsageError('--pattern-types: no signature is of these classes, so nothing can be simulated.');
  const answered = Array.from({ length: count }, (_, at) => {
    const example = examples[at % examples.length] as (typeof examples)[number];
    const log = [...BEFORE, example.text, ...AFTER].join('\n');
    const said = classify(textEvidence(`${log}\n`), { signatures, model });
    return { class: example.class, said: said.class, confidence: said.confidence };
  });
  const right = answered.filter((one) => one.said === one.class).length;
  const wrong = answered.filter((one) => one.said !== one.class && one.said !== 'unknown').length;
  const classes = [...new Set(answered.map((one) => one.class))].sort();
  return {
    incidents: count,
    identified: proportionOf(right, count),
    falsePositives: proportionOf(wrong, count),
    meanConfidence: answered.reduce((sum, { confidence }) => sum + confidence, 0) / count,
    byClass: classes.map((name) => {
      const own = answered.filter((one) => one.class === name);
      return { class: name, accuracy: proportionOf(own.filter((one) => one.said === name).length, own.length) };
    }),
  };
}

export function renderSimulation({
  incidents,
  identified,
  falsePositives,
  meanConfidence,
  byClass,
}: Simulation): string {
  return [
    `${incidents} simulated incidents: identified ${shareWords(identified)}, wrong class ${shareWords(falsePositives)}`,
    `  mean confidence ${meanConfidence?.toFixed(2) ?? 'unknown'}`,
    ...byClass.map((one) => `  ${one.class}: ${shareWords(one.accuracy)}`),
    '  resolved without people, time to resolve: not measured here; give a file of past incidents in place of --simulate-incidents',
    '',
  ].join('\n');
}
