import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import {
  documentPath,
  type QualityState,
  requireDocumentSize,
} from '@selfheal/pull-request-quality/ports/quality-state.ts';
import { packDocument, unpackDocument } from '../state/packed-state.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

/** S3 refuses a conditional write with one of these when another one was first. */
const WAS_CHANGED = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);

/**
 * Objects `quality/<owner>/<name>/<document>.json.gz` of the evidence bucket, which expire 400 days after their last change. The revision is the object's ETag, which S3
 * compares when it writes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function makeS3QualityState(options: {
  readonly bucket: string;
  /** `owner/name`; GitHub does not distinguish case. */
  readonly repository: string;
  readonly client?: S3Client;
}): QualityState {
  const { bucket, client = new S3Client({ ...REPEATABLE, forcePathStyle: true }) } = options;
  const repository = options.repository.toLowerCase();
  const keyOf = (name: string): string => `quality/${repository}/${documentPath(name)}.gz`;
  const nameOf = (name: string): string => `the document ${name} of ${repository}`;
  return {
    read: (name) =>
      callAws(`Reading ${nameOf(name)}`, async () => {
        try {
          const { Body, ETag = '' } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
          const packed = (await Body?.transformToString('base64')) ?? '';
          return { text: unpacked(packed, nameOf(name)), revision: ETag.replaceAll('"', '') };
        } catch (error) {
          if (error instanceof Error && error.name === 'NoSuchKey') return null;
          throw error;
        }
      }),
    async write(name, text, replaces) {
      requireDocumentSize(name, text);
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(name),
        Body: Buffer.from(packDocument(text), 'base64'),
        ContentType: 'application/gzip',
        ...(replaces === null ? { IfNoneMatch: '*' } : { IfMatch: `"${replaces}"` }),
      });
      return await callAws(`Writing ${nameOf(name)}`, async () => {
        try {
          await client.send(command);
          return 'written';
        } catch (error) {
          if (error instanceof Error && WAS_CHANGED.has(error.name)) return 'changed-meanwhile';
          throw error;
        }
      });
    },
  };
}

function unpacked(packed: string, what: string): string {
  try {
    return unpackDocument(packed);
  } catch (cause) {
    throw new CorruptRecord(`${what} is not what was written. Delete it; then it starts anew.`, { cause });
  }
}
