import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { present } from '@selfheal/kernel/present.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { patternNamed, placeOf } from '../learning/knowledge-api.ts';
import { actionsNamed } from '../policy/action-names.ts';

/** `50`, `50:50`, `0.5` or `50%`: the share of the first solution, in percent. */
function percentOf(given: string): number {
  const [first = '', second] = given.replaceAll('%', '').split(/[:/]/);
  const [a, b] = [Number(first), second === undefined ? null : Number(second)];
  const percent = b === null ? (a < 1 ? 100 * a : a) : (100 * a) / (a + b);
  if (first !== '' && Number.isFinite(percent) && percent >= 1 && percent <= 99) return percent;
  throw new UsageError(`--split-ratio ${given}: expected percent of the first solution, such as 50 or 70:30.`);
}

/** The deployed action or playbook that is meant, or `ranked`. Throws `UsageError` where the name means several. */
function solutionOf(given: string, terminal: Pick<Terminal, 'say'>): string {
  const id = given.replaceAll('_', '-');
  // A playbook of the deployment has a name of its own; the API knows it.
  const ids = id === 'ranked' ? [id] : meantOr(given, id);
  const [only = id, ...others] = ids;
  if (others.length > 0)
    throw new UsageError(`${given} may be ${ids.join(', ')}: name one of them, so that two actions are compared.`);
  if (only !== given) terminal.say(`selfheal: ${given} is here: ${only}`);
  return only;
}

function meantOr(given: string, id: string): readonly string[] {
  try {
    return actionsNamed(given);
  } catch {
    return [id];
  }
}

const idOf = (given: string | undefined): string | undefined => given?.replaceAll('_', '-');

export const experimentStart = defineCommand({
  name: 'experiment start',
  aliases: ['setup-ab-test'],
  summary:
    'compare two deployed actions on the failures of a pattern, a class, a repository or a service, for some days',
  details:
    'A solution is the id of a deployed action or playbook, or "ranked" for the one that ranks first. The experiment changes only which of the\n' +
    'actions that fit comes first, never to a riskier one. "selfheal experiment results --test-id ID" shows how it goes.',
  options: {
    id: { type: 'string', value: 'ID', about: 'its name; made from the solutions by default' },
    title: { type: 'string', value: 'TEXT', about: 'what is compared, in a few words' },
    pattern: { type: 'string', value: 'ID', about: 'failures of the class of this pattern: its id or its title' },
    scope: { type: 'string', value: 'PLACE', about: 'the place of the pattern; all services by default' },
    class: { type: 'string', value: 'CLASS', about: 'failures of this class' },
    repo: { type: 'string', value: 'OWNER/NAME', about: 'failures of this repository' },
    service: { type: 'string', value: 'ID', about: 'alarms of this service' },
    'solution-a': { type: 'string', value: 'ACTION', about: 'the first solution, with which the other is compared' },
    'solution-b': { type: 'string', value: 'ACTION', about: 'the other solution' },
    'split-ratio': {
      type: 'string',
      value: 'SHARE',
      about: 'percent of the first solution: 50 (by default), 70:30 or 0.7',
    },
    'duration-days': { type: 'string', value: 'N', about: 'how many days it runs; 14 by default' },
    ...API_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { 'solution-a': givenA, 'solution-b': givenB, repo, service } = options;
    if (givenA === undefined || givenB === undefined)
      throw new UsageError('"selfheal experiment start" needs --solution-a ACTION and --solution-b ACTION.');
    const [solutionA, solutionB] = [givenA, givenB].map((given) => solutionOf(given, terminal)) as [string, string];
    if (solutionA === solutionB)
      throw new UsageError(
        `--solution-a ${givenA} and --solution-b ${givenB} both mean ${solutionA} here, so there is nothing to compare. "selfheal action list" lists the actions.`,
      );
    const client = await openApi(options, terminal);
    const scope = options.pattern === undefined ? options.scope : placeOf(options.scope, terminal);
    const pattern =
      options.pattern === undefined ? undefined : await patternNamed(client, scope ?? '', options.pattern);
    const json = {
      id: idOf(options.id) ?? `${solutionA}-or-${solutionB}`.slice(0, 60),
      title: options.title ?? `${solutionA} or ${solutionB}`,
      ...{ solutionA, solutionB, percentA: percentOf(options['split-ratio'] ?? '50') },
      days: wholeNumber('duration-days', options['duration-days'], { otherwise: 14, atMost: 90 }),
      ...present({ pattern, scope }),
      ...(options.class === undefined ? {} : { class: options.class as never }),
      ...present({ repository: repo, service }),
      dryRun: options['dry-run'] === true,
    };
    const { api } = client;
    const started = await contentOf(await api.experiments.$post({ json }));
    const variants = started.variants.map(({ percent, solution }) => `${solution} ${percent.toFixed(0)} %`);
    const text = `${json.dryRun ? 'would be started' : 'started'}: ${started.id}, until ${started.endsAt?.slice(0, 10)}: ${variants.join(', ')}\n`;
    await terminal.write(options.json === true ? `${JSON.stringify(started)}\n` : text);
    return 0;
  },
});
