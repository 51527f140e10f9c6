import { UsageError } from '@selfheal/cli-kit/command.ts';
import { type AnswerOf, requestCommand } from './request-command.ts';

/** Address, secret and what to enter at the sender. */
function setupWords({ connection, url, secret, how }: AnswerOf<'GET /api/connections/webhooks/:id'>): string {
  return `Connection ${connection.id} (${connection.source})\nAddress: ${url}\nSecret:  ${secret ?? 'made by the sender'}\n${how}\n`;
}

const ID = { shown: 'ID', field: 'id' } as const;

export const CONNECTIONS = [
  requestCommand({
    name: 'connection create',
    request: 'POST /api/connections/webhooks',
    summary: 'make a connection through which another tool sends alerts',
    details:
      'ID is part of the address. It prints the address and the secret for the sender; "selfheal connection show ID" prints them again.\n' +
      'With --json: {connection, url, secret, how}.',
    operand: ID,
    options: {
      source: { value: 'SOURCE', about: 'alertmanager, grafana, datadog, pagerduty, sentry, newrelic ...; required' },
      scheme: { value: 'SCHEME', about: 'how a delivery proves itself' },
      header: { value: 'NAME', about: 'the header with the secret, for token-header' },
      services: { value: 'IDS', about: 'services that it may speak for, with commas; all by default' },
      'per-minute': { value: 'N', about: 'deliveries that are read in a minute' },
      'silent-after': {
        field: 'silentAfterMinutes',
        value: 'MINUTES',
        about: 'lists it as silent after so long without a delivery',
      },
    },
    more: { 'stored-secret': { type: 'boolean', about: 'the sender makes the secret; an operator stores it' } },
    prepare({ options, fields }) {
      if (fields.source === undefined)
        throw new UsageError('--source is missing: name the tool that sends, for example alertmanager.');
      return {
        scheme: fields.scheme ?? 'bearer',
        ...(typeof fields.header === 'string' ? { header: fields.header.toLowerCase() } : {}),
        secret: options['stored-secret'] === true ? 'stored' : 'derived',
      };
    },
    text: setupWords,
  }),
  requestCommand({
    name: 'connection list',
    request: 'GET /api/connections/webhooks',
    summary: 'list the connections through which other tools send alerts',
    details:
      'Each with its source, how it proves itself, when it last sent, and whether it is silent for longer than it should.\n' +
      'With --json: {connections: [...]}.',
    text: ({ connections }) =>
      connections
        .map(({ id, source, scheme, services, perMinute, lastSeenAt, isSilent }) => {
          const about = services === null ? 'every service' : services.join(', ');
          return `${id}  ${source}  by ${scheme}  for ${about}  ${perMinute} a minute  ${isSilent ? 'SILENT, ' : ''}${lastSeenAt ? `last sent ${lastSeenAt}` : 'never sent'}\n`;
        })
        .join('') || 'There are no connections. Make one with "selfheal connection create".\n',
  }),
  requestCommand({
    name: 'connection show',
    request: 'GET /api/connections/webhooks/:id',
    summary: 'show address and secret of a connection',
    details: 'ID is that of "selfheal connection list". With --json: {connection, url, secret, how}.',
    operand: ID,
    text: setupWords,
  }),
  requestCommand({
    name: 'connection rotate',
    request: 'POST /api/connections/webhooks/:id/rotate',
    summary: 'give a connection its next secret',
    details:
      'The secret of before is accepted for some hours more, so that nothing is lost while the sender is changed.\n' +
      'With --json: {connection, url, secret, how}.',
    operand: ID,
    options: { 'overlap-hours': { value: 'N', about: 'hours for which the secret of before is accepted' } },
    text: setupWords,
  }),
  requestCommand({
    name: 'connection remove',
    request: 'DELETE /api/connections/webhooks/:id',
    summary: 'end a connection for good',
    details: 'Its deliveries are refused from now on. With --json the connection as the API answers.',
    operand: ID,
    text: ({ id }) => `Connection ${id} is removed.\n`,
  }),
];
