import { beforeAll, expect, it } from 'vitest';
import { ACCESS_PARTITIONS } from '#infra/constructs/tables.ts';
import { FUNCTIONS } from '#infra/functions.ts';
import { API_KEY_PARTITION } from '#shared/adapters/aws/dynamo-api-key-store.ts';
import { REQUEST_PARTITION } from '#shared/adapters/aws/dynamo-repeated-requests.ts';
import { ACCESS_TRAIL } from '#shared/domain/audit/access-event.ts';
import { pascalCase } from '#statemachines/heal.ts';
import { rightsOf, templatesFor } from './assembly.ts';

const outside = JSON.stringify({ 'ForAllValues:StringNotEquals': { 'dynamodb:LeadingKeys': ACCESS_PARTITIONS } });
const within = JSON.stringify({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ACCESS_PARTITIONS } });

let rights: Record<string, string[]>;
beforeAll(() => {
  rights = rightsOf(templatesFor(undefined, {}).selfheal);
});

it('API keys, their trail and answers to requests lie in partitions that rights on the Control table do not cover', () => {
  expect(ACCESS_PARTITIONS).toEqual([API_KEY_PARTITION, `AUDIT#${ACCESS_TRAIL}`, REQUEST_PARTITION]);
  const onControl = Object.entries(rights).flatMap(([role, all]) =>
    all.filter((right) => right.includes('TablesControl')).map((right) => [role, right.split(' if ')[1]] as const),
  );
  expect(onControl.length).toBeGreaterThan(10);
  expect(onControl.filter(([, condition]) => condition !== outside && condition !== within)).toEqual([]);
});

it('only functions that say so reach them', () => {
  const reaching = Object.entries(rights).filter(([, all]) => all.some((right) => right.endsWith(within)));
  const saying = FUNCTIONS.filter(({ uses }) => uses.accessRecords !== undefined);
  expect(reaching.map(([role]) => role).sort()).toEqual(
    saying.map(({ name }) => `Functions${pascalCase(name)}Role`).sort(),
  );
});
