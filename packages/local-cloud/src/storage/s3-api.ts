import { toXml, XML_HEAD } from '@selfheal/fake-server/xml.ts';
import { AwsFault, type GatewayRequest, type GatewayResponse } from '../wire/request.ts';
import { decodeAwsChunks } from './aws-chunks.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

const KEPT =
  /^(x-amz-meta-.+|content-encoding|cache-control|content-disposition|content-language|x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256))$/;
const MAX_LIST_LENGTH = 1000;
const ONLY_VERSION = 'null';

/** The S3 operations on objects, in the REST-XML protocol. */
export function makeS3Api(store: ObjectStore) {
  const found = ({ bucket, key }: S3Address): StoredObject => {
    const object = store.get(bucket, key);
    if (object === undefined) throw noSuchKey(key);
    return object;
  };

  const put = (request: GatewayRequest, address: S3Address): GatewayResponse => {
    checkConditions(request, store.get(address.bucket, address.key), address.key);
    const source = request.headers['x-amz-copy-source'];
    if (source !== undefined) {
      const { body, contentType, kept } = found(copySource(source));
      const etag = store.put(address.bucket, address.key, body, { contentType, kept });
      return xml({ CopyObjectResult: { ETag: etag, LastModified: new Date().toISOString() } });
    }
    const { body, trailers } = decodeAwsChunks(request);
    const given = Object.entries({ ...request.headers, ...trailers }).filter(([name]) => KEPT.test(name));
    const encoding = request.headers['content-encoding']?.replace(/,?\s*aws-chunked/, '').trim();
    const kept = Object.fromEntries(given.filter(([name]) => name !== 'content-encoding'));
    const etag = store.put(address.bucket, address.key, body, {
      contentType: request.headers['content-type'] ?? 'binary/octet-stream',
      kept: encoding ? { ...kept, 'content-encoding': encoding } : kept,
    });
    return { status: 200, headers: { etag, ...checksumsOf(kept) }, body: '' };
  };

  const list = (request: GatewayRequest, bucket: string): GatewayResponse => {
    const { query } = request;
    if (query.has('location')) return xml({ LocationConstraint: '' });
    const prefix = query.get('prefix') ?? '';
    const limit = Math.min(Number(query.get('max-keys') ?? MAX_LIST_LENGTH), MAX_LIST_LENGTH);
    const after = query.get('continuation-token') ?? query.get('start-after') ?? query.get('marker') ?? '';
    const entries = store.list(bucket, prefix, after, limit + 1);
    const shown = entries.slice(0, limit);
    const { contents, prefixes } = grouped(shown, prefix, query.get('delimiter'));
    const truncated = entries.length > limit;
    return xml({
      ListBucketResult: {
        Name: bucket,
        Prefix: prefix,
        KeyCount: shown.length,
        MaxKeys: limit,
        IsTruncated: truncated,
        NextContinuationToken: truncated ? shown.at(-1)?.key : undefined,
        Contents: contents.map((entry) => ({
          Key: entry.key,
          LastModified: new Date(entry.modifiedAt).toISOString(),
          ETag: entry.etag,
          Size: entry.size,
          StorageClass: 'STANDARD',
        })),
        CommonPrefixes: prefixes.map((each) => ({ Prefix: each })),
      },
    });
  };

  /** A bucket here keeps one version of each object, which S3 calls `null` in a bucket without versions. */
  const listVersions = (request: GatewayRequest, bucket: string): GatewayResponse => {
    const { query } = request;
    const prefix = query.get('prefix') ?? '';
    const limit = Math.min(Number(query.get('max-keys') ?? MAX_LIST_LENGTH), MAX_LIST_LENGTH);
    const entries = store.list(bucket, prefix, query.get('key-marker') ?? '', limit + 1);
    const shown = entries.slice(0, limit);
    const truncated = entries.length > limit;
    return xml({
      ListVersionsResult: {
        Name: bucket,
        Prefix: prefix,
        MaxKeys: limit,
        IsTruncated: truncated,
        NextKeyMarker: truncated ? shown.at(-1)?.key : undefined,
        NextVersionIdMarker: truncated ? ONLY_VERSION : undefined,
        Version: shown.map((entry) => ({
          Key: entry.key,
          VersionId: ONLY_VERSION,
          IsLatest: true,
          LastModified: new Date(entry.modifiedAt).toISOString(),
          ETag: entry.etag,
          Size: entry.size,
          StorageClass: 'STANDARD',
        })),
      },
    });
  };

  const deleteMany = (request: GatewayRequest, bucket: string): GatewayResponse => {
    const keys = deletedKeys(request.body);
    for (const key of keys) store.delete(bucket, key);
    return xml({ DeleteResult: { Deleted: keys.map((key) => ({ Key: key })) } });
  };

  return (request: GatewayRequest): GatewayResponse => {
    const address = s3Address(request);
    const { method, query } = request;
    if (!store.hasBucket(address.bucket)) {
      const details = { BucketName: address.bucket };
      throw new AwsFault('NoSuchBucket', 'The specified bucket does not exist', 404, '', details);
    }
    if (address.key === '') {
      if (method === 'HEAD') return { status: 200, headers: {}, body: '' };
      if (method === 'GET' && query.has('versions')) return listVersions(request, address.bucket);
      if (method === 'GET') return list(request, address.bucket);
      if (method === 'POST' && query.has('delete')) return deleteMany(request, address.bucket);
    } else if (!['uploads', 'uploadId', 'tagging', 'acl'].some((each) => query.has(each))) {
      if (method === 'PUT') return put(request, address);
      if (method === 'GET' || method === 'HEAD') return objectResponse(request, found(address));
      if (method === 'DELETE') {
        const version = query.get('versionId') ?? ONLY_VERSION;
        if (version === ONLY_VERSION) store.delete(address.bucket, address.key);
        return { status: 204, headers: {}, body: '' };
      }
    }
    throw new AwsFault('NotImplemented', `${method} ${request.url} is not served by the local runtime.`, 501);
  };
}

