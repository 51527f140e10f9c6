import { setTimeout as sleep } from 'node:timers/promises';
import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi, RefusedByApi } from '#apps/workbench/api/api-client.ts';
import { durationOption } from '../duration.ts';
import { severityOption, showOrder } from '../incidents/change-incident.ts';
import { causeSections, section } from '../incidents/render-briefing.ts';

const POLL_MILLISECONDS = 500;
const clean = (text: string): string => cleanText(text, 1000);

export const incidentSimulate = defineCommand({
  name: 'incident simulate',
  aliases: ['simulate-incident'],
  summary: 'rehearse an incident: what it would be taken for, and what would be recommended',
  details:
    'It runs through the real workflow and is listed as simulated, but nothing is executed, nobody is notified, and no figure contains it. End it by\n' +
    '"selfheal incident resolve NUMBER": what you say helped is shown with the next one like it. With --auto-learn what was recommended is written down as a pattern for the service, which starts no action; the permission operate is needed.\n' +
    'With --json: {incident, recommended_actions, learned}. Exit code 1 when it has not ended in time.',
  options: {
    title: { type: 'string', value: 'TEXT', about: 'what is wrong, in a few words' },
    description: { type: 'string', value: 'TEXT', about: 'what a log or a person would say' },
    service: { type: 'string', value: 'NAME', about: 'the service that fails' },
    severity: { type: 'string', value: 'LEVEL', about: 'low, medium, high or critical; medium by default' },
    'auto-learn': { type: 'boolean', about: 'write down what was recommended as a pattern' },
    timeout: {
      type: 'string',
      value: 'TIME',
      about: 'how long to wait for its end: seconds, or such as 2m; 60 by default',
    },
    ...DRY_RUN_OPTION,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { title, description = '', service = null } = options;
    if (title === undefined) throw new UsageError('"selfheal incident simulate" needs --title TEXT.');
    const seconds = durationOption('timeout', options.timeout, { otherwise: 60, atMost: 600 });
    const severity = severityOption(options.severity) ?? 'medium';
    const json = { title, description, service, repository: null, severity, lines: [], simulated: true };
    if (options['dry-run'] === true) return await showOrder('POST /api/incidents', json, terminal);
    const { api } = await openApi(options, terminal);
    const { id } = await contentOf(await api.incidents.$post({ json }));
    let incident = await contentOf(await api.incidents[':id'].$get({ param: { id } }));
    for (let waited = 0; incident.status === 'open' && waited < seconds * 1000; waited += POLL_MILLISECONDS) {
      await sleep(POLL_MILLISECONDS);
      incident = await contentOf(await api.incidents[':id'].$get({ param: { id } }));
    }
    const failureClass = FailureClass.catch('unknown').parse(incident.class);
    const { recommended_actions } = await contentOf(
      await api.recommend.$post({
        json: {
          class: failureClass,
          cause: `${title}\n${description}`,
          scope: service === null ? 'reports' : `service#${service}`,
        },
      }),
    );
    const [best] = recommended_actions;
    let learned: string | null = null;
    if (options['auto-learn'] === true && best !== undefined) {
      const scope = service === null ? 'reports' : `service#${service}`;
      const [pattern = ''] = (description === '' ? title : description).split('\n');
      const order = { pattern, title, solution: best.title.slice(0, 2000), class: failureClass, service, scope };
      try {
        learned = (await contentOf(await api.knowledge.patterns.$post({ json: order }))).pattern.id;
      } catch (error) {
        // The incident is simulated all the same: the same one again has its pattern already.
        if (!(error instanceof RefusedByApi)) throw error;
        terminal.say(`selfheal: no pattern was learned. ${clean(error.detail)}`);
      }
    }
    if (options.json === true) await terminal.write(`${JSON.stringify({ incident, recommended_actions, learned })}\n`);
    else {
      const isKnown = incident.confidence !== null && failureClass !== 'unknown';
      const percent = isKnown ? `, confidence ${percentText(incident.confidence ?? 0)}` : '';
      const lines = [
        `${incident.number === null ? id : `${incident.number} (${id})`}, simulated: ${failureClass.replaceAll('_', ' ')}${percent}, ${incident.status}`,
        clean(incident.briefing.headline),
        ...(incident.reason === null ? [] : [clean(incident.reason)]),
        ...causeSections(incident.briefing),
        ...section('Seen before', incident.briefing.history),
        ...(recommended_actions.length === 0 ? [] : ['', 'Recommended']),
        ...recommended_actions.map(
          ({ title: what, expectedBenefit, why }) =>
            `  ${percentText(expectedBenefit)}  ${clean(what)}\n         ${clean(why)}`,
        ),
        ...(learned === null ? [] : ['', `Learned as pattern ${learned}.`]),
      ];
      await terminal.write(lines.map((line) => `${line}\n`).join(''));
    }
    return incident.status === 'open' ? 1 : 0;
  },
});
