import { defineCommand, type ExitCode, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { sayRehearsal } from '../api/following.ts';
import { actionsMeant } from '../policy/action-names.ts';

/** An option of a number to scale to. */
export const TO_OPTION = {
  to: { type: 'string', value: 'N', about: 'of an action that scales: how many there should be' },
} as const;

/** Parses it; null without one. Throws `UsageError`. */
export function numberTo(given: string | undefined): number | null {
  if (given === undefined) return null;
  const value = Number(given);
  if (/^\d{1,5}$/.test(given) && value >= 1 && value <= 10_000) return value;
  throw new UsageError(`--to ${given}: expected a whole number from 1 to 10000.`);
}

export const actionTry = defineCommand({
  name: 'action try',
  aliases: ['test-action'],
  summary: 'what an action would do, without any effect',
  details:
    'By the same plan and guard rules as in the workflow. Without --service, --incident or --repo: with sample values.\n' +
    'With --json: {action, decision, reasons, effect, undo}. Exit code 1 when it would not be done.',
  operands: { shown: 'ACTION', atLeast: 1, atMost: 1, aliases: ['action-type'] },
  options: {
    ...API_OPTIONS,
    service: { type: 'string', value: 'ID', aliases: ['service-name'], about: 'on this service as it is now' },
    alarm: { type: 'string', value: 'NAME', about: 'for this alarm of the service; by default the one that rings' },
    repo: { type: 'string', value: 'OWNER/NAME', about: 'what this repository allows' },
    class: { type: 'string', value: 'CLASS', about: 'class of the failure; playbooks depend on it' },
    ...TO_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [given = ''], options }, terminal) {
    const { service, alarm, repo, class: failureClass } = options;
    const to = numberTo(options.to);
    const { api } = await openApi(options, terminal);
    const json = {
      ...present({ service, alarm, repository: repo }),
      ...(failureClass === undefined ? {} : { class: failureClass as never }),
      ...(to === null ? {} : { to }),
    };
    let code: ExitCode = 0;
    // An id is taken as it is, and may be a playbook of the deployment; only other names are looked up.
    const ids = given.includes('_') ? actionsMeant(given, terminal) : [given];
    for (const id of ids) {
      const rehearsal = await contentOf(await api.actions[':id'].try.$post({ param: { id }, json }));
      code = Math.max(code, await sayRehearsal(rehearsal, options.json === true, terminal));
    }
    return code;
  },
});