/** Keys in a DeleteObjects document. */
export function deletedKeys(body: Buffer): string[] {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return [...body.toString('utf8').matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) =>
    key.replace(/&(amp|lt|gt|quot|apos);/g, (_whole, name: string) => entities[name] ?? ''),
  );
}

function objectResponse(request: GatewayRequest, object: StoredObject): GatewayResponse {
  const headers = {
    ...object.kept,
    etag: object.etag,
    'content-type': object.contentType,
    'last-modified': new Date(object.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
  };
  checkReadConditions(request, object);
  if (request.method === 'HEAD')
    return { status: 200, headers: { ...headers, 'content-length': String(object.size) }, body: '' };
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (range === null || `${range[1]}${range[2]}` === '') return { status: 200, headers, body: object.body };
  // `bytes=-5` are the last five.
  const first = range[1] ? Number(range[1]) : Math.max(0, object.size - Number(range[2]));
  const last = Math.min(range[1] && range[2] ? Number(range[2]) : object.size - 1, object.size - 1);
  if (first > last) {
    const details = { RangeRequested: request.headers.range ?? '', ActualObjectSize: String(object.size) };
    throw new AwsFault('InvalidRange', 'The requested range is not satisfiable', 416, '', details);
  }
  const whole = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-')));
  return {
    status: 206,
    headers: { ...whole, 'content-range': `bytes ${first}-${last}/${object.size}` },
    body: object.body.subarray(first, last + 1),
  };
}

function noSuchKey(key: string): AwsFault {
  return new AwsFault('NoSuchKey', 'The specified key does not exist.', 404, '', { Key: key });
}

function preconditionFailed(condition: string): AwsFault {
  const message = 'At least one of the pre-conditions you specified did not hold';
  return new AwsFault('PreconditionFailed', message, 412, '', { Condition: condition });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function checkConditions({ headers }: GatewayRequest, existing: StoredObject | undefined, key: string): void {
  if (headers['if-none-match'] === '*' && existing !== undefined) throw preconditionFailed('If-None-Match');
  if (headers['if-match'] === undefined) return;
  if (existing === undefined) throw noSuchKey(key);
  if (!isSameTag(headers['if-match'], existing.etag)) throw preconditionFailed('If-Match');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html */
function checkReadConditions({ headers }: GatewayRequest, { etag }: StoredObject): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined && match !== '*' && !isSameTag(match, etag)) throw preconditionFailed('If-Match');
  if (noneMatch !== undefined && (noneMatch === '*' || isSameTag(noneMatch, etag)))
    throw new AwsFault('NotModified', 'Not Modified', 304);
}

const isSameTag = (one: string, other: string): boolean => one.replaceAll('"', '') === other.replaceAll('"', '');

function grouped<E extends { key: string }>(entries: readonly E[], prefix: string, delimiter: string | null) {
  if (!delimiter) return { contents: [...entries], prefixes: [] };
  const prefixes = new Set<string>();
  const contents = entries.filter(({ key }) => {
    const end = key.indexOf(delimiter, prefix.length);
    if (end === -1) return true;
    prefixes.add(key.slice(0, end + delimiter.length));
    return false;
  });
  return { contents, prefixes: [...prefixes] };
}

function checksumsOf(kept: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(kept).filter(([name]) => name.startsWith('x-amz-checksum-')));
}

function xml(document: Parameters<typeof toXml>[0]): GatewayResponse {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: XML_HEAD + toXml(document) };
}

export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

/** Bucket and key of a request in path style (`/bucket/key`) or virtual-host style (`bucket.s3.<anything>`). */
export function s3Address({ path, headers }: Pick<GatewayRequest, 'path' | 'headers'>): S3Address {
  const virtual = /^(.+?)\.s3[.-]/.exec(headers.host ?? '')?.[1];
  const decoded = path.slice(1).split('/').map(decodeURIComponent);
  if (virtual !== undefined) return { bucket: virtual, key: decoded.join('/') };
  const [bucket = '', ...key] = decoded;
  return { bucket, key: key.join('/') };
}

/** Source of a copy, read from `x-amz-copy-source`. */
export function copySource(header: string): S3Address {
  const [bucket = '', ...key] = header.replace(/^\//, '').split('?')[0]?.split('/').map(decodeURIComponent) ?? [];
  return { bucket, key: key.join('/') };
}
