import { DeleteObjectCommand, GetObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { present } from '@selfheal/kernel/present.ts';
import type { HeldKind, HeldRecord } from '#shared/ports/held-data.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

/** Objects of the evidence bucket for an export or a deletion. */
export interface HeldObjects {
  /** Names below the prefix after `after`, of objects that only have earlier versions, too; at most `limit`. */
  list(prefix: string, after: string | null, limit: number): Promise<string[]>;
  /** Null for an object that has no current version. */
  read(kind: HeldKind, object: string): Promise<HeldRecord>;
  /** Every version: the bucket keeps earlier ones, and a mark in place of a removed one. */
  remove(object: string): Promise<void>;
}

export function makeHeldObjects(options: { readonly bucket: string; readonly client?: S3Client }): HeldObjects {
  const { bucket: Bucket, client = new S3Client({ ...REPEATABLE, forcePathStyle: true }) } = options;
  const versionsFrom = async (Prefix: string, KeyMarker: string | null, MaxKeys: number) => {
    const command = new ListObjectVersionsCommand({
      Bucket,
      Prefix,
      MaxKeys,
      ...(KeyMarker === null ? {} : { KeyMarker }),
    });
    const { Versions = [], DeleteMarkers = [] } = await callAws('Listing objects', () => client.send(command));
    return [...Versions, ...DeleteMarkers].flatMap(({ Key, VersionId }) =>
      Key === undefined ? [] : [{ key: Key, version: VersionId }],
    );
  };
  return {
    list: async (prefix, after, limit) => {
      const found = await versionsFrom(prefix, after, Math.max(limit, 1) * VERSIONS_OF_ONE);
      return [...new Set(found.map(({ key }) => key))].sort().slice(0, limit);
    },
    read: async (kind, object) => ({
      kind,
      place: { object },
      record: contentOf(object, await textOf(client, Bucket, object)),
    }),
    remove: async (object) => {
      for (;;) {
        const versions = (await versionsFrom(object, null, 1000)).filter(({ key }) => key === object);
        if (versions.length === 0) return;
        for (const { key: Key, version: VersionId } of versions) {
          const command = new DeleteObjectCommand({ Bucket, Key, ...present({ VersionId }) });
          await callAws('Removing an object', () => client.send(command));
        }
      }
    },
  };
}

/** Versions of one object that a listing makes room for; more of them only make a page shorter. */
const VERSIONS_OF_ONE = 10;

async function textOf(
  client: S3Client,
  Bucket: string,
  Key: string,
): Promise<{ readonly text: string; readonly packed: string } | null> {
  return await callAws('Reading an object', async () => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      return { text: bytes.toString('utf8'), packed: bytes.toString('base64') };
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return null;
      throw error;
    }
  });
}

/** JSON as it is; what is packed, or is no JSON, in base64. */
function contentOf(object: string, content: { readonly text: string; readonly packed: string } | null): unknown {
  if (content === null) return null;
  if (!object.endsWith('.json')) return { base64: content.packed };
  try {
    return JSON.parse(content.text);
  } catch {
    return { base64: content.packed };
  }
}
