import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { type Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';
import type { FailureCategory } from './class-names.ts';
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

/**
 * Incidents from the examples of the shipped signatures, classified as a log of a job is. The categories take turns, and the signatures of a
 * category; without a category all signatures do.
 */
export async function simulateIncidents(
  { count, categories }: { readonly count: number; readonly categories: readonly FailureCategory[] },
  terminal: Pick<Terminal, 'say'>,
): Promise<Simulation> {
  const [signatures, model] = [await shippedSignatures(terminal.say), await shippedModel(terminal.say)];
  const all = signatures.all
    .filter(({ signature }) => signature.where !== 'report')
    .flatMap(({ signature: one }) =>
      one.examples.matches.map((text, at) => ({ text, at, title: one.title, class: one.class })),
    )
    .sort((a, b) => a.at - b.at);
  const examples = categories.length === 0 ? all : inTurn(categories.map((category) => examplesOf(category, all)));
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

function examplesOf<E extends { readonly text: string; readonly title: string; readonly class: FailureClass }>(
  { name, classes, subject }: FailureCategory,
  all: readonly E[],
): E[] {
  const fitting = all.filter(
    (one) => classes.includes(one.class) && (subject?.test(`${one.title}\n${one.text}`) ?? true),
  );
  if (fitting.length > 0) return fitting;
  throw new UsageError(`--pattern-types: no signature is of ${name}, so nothing can be simulated.`);
}

/** The first of each list, then the second of each; shorter lists begin anew. */
function inTurn<E>(lists: readonly (readonly E[])[]): E[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => at).flatMap((at) =>
    lists.map((list) => list[at % list.length] as E),
  );
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
