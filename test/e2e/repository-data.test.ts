import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { HELD_KINDS, type HeldRecord } from '#shared/ports/held-data.ts';
import { runCommand } from '#test/unit/cli/run-command.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { tableNamed } from './support/template.ts';
import { until } from './support/until.ts';

const PASSWORD = ['Correct', 'horse', 'battery', '1!'].join('-');
const GONE = 'acme/shop';
/** Begins like the other one. */
const KEPT = 'acme/shop-tools';
const TABLES = ['Incidents', 'Knowledge', 'Stats', 'Control'];

let healer: Healer;
let token: string | undefined;
let s3: S3Client;
const ids: string[] = [];
const keptIds: string[] = [];
beforeAll(async () => {
  healer = await openHealer();
  const { endpoint } = healer.runtime;
  s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: healer.adminKey, secretAccessKey: 'local' },
  });
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
  token = (await send('POST', '/api/auth/login', { user: 'ada', password: PASSWORD })).json.token;
  const failed = [GONE, KEPT].flatMap((repository) => [
    healer.world.samples.failRun('transient', { repository, rerunMs: 20 }),
    healer.world.samples.failRun('regression', { repository }),
  ]);
  for (const { repository, runId } of failed) {
    const { id } = await healer.ended(runId);
    (repository === GONE ? ids : keptIds).push(id);
  }
  for (const repository of [GONE, KEPT]) {
    const content = gzipSync(JSON.stringify({ about: repository })).toString('base64');
    const document = `/api/repositories/${repository}/quality/baselines~main`;
    expect((await send('PUT', document, { content }, { 'if-none-match': '*' })).status).toBe(200);
    const order = {
      scope: repository,
      title: 'Registry',
      pattern: 'registry * dropped',
      solution: 'Raise the limit.',
      class: 'resource_exhaustion',
    };
    expect(await send('POST', '/api/knowledge/patterns', order)).toMatchObject({ status: 201 });
  }
  await healer.quiet();
});
afterAll(async () => {
  s3?.destroy();
  await healer?.stop();
});

