import { beforeAll, expect, it } from 'vitest';
import {
  ACCESS_PARTITIONS,
  CONNECTION_PARTITIONS,
  DATA_TRAIL_PARTITIONS,
  EVENT_PARTITIONS,
  KEY_PARTITIONS,
  KEY_USE_ATTRIBUTES,
  KILL_SWITCH_PARTITIONS,
  PEOPLE_PARTITIONS,
  POLICY_PARTITIONS,
  POLICY_TRAIL_PARTITIONS,
  REQUEST_PARTITIONS,
} from '#infra/constructs/tables.ts';
import { FUNCTIONS } from '#infra/functions.ts';
import { API_KEY_PARTITION } from '#shared/adapters/aws/dynamo-api-key-store.ts';
import { CONNECTION_COUNT_PARTITION, CONNECTION_PARTITION } from '#shared/adapters/aws/dynamo-connection-store.ts';
import { CONTROLS_PARTITION } from '#shared/adapters/aws/dynamo-control-store.ts';
import { EVENT_PARTITION } from '#shared/adapters/aws/dynamo-event-ledger.ts';
import { PERSON_PARTITION } from '#shared/adapters/aws/dynamo-person-store.ts';
import { POLICY_PARTITION } from '#shared/adapters/aws/dynamo-policy-store.ts';
import { REQUEST_PARTITION } from '#shared/adapters/aws/dynamo-repeated-requests.ts';
import { ACCESS_TRAIL, DATA_TRAIL, POLICY_TRAIL } from '#shared/domain/audit/access-event.ts';
import { pascalCase } from '#statemachines/heal.ts';
import { rightsOf, templatesFor } from './assembly.ts';

const outside = JSON.stringify({
  'ForAllValues:StringNotEquals': {
    'dynamodb:LeadingKeys': [
      ...ACCESS_PARTITIONS,
      ...CONNECTION_PARTITIONS,
      ...EVENT_PARTITIONS,
      ...PEOPLE_PARTITIONS,
      ...POLICY_PARTITIONS,
      ...KILL_SWITCH_PARTITIONS,
      ...POLICY_TRAIL_PARTITIONS,
      ...DATA_TRAIL_PARTITIONS,
    ],
  },
});
/** Policy and kill switch with the rest of the table, to read them together. */
const together = JSON.stringify({
  'ForAllValues:StringNotEquals': {
    'dynamodb:LeadingKeys': [
      ...ACCESS_PARTITIONS,
      ...CONNECTION_PARTITIONS,
      ...EVENT_PARTITIONS,
      ...PEOPLE_PARTITIONS,
      ...POLICY_TRAIL_PARTITIONS,
      ...DATA_TRAIL_PARTITIONS,
    ],
  },
});
const within = (keys: readonly string[]) =>
  JSON.stringify({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys } });
const keys = within(KEY_PARTITIONS);
const keyUse = JSON.stringify({
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': KEY_PARTITIONS, 'dynamodb:Attributes': KEY_USE_ATTRIBUTES },
});
const [requests = '', data = ''] = [REQUEST_PARTITIONS, DATA_TRAIL_PARTITIONS].map(within);
const [access = '', connections = '', events = '', people = '', policy = '', killSwitch = '', trail = ''] = [
  ACCESS_PARTITIONS,
  CONNECTION_PARTITIONS,
  EVENT_PARTITIONS,
  PEOPLE_PARTITIONS,
  POLICY_PARTITIONS,
  KILL_SWITCH_PARTITIONS,
  POLICY_TRAIL_PARTITIONS,
].map(within);

let rights: Record<string, string[]>;
beforeAll(() => {
  rights = rightsOf(templatesFor(undefined, {}).selfheal);
});

