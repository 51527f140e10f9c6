import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { API_OPTIONS, type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';
import { jsonLinesIn } from '#apps/workbench/input/json-lines.ts';
import { readConfiguration } from '#infra/configuration.ts';
import { type Experiment, solutionOf } from '#shared/domain/experiment/experiment.ts';
import { ExperimentOutcome, type ExperimentResults, resultsOf } from '#shared/domain/experiment/results.ts';
import { apiUnlessNamed } from '../learning/knowledge-api.ts';

const MAX_OUTCOMES = 20_000;
const CONFIGURATION = 'config/selfheal.json';

interface Compared extends Pick<Experiment, 'id' | 'title' | 'status'> {
  readonly variants: readonly { readonly id: string; readonly solution: string }[];
}

function render(
  { id, title, status, variants: compared }: Compared,
  { variants, recommendation }: ExperimentResults,
): string {
  const named = (variantId: string): string => {
    const solution = compared.find((one) => one.id === variantId)?.solution ?? variantId;
    return solution === variantId ? variantId : `${variantId} (${solution})`;
  };
  const width = Math.max(20, ...variants.map((variant) => named(variant.id).length));
  const lines = variants.map((variant) => {
    const [low, high] = variant.interval;
    const rate = variant.rate === null ? 'no outcome' : shareText(variant.rate);
    const time = variant.minutesToHeal === null ? '' : `, ${variant.minutesToHeal.toFixed(1)} min to heal`;
    const effects = Object.entries(variant.sideEffects).map(([effect, times]) => `, ${effect} ${times}x`);
    const cases = `${variant.successes} of ${variant.attempts}`;
    return `  ${named(variant.id).padEnd(width)} ${rate.padStart(10)} (${shareText(low)} to ${shareText(high)}), ${cases}${time}${effects.join('')}`;
  });
  const advice =
    recommendation.kind === 'prefer'
      ? `prefer ${named(recommendation.variantId ?? '')}`
      : recommendation.kind.replaceAll('-', ' ');
  return `${id} (${status}): ${title}\n${lines.join('\n')}\n  ${advice}: ${recommendation.reason}\n`;
}

const described = ({ variants, ...experiment }: Experiment): Compared => ({
  ...experiment,
  variants: variants.map((variant) => ({ id: variant.id, solution: solutionOf(variant) })),
});

function experimentsIn(configurationFile: string, id: string | undefined): readonly Experiment[] {
  const { experiments } = readConfiguration(configurationFile);
  const selected = id === undefined ? experiments : experiments.filter((experiment) => experiment.id === id);
  if (selected.length > 0) return selected;
  const what = id === undefined ? 'no experiments' : `no experiment ${id}`;
  throw new UsageError(`${configurationFile} has ${what}. Add one to "experiments".`);
}

interface Request {
  readonly file: string | undefined;
  readonly table: string | undefined;
  readonly experiments: readonly Experiment[];
}

/** Reads outcomes from the file or the table. Loads the AWS SDK only for a table. */
async function readOutcomes({ file, table, experiments }: Request, terminal: Terminal): Promise<ExperimentOutcome[]> {
  if (table === undefined) return await jsonLinesIn(file ?? '-', ExperimentOutcome, 'outcome', terminal);
  const { makeDynamoExperienceStore } = await import('#shared/adapters/aws/dynamo-experience-store.ts');
  const store = makeDynamoExperienceStore({ table });
  const all = await Promise.all(experiments.map(({ id }) => store.experimentOutcomes(id, MAX_OUTCOMES)));
  return all.flat();
}

/** The results of one experiment, or of all. */
async function resultsFromApi(
  { api }: ApiClient,
  id: string | undefined,
  asJson: boolean,
  terminal: Terminal,
): Promise<0> {
  const { experiments } = await contentOf(await api.experiments.$get());
  const names = experiments.map((one) => one.id);
  if (id !== undefined && !names.includes(id))
    throw new UsageError(
      names.length === 0
        ? `There is no experiment "${id}": none was started yet. "selfheal experiment start" starts one.`
        : unknownValue('experiment', id, names),
    );
  const wanted = id === undefined ? experiments.map((one) => one.id) : [id];
  if (wanted.length === 0)
    terminal.say('selfheal: there is no experiment. Start one with "selfheal experiment start".');
  for (const one of wanted) {
    const report = await contentOf(await api.experiments[':id'].results.$get({ param: { id: one } }));
    const { recommendation, incidents, results } = report;
    const sure = recommendation.confidence === null ? '' : ` (confidence ${shareText(recommendation.confidence)})`;
    const shown = {
      variants: results as ExperimentResults['variants'],
      recommendation: recommendation as ExperimentResults['recommendation'],
    };
    await terminal.write(
      asJson ? `${JSON.stringify(report)}\n` : `${render(report, shown)}  ${incidents} incidents${sure}\n`,
    );
  }
  return 0;
}

export const experimentResults = defineCommand({
  name: 'experiment results',
  aliases: ['ab-test-results'],
  summary: 'show the results of the configured experiments and which variant to prefer',
  details:
    'Reads outcomes from a JSON Lines file, or with --table from a deployment. --records prints the outcomes as JSON Lines instead, for later use.\n' +
    'Intervals are 95 %. Below 30 outcomes no variant is preferred. You may look at any time: the test is a sequential one, which stays valid\n' +
    'however often you look.',
  operands: { shown: '[FILE.jsonl]', atLeast: 0, atMost: 1 },
  options: {
    config: { type: 'string', value: 'FILE', about: `the configuration; ${CONFIGURATION} by default` },
    id: { type: 'string', value: 'ID', aliases: ['test-id'], about: 'only this experiment' },
    ...API_OPTIONS,
    records: { type: 'boolean', about: 'print the outcomes instead of results' },
    table: { type: 'string', value: 'NAME', about: "the deployment's Stats table instead of a file" },
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    const { table, config = CONFIGURATION, id } = options;
    const client =
      file === undefined && options.config === undefined
        ? await apiUnlessNamed({ ...options, patterns: undefined }, terminal)
        : null;
    if (client !== null) return await resultsFromApi(client, id?.replaceAll('_', '-'), options.json === true, terminal);
    if ((file === undefined) === (table === undefined)) {
      throw new UsageError(
        '"selfheal experiment results" needs "selfheal login", a file of outcomes, or --table NAME.',
      );
    }
    const experiments = experimentsIn(config, id);
    const outcomes = await readOutcomes({ file, table, experiments }, terminal);
    if (options.records === true) {
      for (const one of outcomes) await terminal.write(`${JSON.stringify(one)}\n`);
      return 0;
    }
    for (const experiment of experiments) {
      const results = resultsOf(experiment, outcomes);
      const json = `${JSON.stringify({ id: experiment.id, status: experiment.status, ...results })}\n`;
      await terminal.write(options.json === true ? json : render(described(experiment), results));
    }
    return 0;
  },
});