async function send(method: string, path: string, body: unknown, headers: object = {}) {
  const response = await fetch(`${healer.runtime.endpoint}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: JSON.parse(await response.text()) };
}

const selfheal = async (...args: readonly string[]) => {
  const environment = { SELFHEAL_URL: healer.runtime.endpoint, SELFHEAL_TOKEN: token ?? '' };
  const { code, stdout, stderr } = await runCommand(args, '', undefined, environment);
  return { code, stdout: stdout.toString(), stderr };
};

/** Every record of the tables and every object of the bucket, by its place. */
async function everything(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const documents = DynamoDBDocumentClient.from(healer.dynamoDb);
  for (const part of TABLES) {
    const TableName = tableNamed(healer, part);
    let start: Record<string, unknown> | undefined;
    const page = () => documents.send(new ScanCommand({ TableName, ExclusiveStartKey: start }));
    do {
      const { Items = [], LastEvaluatedKey } = await page();
      for (const item of Items) found.set(`${part} ${item.pk} ${item.sk}`, text(item));
      start = LastEvaluatedKey;
    } while (start !== undefined);
  }
  const Bucket = outputOf(healer.runtime, 'EvidenceBucketName');
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key = '' } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    found.set(`bucket ${Key}`, (await Body?.transformToString('utf8')) ?? '');
  }
  return found;
}

const text = (item: object): string =>
  JSON.stringify(item, (_, value) => (value instanceof Set ? [...value].sort() : value));

/** Places that name the repository or one of its incidents. The logs of the samples name it wherever they are from. */
function aboutGone(all: ReadonlyMap<string, string>): string[] {
  const named = new RegExp(`${GONE}(?![\\w-])|${ids.join('|')}`, 'i');
  const others = [...all].filter(([place]) => !keptIds.some((id) => place.includes(id)));
  return others.filter(([place, content]) => named.test(place) || named.test(content)).map(([place]) => place);
}

const aboutKept = (all: ReadonlyMap<string, string>) =>
  new Map([...all].filter(([place, content]) => place.includes(KEPT) || content.includes(KEPT)));

it('exports each record of a repository, and none of another one, to whoever is an administrator', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-data-'));
  try {
    const out = join(folder, 'shop.jsonl');
    const { code, stderr } = await selfheal('data', 'export', '--repo', 'Acme/Shop', '--out', out);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^selfheal: \d+ records of Acme\/Shop written/)]);
    const lines = readFileSync(out, 'utf8').trim().split('\n');
    const records = lines.map((line) => JSON.parse(line) as HeldRecord);
    const kinds = new Set(records.map(({ kind }) => kind));
    const rare = ['baseline', 'healing', 'message', 'event', 'request', 'limit'];
    expect(HELD_KINDS.filter((kind) => !kinds.has(kind) && !rare.includes(kind))).toEqual([]);
    expect(lines.filter((line) => line.includes(KEPT))).toEqual([]);
    expect(lines.filter((line) => line.includes('taskToken'))).toEqual([]);
    const places = new Set(
      records.map(({ place }) => ('object' in place ? `bucket ${place.object}` : `${place.pk} ${place.sk}`)),
    );
    const missing = aboutGone(await everything()).filter(
      (place) => !places.has(place) && !places.has(place.replace(/^\w+ /, '')),
    );
    expect(missing).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('refuses without the name once more, and about a repository that nothing is held of', async () => {
  const without = await selfheal('data', 'delete', '--repo', GONE);
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining(`--confirm ${GONE}`)]);
  const other = await send('POST', '/api/data/delete', { repository: GONE, confirm: KEPT });
  expect(other).toMatchObject({ status: 400, json: { detail: expect.stringContaining('confirm: repeat acme/shop') } });
  const unknown = await selfheal('data', 'delete', '--repo', 'acme/nothing', '--confirm', 'acme/nothing');
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('Nothing is held of the repository acme/nothing'),
  ]);
  expect(aboutGone(await everything()).length).toBeGreaterThan(20);
});

/** Where deletions are cut off, one after the other: at a call, after so many others, before or after it takes effect. */
const CUTS = [
  ['s3:DeleteObjectVersion', 0, 'before'],
  ['s3:DeleteObjectVersion', 1, 'after'],
  ['dynamodb:DeleteItem', 0, 'before'],
  ['dynamodb:DeleteItem', 0, 'after'],
  ['dynamodb:DeleteItem', 1, 'before'],
  ['dynamodb:DeleteItem', 5, 'after'],
  ['dynamodb:PutItem', 1, 'before'],
  ['dynamodb:PutItem', 0, 'after'],
] as const;

it('deletes everything of one repository, also when it is cut off again and again, leaves the other as it is, and keeps one audit entry', async () => {
  const before = aboutKept(await everything());
  expect(before.size).toBeGreaterThan(20);
  for (const [operation, skip, when] of CUTS) {
    const refused = { kind: 'error', code: 'ValidationException', status: 400, when } as const;
    healer.runtime.faults.inject(operation, refused, { skip, times: Number.POSITIVE_INFINITY });
    const cutOff = await selfheal('data', 'delete', '--repo', GONE, '--confirm', GONE);
    healer.runtime.faults.clear();
    expect(cutOff.code, `${operation} ${skip} ${when}: ${cutOff.stdout}`).not.toBe(0);
    expect(aboutGone(await everything()).length).toBeGreaterThan(1);
  }
  const { code, stdout, stderr } = await selfheal('data', 'delete', '--repo', 'ACME/shop', '--confirm', GONE);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(stdout).toMatch(/^Deleted \d+ records of ACME\/shop:\n/);
  await healer.quiet();
  const after = await everything();
  expect(aboutGone(after)).toEqual([expect.stringMatching(/^Control AUDIT#data ENTRY#0+1$/)]);
  expect(aboutKept(after)).toEqual(before);
  const again = await selfheal('data', 'delete', '--repo', GONE, '--confirm', GONE);
  expect([again.code, again.stderr]).toEqual([
    2,
    expect.stringContaining('Nothing is held of the repository acme/shop'),
  ]);
  expect(aboutGone(await everything())).toHaveLength(1);
  expectClean(healer);
});

it('with force stops the workflow that waits for an approval, and deletes its incident, too', async () => {
  const asked = await selfheal(
    'config',
    'set',
    'policy.approvalRequiredRisks=["low","medium","high"]',
    '--reason',
    'drill',
  );
  expect([asked.code, asked.stderr]).toEqual([0, expect.any(String)]);
  const { runId } = healer.world.samples.failRun('transient', { repository: GONE });
  const id = healer.incidentId(runId);
  ids.push(id);
  await until('the request for an approval', () => healer.statesOf(runId).includes('Approve'));
  const open = await selfheal('data', 'delete', '--repo', GONE, '--confirm', GONE);
  expect([open.code, open.stderr]).toEqual([2, expect.stringContaining(`still open (${id})`)]);
  const { code, stdout, stderr } = await selfheal('data', 'delete', '--repo', GONE, '--confirm', GONE, '--force');
  expect([code, stdout, stderr]).toEqual([
    0,
    expect.stringMatching(/^Deleted \d+ records of acme\/shop:\n/),
    expect.stringContaining(`stopped the workflow of ${id}`),
  ]);
  await healer.quiet();
  expect(aboutGone(await everything())).toEqual([
    expect.stringMatching(/^Control AUDIT#data ENTRY#0+1$/),
    expect.stringMatching(/^Control AUDIT#data ENTRY#0+2$/),
  ]);
  expectClean(healer);
});

it('tells which repositories were deleted, by whom, and when the trail is not as it was written', async () => {
  const { code, stdout, stderr } = await selfheal('data', 'history', '--repo', 'Acme/Shop');
  const line = String.raw`[\d-]+T\d\d:\d\dZ {2}acme\/shop {2}by ada@example\.com {2}\d+ records?: [a-z]+ \d+.*\n`;
  expect([code, stderr, stdout]).toEqual([0, '', expect.stringMatching(new RegExp(`^(?:${line}){2}$`))]);
  const none = await selfheal('data', 'history', '--repo', KEPT);
  expect([none.code, `${none.stdout}${none.stderr}`]).toEqual([
    0,
    expect.stringContaining(`nothing of ${KEPT} was deleted`),
  ]);
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const key = await send('POST', '/api/keys', { name: 'robot', roles: ['operator'], expiresAt });
  const program = { SELFHEAL_URL: healer.runtime.endpoint, SELFHEAL_TOKEN: key.json.text };
  const refused = await runCommand(['data', 'history'], '', undefined, program);
  expect([key.status, refused.code, refused.stderr]).toEqual([201, 2, expect.stringContaining('admin')]);
  await DynamoDBDocumentClient.from(healer.dynamoDb).send(
    new UpdateCommand({
      TableName: tableNamed(healer, 'Control'),
      Key: {
        pk: 'AUDIT#data',
        sk: [...(await everything()).keys()].find((place) => /AUDIT#data ENTRY/.test(place))?.split(' ')[2],
      },
      UpdateExpression: 'SET facts.repository = :other',
      ExpressionAttributeValues: { ':other': 'acme/other' },
    }),
  );
  const altered = await selfheal('data', 'history');
  expect([altered.code, altered.stderr]).toEqual([1, expect.stringContaining('is not as it was written')]);
});
