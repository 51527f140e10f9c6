import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { ChannelMessage } from '#shared/plugins/notifiers/common/channel-message.ts';
import { slackBody } from '#shared/plugins/notifiers/common/slack-blocks.ts';
import { adfOf } from '#shared/plugins/notifiers/jira/ticket-text.ts';
import { pagerdutyEvent } from '#shared/plugins/notifiers/pagerduty/index.ts';
import { teamsBody } from '#shared/plugins/notifiers/teams/index.ts';
import { FORMS } from '#shared/plugins/notifiers/webhook/forms.ts';
import { broken, type Described, type Json, stringsIn } from './described.ts';
import { DOCUMENTED } from './documented.ts';

const at = (value: unknown, ...path: readonly string[]): Json =>
  path.reduce((inner, key) => (inner as Json)[key] as Json, value as Json);
const withProperty = (definitions: Json, name: string, property: string): Json => {
  const definition = at(definitions, name);
  return { ...definitions, [name]: { ...definition, properties: { ...at(definition, 'properties'), [property]: {} } } };
};

const PUBLISHED: readonly Described[] = [
  {
    channel: 'slack',
    description: 'slack-web.json.gz',
    bodyOf: slackBody,
    schemaOf: (description) => ({
      type: 'object',
      required: ['text', 'blocks'],
      properties: { text: { type: 'string', minLength: 1 }, blocks: at(description, 'definitions', 'blocks') },
    }),
    // docs.slack.dev/reference/block-kit/blocks
    limits: (body) => {
      const blocks = (body as { blocks: (Json & { text?: { text: string } })[] }).blocks;
      return broken({
        'at most 50 blocks': blocks.length <= 50,
        'header of at most 150 characters': blocks.every(({ text }) => (text?.text.length ?? 0) <= 150),
        'at most 13,200 characters in all': JSON.stringify(blocks).length <= 13_200,
        'no empty text element': !/"type":"text","text":""/.test(JSON.stringify(blocks)),
      });
    },
  },
  {
    channel: 'teams',
    description: 'adaptive-card-1.5.schema.json.gz',
    bodyOf: (message) => JSON.parse(teamsBody(message)),
    // `msteams` is an extension of Teams (learn.microsoft.com, Full width Adaptive Card), which the schema does not know.
    schemaOf: ({ definitions }) => ({
      definitions: withProperty(definitions as Json, 'AdaptiveCard', 'msteams'),
      type: 'object',
      required: ['type', 'attachments'],
      properties: {
        type: { const: 'message' },
        attachments: {
          type: 'array',
          items: { type: 'object', properties: { content: { $ref: '#/definitions/AdaptiveCard' } } },
        },
      },
    }),
    // learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors
    limits: (body) => broken({ 'at most 28 KB': Buffer.byteLength(JSON.stringify(body)) <= 28_000 }),
  },
  {
    channel: 'pagerduty',
    description: 'pagerduty-events-v2.json.gz',
    bodyOf: (message) => pagerdutyEvent(message, '0'.repeat(32)),
    schemaOf: (description) => ({
      components: description.components,
      ...at(description, 'paths', '/enqueue', 'post', 'requestBody', 'content', 'application/json', 'schema'),
    }),
    // developer.pagerduty.com/docs/events-api-v2-overview
    limits: (body) => {
      const { dedup_key: key, payload } = body as { dedup_key: string; payload?: { summary: string } };
      return broken({
        'key of at most 255 characters': key.length <= 255,
        'summary of 1 to 1,024 characters':
          payload === undefined || (payload.summary.length > 0 && payload.summary.length <= 1024),
        'at most 512 KB': Buffer.byteLength(JSON.stringify(body)) <= 512_000,
      });
    },
  },
  {
    channel: 'discord',
    description: 'discord-webhooks.json.gz',
    bodyOf: (message) => FORMS.discord(message),
    schemaOf: (description) => ({
      components: description.components,
      ...at(description, 'components', 'schemas', 'IncomingWebhookRequestPartial'),
    }),
    // discord.com/developers/docs/resources/message#embed-object-embed-limits
    limits: (body) =>
      broken({
        'at most 6,000 characters in the embed':
          stringsIn((body as { embeds: unknown }).embeds).join('').length <= 6000,
        'no mention allowed': JSON.stringify((body as Json).allowed_mentions) === '{"parse":[]}',
      }),
  },
  {
    channel: 'jira',
    description: 'jira-cloud-v3.json.gz',
    bodyOf: (message) => ({
      fields: {
        summary: message.title,
        description: adfOf({ summary: message.title, message, routing: 'By its class.' }),
      },
      properties: [{ key: 'selfheal', value: { incidentId: message.incidentId } }],
    }),
    schemaOf: (description) => ({
      components: description.components,
      ...at(description, 'components', 'schemas', 'IssueUpdateDetails'),
    }),
    // developer.atlassian.com/cloud/jira/platform/apis/document/structure
    limits: (body) => {
      const { summary, description } = (body as { fields: { summary: string; description: unknown } }).fields;
      return broken({
        'summary of one line, at most 255 characters': summary.length <= 255,
        'description of at most 32,767 characters': stringsIn(description).join('').length <= 32_767,
        'no empty text node': !JSON.stringify(description).includes('"text":""'),
      });
    },
  },
];

export const DESCRIBED: readonly Described[] = [...PUBLISHED, ...DOCUMENTED];

function descriptionIn(file: string): Json {
  try {
    return JSON.parse(gunzipSync(readFileSync(file)).toString()) as Json;
  } catch (cause) {
    throw new InvalidInput(`${file} cannot be read. Pass the folder of the vendors' descriptions with --data.`, {
      cause,
    });
  }
}

/** A check of one channel's messages against its description in `folder`; gives what is broken, in words. */
export function checkerFor(described: Described, folder: string): (message: ChannelMessage) => string[] {
  const description = described.description === null ? {} : descriptionIn(join(folder, described.description));
  const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true, logger: false });
  addFormats.default(ajv);
  // No format of JSON Schema; PagerDuty means an address.
  ajv.addFormat('url', (value) => URL.canParse(value));
  const validate: ValidateFunction = ajv.compile(described.schemaOf(description));
  return (message) => {
    const body = described.bodyOf(message);
    if (body === null) return [];
    const plain: unknown = JSON.parse(JSON.stringify(body));
    const isValid = validate(plain);
    const errors = isValid ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
    return [...errors, ...described.limits(plain, message)];
  };
}
