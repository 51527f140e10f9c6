import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Deployment } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { textOf, textsOf } from '../template/json.ts';

/** Other types are served as `application/octet-stream`, as the AWS command line does for an ending that it does not know. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** ARNs of functions that the CDK brings along for its own custom resources; this runtime does their work itself. */
export function providersOf(deployment: Deployment): ReadonlySet<string> {
  return new Set(
    deployment.ofType('Custom::CDKBucketDeployment').flatMap(({ properties }) => textOf(properties.ServiceToken) ?? []),
  );
}

/**
 * Copies what `aws-s3-deployment` would copy: the files of its assets, into its bucket. Files that are there already and are no longer among them
 * stay. Throws `UnsupportedTemplate` for an asset or a bucket that is not in the assembly.
 */
export function deployBuckets(deployment: Deployment, objects: ObjectStore): void {
  for (const { id, properties } of deployment.ofType('Custom::CDKBucketDeployment')) {
    const bucket = textOf(properties.DestinationBucketName) ?? '';
    if (!objects.hasBucket(bucket))
      throw new UnsupportedTemplate(`${id}: the bucket ${bucket} is not in the assembly.`);
    const prefix = textOf(properties.DestinationBucketKeyPrefix) ?? '';
    for (const key of textsOf(properties.SourceObjectKeys)) {
      const folder = deployment.assetPath(key);
      if (folder === undefined) throw new UnsupportedTemplate(`${id}: the asset ${key} is not in the assembly.`);
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const contentType = CONTENT_TYPES[extname(entry.name)] ?? 'application/octet-stream';
        objects.put(bucket, join(prefix, relative(folder, path)), readFileSync(path), { contentType, kept: {} });
      }
    }
  }
}
