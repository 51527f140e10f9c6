import type { ExitCode } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { present } from '@selfheal/kernel/present.ts';
import { leavesOf } from '#shared/domain/configuration/overlay.ts';
import { Learning, type LearningLimits, narrowedLearning } from '#shared/domain/learning/learning-settings.ts';
import { type ChangeOptions, changeBy, openPolicy, valueWords } from '../policy/policy-api.ts';

/** What each limit means, with its unit. */
const WORDS: Readonly<Record<string, string>> = {
  classes: 'failures of which patterns are learned without a person',
  maxNewPatternsPerDay: 'new patterns of one place a day',
  maxConfidenceGainPerWeek: 'rise of a confidence a week',
  rollbackFailureRate: 'share of failures from which a pattern is retired',
  approvalTags: 'tags whose patterns a person approves',
  confidence: 'least confidence',
  cases: 'least number of outcomes',
  lowerBound: 'least success rate (lower bound of the 95 % interval)',
};

function limitWords(field: string): string {
  const [, stage, name = field] = /^stages\.(\w+)\.(\w+)$/.exec(field) ?? [];
  return `${stage === undefined ? '' : `stage ${stage}: `}${WORDS[name] ?? name}`;
}

/**
 * Sets limits of learning at run time, for all places. A value that is laxer than what is deployed is not sent: it is named with the one that
 * stays. `isEnabling` also takes back that learning was switched off at run time.
 */
export async function limitLearning(
  wanted: LearningLimits,
  { command, isEnabling = false }: { readonly command: string; readonly isEnabling?: boolean },
  options: ChangeOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { policy } = await openPolicy(options, terminal);
  const deployed = Learning.parse({ ...(policy.deployed.learning as object) });
  const narrowed = leavesOf(narrowedLearning(deployed, wanted));
  const laxer = [...leavesOf(wanted)].filter(
    ([field, value]) => typeof value === 'number' && narrowed.get(field) !== value,
  );
  for (const [field, value] of laxer)
    terminal.say(
      `selfheal: ${limitWords(field)} ${valueWords(value)}: laxer than what holds, so ${valueWords(narrowed.get(field))} stays. To widen it, change config/selfheal.json and deploy it.`,
    );
  const kept = without(wanted, new Set(laxer.map(([field]) => field)));
  const isOff = isEnabling && (policy.overlay as { features?: { learning?: boolean } }).features?.learning === false;
  const change = {
    ...(isOff ? { features: { learning: null } } : {}),
    ...present({ learning: kept }),
  };
  if (isEnabling && (policy.deployed.features as { learning?: boolean }).learning === false)
    terminal.say(
      'selfheal: learning is switched off as deployed (features.learning): nothing is learned until that is changed and deployed.',
    );
  const code = await changeBy(change, options.reason ?? `set with selfheal ${command}`, options, terminal);
  if (options.json === true) return code;
  const lines = [...leavesOf(wanted).keys()].map(
    (field) => `  ${limitWords(field)}: ${valueWords(narrowed.get(field))}\n`,
  );
  const dry = options['dry-run'] === true;
  await terminal.write(
    `${isEnabling ? 'Learning from verified outcomes is on. ' : ''}${dry ? 'Would hold' : 'Holds'} in all places of this deployment:\n${lines.join('')}`,
  );
  return code;
}

/** The nested object without the leaves of these paths, and without what is empty then. */
function without(value: unknown, fields: ReadonlySet<string>, path: readonly string[] = []): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return fields.has(path.join('.')) ? undefined : value;
  const entries = Object.entries(value)
    .map(([name, inner]) => [name, without(inner, fields, [...path, name])] as const)
    .filter(([, inner]) => inner !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
