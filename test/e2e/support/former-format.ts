import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { outputOf } from '#apps/local/stage.ts';
import { formerTargetOf } from '#shared/domain/incident/target-context.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import type { Healer } from './healer.ts';
import { tableNamed } from './template.ts';

/** Runs were of one host, alarms of one provider, and neither was named. */
const FORMER_FORMAT = 4;
const TABLES = ['Incidents', 'Knowledge', 'Stats', 'Control'];

type Json = Record<string, unknown>;
/** By the seal of a plan as it is made today, its seal of before. */
export type Seals = ReadonlyMap<string, string>;

/** The seal that each plan of these incidents had when it was taken over the former form of its target. */
export async function formerSeals({ incidents }: Healer, ids: readonly string[]): Promise<Seals> {
  const plans = (await Promise.all(ids.map((id) => incidents.listPlans(id)))).flat();
  const sealed = plans.flatMap(({ incidentId, digest }) => (digest === null ? [] : [{ incidentId, digest }]));
  const actions = await Promise.all(sealed.map(({ incidentId, digest }) => incidents.getPlan(incidentId, digest)));
  return new Map(actions.flatMap((action) => (action === null ? [] : [[action.digest, formerSealOf(action)]])));
}

function formerSealOf({ digest: _digest, ...content }: BoundAction): string {
  return digestOf(canonicalJson({ ...content, target: formerTargetOf(content.target) }));
}

/** Rewrites the state folder of a stopped runtime as its executions would stand there after the version before, and says that this wrote it. */
export function makeFolderFormer(dataDir: string, seals: Seals): void {
  const running = join(dataDir, 'runtime/executions/running');
  for (const name of readdirSync(running)) {
    const file = join(running, name);
    writeFileSync(file, sealedAsBefore(readFileSync(file, 'utf8'), seals));
  }
  const file = join(dataDir, 'runtime/version.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), recordFormat: FORMER_FORMAT }));
}

/** Rewrites all records and evidence in the format before. Entries of audit trails stay, because they are chained, in a partition apart. Gives how many were changed. */
export async function makeRecordsFormer(healer: Healer, seals: Seals): Promise<number> {
  let changed = 0;
  const client = DynamoDBDocumentClient.from(healer.dynamoDb);
  for (const TableName of TABLES.map((part) => tableNamed(healer, part))) {
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    for (const item of Items.filter(({ pk }) => !String(pk).startsWith('AUDIT#'))) {
      const former = (isTrail(item) ? apartFromIncident(item) : formerOf(item, seals)) as Json;
      if (canonicalJson(former) === canonicalJson(item)) continue;
      changed += 1;
      const { pk, sk } = item;
      if (former.pk !== pk || former.sk !== sk) await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
      await client.send(new PutCommand({ TableName, Item: former }));
    }
  }
  return changed + (await makeEvidenceFormer(healer, seals));
}

const isTrail = ({ sk }: Json): boolean => String(sk).startsWith('TRAIL#');
const apartFromIncident = ({ pk, sk, ...entry }: Json): Json => ({
  pk: String(pk).replace('INC#', 'AUDIT#'),
  sk: String(sk).replace('TRAIL#', 'ENTRY#'),
  ...entry,
});

async function makeEvidenceFormer({ runtime, adminKey }: Healer, seals: Seals): Promise<number> {
  const credentials = { accessKeyId: adminKey, secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint: runtime.endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  const Bucket = outputOf(runtime, 'EvidenceBucketName');
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'incidents/' }));
  let changed = 0;
  for (const { Key = '' } of Contents.filter((one) => one.Key?.endsWith('.json'))) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const text = (await Body?.transformToString('utf8')) ?? '';
    const former = JSON.stringify(formerOf(JSON.parse(text), seals));
    if (former === text) continue;
    changed += 1;
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: former, ContentType: 'application/json' }));
  }
  s3.destroy();
  return changed;
}

/** A part of a record as the version before wrote it. */
function formerOf(value: unknown, seals: Seals): unknown {
  if (typeof value === 'string') return sealedAsBefore(value, seals);
  if (Array.isArray(value)) return value.map((one) => formerOf(one, seals));
  if (typeof value !== 'object' || value === null || value.constructor !== Object) return value;
  const { host, provider, ...rest } = value as Json;
  const fields = Object.fromEntries(Object.entries(rest).map(([name, one]) => [name, formerOf(one, seals)]));
  const { kind } = fields;
  // Of a target, of facts about a run, or of a prediction.
  if (kind === 'run' && (host === 'github' || 'failedJobIds' in fields || 'verdict' in fields))
    return { ...fields, kind: 'github-run' };
  if (kind === 'alarm' && provider === 'cloudwatch') return fields;
  return { ...fields, ...(host === undefined ? {} : { host }), ...(provider === undefined ? {} : { provider }) };
}

const sealedAsBefore = (text: string, seals: Seals): string =>
  [...seals].reduce((changed, [today, before]) => changed.replaceAll(today, before), text);
