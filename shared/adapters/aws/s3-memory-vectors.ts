import { PutVectorsCommand, QueryVectorsCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import * as z from 'zod';
import type { MemoryVector } from '#shared/domain/knowledge/search/memory-vector.ts';
import { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { Refused, Retryable } from '#shared/kernel/errors.ts';
import type { Unavailable, VectorMemory, VectorSearch } from '#shared/ports/memory-vectors.ts';
import { ONCE, REPEATABLE } from './clients.ts';
import { callAws } from './errors.ts';

/** A vector's metadata may have 40 KB in all; the rest is for its other keys. */
const MOST_RECORD_BYTES = 38_000;
const DEFAULT_TIMEOUT_MS = 800;
const Found = z.object({ scope: z.string(), record: z.string() });

export interface S3MemoryVectorsOptions {
  readonly indexArn: string;
  readonly client?: S3VectorsClient;
}

/**
 * An index of Amazon S3 Vectors (https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors.html): the key is the incident's id;
 * `scope`, `space` and `ended` (epoch seconds) are what queries filter by, `record` is the incident itself.
 */
export function makeS3VectorMemory({
  indexArn,
  client = new S3VectorsClient(REPEATABLE),
}: S3MemoryVectorsOptions): VectorMemory {
  return {
    async keep(past, scope, { space, values }) {
      const metadata = { scope, space, ended: secondsOf(new Date(past.endedAt)), record: recordOf(past) };
      const vectors = [{ key: past.id, data: float32(values), metadata }];
      const command = new PutVectorsCommand({ indexArn, vectors });
      return await orUnavailable(async () => {
        await callAws('Keeping a vector', () => client.send(command));
        return { kind: 'kept' } as const;
      });
    },
  };
}

/** Asks once and for `timeoutMs` at most: recall does not wait for it twice. */
export function makeS3VectorSearch({
  indexArn,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  client = new S3VectorsClient(ONCE),
}: S3MemoryVectorsOptions & { readonly timeoutMs?: number }): VectorSearch {
  return {
    async nearest({ scope, vector: { space, values }, endedAfter, limit }) {
      const filter = {
        $and: [{ scope: { $eq: scope } }, { space: { $eq: space } }, { ended: { $gt: secondsOf(endedAfter) } }],
      };
      const queryVector = float32(values);
      const command = new QueryVectorsCommand({ indexArn, topK: limit, queryVector, filter, returnMetadata: true });
      return await orUnavailable(async () => {
        const abortSignal = AbortSignal.timeout(timeoutMs);
        const { vectors = [] } = await callAws('Searching vectors', () => client.send(command, { abortSignal }));
        return { kind: 'found', incidents: vectors.flatMap(({ metadata }) => incidentOf(metadata, scope)) } as const;
      });
    },
  };
}

const float32 = (values: MemoryVector['values']) => ({ float32: [...values] });
const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);

async function orUnavailable<T>(call: () => Promise<T>): Promise<T | Unavailable> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Retryable) return unavailable('did not answer in time or is busy');
    if (error instanceof Refused) return unavailable('refused the request');
    throw error;
  }
}

const unavailable = (what: string): Unavailable => ({ kind: 'unavailable', reason: `The index of vectors ${what}.` });

/** The incident as text; of one too large for the service the least weighty terms are cut, which come last. */
function recordOf(past: PastIncident): string {
  const whole = JSON.stringify(past);
  const over = Buffer.byteLength(whole) - MOST_RECORD_BYTES;
  if (over <= 0) return whole;
  const terms = Buffer.from(past.terms);
  const room = terms.subarray(0, Math.max(0, terms.length - over)).toString('utf8');
  return JSON.stringify({ ...past, terms: room.slice(0, Math.max(0, room.lastIndexOf('\n'))) });
}

/** None for what cannot be read, it is only one of many; and never one of another place, whatever the filter let through. */
function incidentOf(metadata: unknown, scope: string): PastIncident[] {
  const found = Found.safeParse(metadata);
  if (!found.success || found.data.scope !== scope) return [];
  const incident = PastIncident.safeParse(jsonOf(found.data.record));
  return incident.success ? [incident.data] : [];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
