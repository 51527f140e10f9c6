import { defineCommand, listOf, shareOption, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { limitLearning } from '../learning/limit-learning.ts';
import { CHANGE_OPTIONS } from '../policy/policy-api.ts';

const STAGES = [
  ['stage-1', 'suggest', 'people are told what helped'],
  ['stage-2', 'match', 'the failure is taken for the pattern'],
  ['stage-3', 'act', 'no model needs to be asked'],
] as const;

const CONFIDENCE = /^(?:confidence[_=: -]?)?(?<share>\d*\.?\d+)$/i;

/** `basic_patterns,confidence_0.6`: a name of your own and the confidence. Throws `UsageError`. */
function stageOf(option: string, given: string): { readonly name: string; readonly confidence: number } {
  const parts = listOf(given);
  const [said, ...others] = parts.flatMap((part) => CONFIDENCE.exec(part)?.groups?.share ?? []);
  if (said === undefined || others.length > 0)
    throw new UsageError(
      `--${option} ${given}: expected a name and a confidence, such as basic_patterns,confidence_0.6.`,
    );
  const name = parts.find((part) => !CONFIDENCE.test(part)) ?? option;
  return { name, confidence: shareOption(option, said, 0.6) };
}

/** `success_rate_90_percent`, `success_rate_0.9` or `90%`. Throws `UsageError`. */
function rateOf(given: string | undefined): number | null {
  if (given === undefined) return null;
  const [, number, percent] =
    /^(?:success[_-]?rate[_=: -]?)?(\d*\.?\d+)(?:[_ -]?(percent|%))?$/i.exec(given.trim()) ?? [];
  const rate =
    number === undefined
      ? Number.NaN
      : percent !== undefined || Number(number) > 1
        ? Number(number) / 100
        : Number(number);
  if (rate >= 0 && rate <= 1) return rate;
  throw new UsageError(`--advancement-criteria ${given}: expected a success rate, such as success_rate_90_percent.`);
}

export const learningStages = defineCommand({
  name: 'learning stages',
  aliases: ['configure-learning-stages'],
  summary: 'how sure a learned pattern must be before it is suggested, matched and used without a model',
  details:
    'Stage 1 is suggest, 2 match, 3 act; every pattern begins as one that is only observed. The advancement criterion is the least success rate of each\n' +
    'stage: the lower bound of its 95 % interval. Values may be stricter than deployed, never laxer: those that are laxer are named and stay as\n' +
    'deployed. For all places of the deployment. Needs the role admin. With --json: {changes, policy}.\n' +
    'Example: selfheal learning stages --stage-1 basic,confidence_0.65 --stage-2 complex,confidence_0.8 --stage-3 all,confidence_0.9',
  options: {
    'stage-1': { type: 'string', value: 'NAME,SHARE', about: 'a name of yours and the confidence for suggest' },
    'stage-2': { type: 'string', value: 'NAME,SHARE', about: 'the same for match' },
    'stage-3': { type: 'string', value: 'NAME,SHARE', about: 'the same for act' },
    'advancement-criteria': {
      type: 'string',
      value: 'RATE',
      about: 'success_rate_90_percent: what each stage has to prove',
    },
    ...CHANGE_OPTIONS,
  },
  async run({ options }, terminal: Terminal) {
    const rate = rateOf(options['advancement-criteria']);
    const stages = STAGES.flatMap(([option, stage, meaning]) => {
      const given = options[option];
      if (given === undefined && rate === null) return [];
      const read = given === undefined ? null : stageOf(option, given);
      if (read !== null)
        terminal.say(`selfheal: ${read.name} is stage ${stage}, from a confidence of ${read.confidence}: ${meaning}`);
      return [
        [
          stage,
          { ...(read === null ? {} : { confidence: read.confidence }), ...(rate === null ? {} : { lowerBound: rate }) },
        ] as const,
      ];
    });
    if (stages.length === 0)
      throw new UsageError(
        '"selfheal learning stages" needs --stage-1, --stage-2, --stage-3 or --advancement-criteria.',
      );
    return await limitLearning(
      { stages: Object.fromEntries(stages) },
      { command: 'learning stages' },
      options,
      terminal,
    );
  },
});
