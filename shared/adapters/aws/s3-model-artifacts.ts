import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ModelArtifacts } from '#shared/ports/learning-stores.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

const keyOf = (digest: string): string => `models/${digest}.json`;

/** Objects `models/<sha256>.json` of the evidence bucket; they do not expire. Reading one that is missing throws `Refused` or gives null. */
export function makeS3ModelArtifacts(options: { readonly bucket: string; readonly client?: S3Client }): ModelArtifacts {
  const { bucket, client = new S3Client({ ...REPEATABLE, forcePathStyle: true }) } = options;
  return {
    put: async (digest, file) => {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(digest),
        Body: file,
        ContentType: 'application/json',
      });
      await callAws(`Writing the model ${digest}`, () => client.send(command));
    },
    get: (digest) =>
      callAws(`Reading the model ${digest}`, async () => {
        try {
          const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(digest) }));
          return Body ? await Body.transformToString('utf-8') : null;
        } catch (error) {
          if (error instanceof Error && error.name === 'NoSuchKey') return null;
          throw error;
        }
      }),
  };
}