it('API keys, connections, received events, answers to requests, policy, kill switch and trails lie in partitions that rights on the Control table do not cover', () => {
  expect(ACCESS_PARTITIONS).toEqual([API_KEY_PARTITION, `AUDIT#${ACCESS_TRAIL}`, REQUEST_PARTITION]);
  expect(KEY_PARTITIONS).toEqual([API_KEY_PARTITION]);
  expect(CONNECTION_PARTITIONS).toEqual([CONNECTION_PARTITION]);
  expect(EVENT_PARTITIONS).toEqual([CONNECTION_COUNT_PARTITION, EVENT_PARTITION]);
  expect(PEOPLE_PARTITIONS).toEqual([PERSON_PARTITION]);
  expect(POLICY_PARTITIONS).toEqual([POLICY_PARTITION]);
  expect(KILL_SWITCH_PARTITIONS).toEqual([CONTROLS_PARTITION]);
  expect(POLICY_TRAIL_PARTITIONS).toEqual([`AUDIT#${POLICY_TRAIL}`]);
  expect(DATA_TRAIL_PARTITIONS).toEqual([`AUDIT#${DATA_TRAIL}`]);
  expect(REQUEST_PARTITIONS).toEqual([REQUEST_PARTITION]);
  const onControl = Object.entries(rights).flatMap(([role, all]) =>
    all.filter((right) => right.includes('TablesControl')).map((right) => [role, right.split(' if ')[1]] as const),
  );
  expect(onControl.length).toBeGreaterThan(10);
  expect(
    onControl.filter(
      ([, condition]) =>
        ![
          ...[outside, together, access, keys, keyUse, connections, events, people],
          ...[policy, killSwitch, trail, requests, data],
        ].includes(condition ?? ''),
    ),
  ).toEqual([]);
});

it.each([
  ['accessRecords', access],
  ['keyRecords', keys],
  ['peopleRecords', people],
  ['policyRecords', policy],
  ['killSwitchRecord', killSwitch],
  ['policyTrail', trail],
  ['dataTrail', data],
  ['requestRecords', requests],
  ['controlReads', together],
] as const)('only functions that say so reach %s', (resource, condition) => {
  const reaching = Object.entries(rights).filter(([, all]) => all.some((right) => right.endsWith(condition)));
  // Without a model, `analyze` reads no policy; without Slack's app and people on call, their functions have no rights.
  const saying = FUNCTIONS.filter(
    ({ uses, servesSection }) => (uses[resource] ?? []).length > 0 && servesSection === undefined,
  );
  expect(reaching.map(([role]) => role).sort()).toEqual(
    saying.map(({ name }) => `Functions${pascalCase(name)}Role`).sort(),
  );
});

it('policy and kill switch, where they are read with other records of the table, are only read', () => {
  const reading = Object.values(rights).flatMap((all) => all.filter((right) => right.endsWith(together)));
  expect(reading.length).toBeGreaterThan(5);
  expect(new Set(reading.map((right) => right.split(' on ')[0]))).toEqual(new Set(['dynamodb:BatchGetItem']));
});

it('whoever verifies callers may note when an API key was used, and writes nothing else of it', () => {
  const writing = Object.entries(rights).flatMap(([role, all]) =>
    all
      .filter(
        (right) =>
          [access, keys, keyUse].some((one) => right.endsWith(one)) && /PutItem|UpdateItem|DeleteItem/.test(right),
      )
      .map((right) => [role, right.split(' on ')[0], right.endsWith(keyUse)]),
  );
  expect(writing.filter(([role]) => role !== 'FunctionsApiRole')).toEqual([
    ['FunctionsLogIntakeRole', 'dynamodb:UpdateItem', true],
  ]);
});

it('only the API writes the policy, and nothing in the workflow lifts the kill switch', () => {
  const writing = Object.entries(rights).filter(([, all]) =>
    all.some(
      (right) =>
        [policy, killSwitch, trail].some((one) => right.endsWith(one)) && /PutItem|UpdateItem|DeleteItem/.test(right),
    ),
  );
  expect(writing.map(([role]) => role)).toEqual(['FunctionsApiRole']);
});

it('whoever only tells people that the kill switch is on reads that record, and neither the policy nor its trail', () => {
  const telling = ['Escalate', 'RequestApproval'].map((name) => `Functions${name}Role`);
  const further = telling.flatMap((role) =>
    (rights[role] ?? []).filter((right) => right.endsWith(policy) || right.endsWith(trail)),
  );
  expect(further).toEqual([]);
});
