import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { SCHEMES, type Scheme } from '#shared/domain/webhooks/connection.ts';
import { showOrder } from '../incidents/change-incident.ts';
import { showSetup } from '../incidents/received.ts';

export const connectionCreate = defineCommand({
  name: 'connection create',
  summary: 'make a connection through which another tool sends alerts',
  details:
    'ID is part of the address. It prints the address and the secret for the sender; "selfheal connection show ID" prints them again. It needs the\n' +
    'role admin. With --json: {connection, url, secret, how}.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: {
    source: {
      type: 'string',
      value: 'SOURCE',
      about: 'alertmanager, grafana, datadog, pagerduty, sentry, newrelic ...; required',
    },
    scheme: { type: 'string', value: 'SCHEME', about: `${SCHEMES.join(', ')}; bearer by default` },
    header: { type: 'string', value: 'NAME', about: 'the header with the secret, for token-header' },
    services: { type: 'string', value: 'IDS', about: 'services that it may speak for, with commas; all by default' },
    'per-minute': { type: 'string', value: 'N', about: 'deliveries that are read in a minute; 120 by default' },
    'silent-after': { type: 'string', value: 'MINUTES', about: 'lists it as silent after so long without a delivery' },
    'stored-secret': { type: 'boolean', about: 'the sender makes the secret; an operator stores it' },
    ...API_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [id = ''], options }, terminal) {
    const { source, scheme = 'bearer', header, services } = options;
    if (source === undefined)
      throw new UsageError('--source is missing: name the tool that sends, for example alertmanager.');
    if (!isScheme(scheme)) throw new UsageError(`--scheme ${scheme}: expected ${SCHEMES.join(', ')}.`);
    const order = {
      id,
      source,
      scheme,
      header: header?.toLowerCase() ?? null,
      services: services === undefined ? null : services.split(',').map((service) => service.trim()),
      perMinute: wholeNumber('per-minute', options['per-minute'] ?? '120', { otherwise: 120, atMost: 3000 }),
      silentAfterMinutes:
        options['silent-after'] === undefined
          ? null
          : wholeNumber('silent-after', options['silent-after'], { otherwise: 60, atMost: 43_200 }),
      secret: options['stored-secret'] === true ? ('stored' as const) : ('derived' as const),
    };
    if (options['dry-run'] === true) return await showOrder('POST /api/connections/webhooks', order, terminal);
    const { api } = await openApi(options, terminal);
    const setup = await contentOf(await api.connections.webhooks.$post({ json: order }));
    await showSetup(setup, options.json === true, terminal);
    return 0;
  },
});

const isScheme = (text: string): text is Scheme => (SCHEMES as readonly string[]).includes(text);
