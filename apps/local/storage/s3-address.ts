import type { GatewayRequest } from '../gateway/request.ts';

export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

/** Bucket and key of a request, addressed by path (`/bucket/key`) or by virtual host (`bucket.s3.<anything>`). */
export function s3Address({ path, headers }: Pick<GatewayRequest, 'path' | 'headers'>): S3Address {
  const virtual = /^(.+?)\.s3[.-]/.exec(headers.host ?? '')?.[1];
  const decoded = path.slice(1).split('/').map(decodeURIComponent);
  if (virtual !== undefined) return { bucket: virtual, key: decoded.join('/') };
  const [bucket = '', ...key] = decoded;
  return { bucket, key: key.join('/') };
}

/** Source of a copy, from `x-amz-copy-source`. */
export function copySource(header: string): S3Address {
  const [bucket = '', ...key] = header.replace(/^\//, '').split('?')[0]?.split('/').map(decodeURIComponent) ?? [];
  return { bucket, key: key.join('/') };
}
