import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { Role } from '#shared/domain/access/caller.ts';
import { showOrder } from '../incidents/change-incident.ts';

const DAY_MILLISECONDS = 24 * 3600 * 1000;
const MAX_DAYS = 365;

export const keyCreate = defineCommand({
  name: 'key create',
  summary: 'create an API key; it is shown this once',
  details:
    'NAME says what the key is for. A key has roles like a person, and nobody gives it more than they have. What it asks for, its creator does not\n' +
    'approve. It needs the role admin of somebody who signed in. The key is the only line on standard output. With --json: {text, key}.',
  operands: { shown: 'NAME', atLeast: 1, atMost: 1 },
  options: {
    role: {
      type: 'string',
      value: 'ROLES',
      about: `${Role.options.join(', ')}; several with commas; viewer by default`,
    },
    days: { type: 'string', value: 'N', about: `how many days it is valid, 1 to ${MAX_DAYS}; 90 by default` },
    ...API_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [name = ''], options }, terminal) {
    const roles = (options.role ?? 'viewer').split(',').map((role) => role.trim());
    const unknown = roles.find((role) => !Role.safeParse(role).success);
    if (unknown !== undefined) throw new UsageError(`--role ${unknown}: expected ${Role.options.join(', ')}.`);
    const days = wholeNumber('days', options.days ?? '90', { otherwise: 90, atMost: MAX_DAYS });
    const expiresAt = new Date(terminal.now() + days * DAY_MILLISECONDS).toISOString();
    const order = { name, roles: roles as Role[], expiresAt };
    if (options['dry-run'] === true) return await showOrder('POST /api/keys', order, terminal);
    const { api } = await openApi(options, terminal);
    const created = await contentOf(await api.keys.$post({ json: order }));
    terminal.say(`Key ${created.key.id} is valid until ${created.key.expiresAt}. It is not shown again:`);
    await terminal.write(options.json === true ? `${JSON.stringify(created)}\n` : `${created.text}\n`);
    return 0;
  },
});
