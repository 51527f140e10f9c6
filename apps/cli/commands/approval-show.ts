import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import type { InferResponseType } from 'hono/client';
import { API_OPTIONS, type ApiClient, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { digestDigits, findByDigest, pendingApprovals } from '../approvals/decide-command.ts';
import { causeSections, clean, contextSections, section } from '../incidents/render-briefing.ts';

type Details = Extract<
  InferResponseType<ApiClient['api']['approvals'][':incidentId'][':digest']['$get']>,
  { briefing: unknown }
>;

function render(incidentId: string, { digest, title, expiresAt, objection, briefing }: Details): string {
  const { headline, plan, change, withoutAnswer } = briefing;
  const decide = (verb: string) => `selfheal approval ${verb} ${digest.slice(0, 12)} --reason TEXT`;
  const lines = [
    clean(headline),
    clean(`A plan waits for a decision: ${title}. Answer by ${expiresAt}. ${withoutAnswer}`),
    ...section(
      'Your decision',
      plan.map(({ name, value }) => `${name}: ${value}`),
    ),
    ...section('How to answer', objection === null ? [decide('approve'), decide('reject')] : [objection]),
    ...(change === null
      ? []
      : section('The change', [...change.looks.map((look) => `Check this first: ${look}`), change.diff])),
    ...causeSections(briefing),
    ...contextSections(briefing),
    '',
    `Incident ${clean(incidentId)}, plan ${clean(digest)}.`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

export const approvalShow = defineCommand({
  name: 'approval show',
  summary: 'a pending plan with all that is needed to judge it: cause, evidence, effect, undo, history',
  details:
    'DIGEST is the digest of the plan or its first twelve digits, as the list and the mail show it.\n' +
    'With --json: the plan as the API gives it.',
  operands: { shown: 'DIGEST', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [digest = ''], options }, terminal) {
    const client = await openApi(options, terminal);
    const { incidentId, digest: whole } = findByDigest(await pendingApprovals(client), digestDigits(digest));
    const param = { incidentId, digest: whole };
    const details = await contentOf(await client.api.approvals[':incidentId'][':digest'].$get({ param }));
    await terminal.write(options.json === true ? `${JSON.stringify(details)}\n` : render(incidentId, details));
    return 0;
  },
});
