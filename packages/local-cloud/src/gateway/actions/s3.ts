import type { Need } from '../../iam/authorizer.ts';
import { copySource, deletedKeys, s3Address } from '../../storage/s3-api.ts';
import type { GatewayRequest } from '../../wire/request.ts';
import type { ActionMapping } from './mapping.ts';

const ON_OBJECTS: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

export const s3Actions: ActionMapping = ({ request }) => {
  const { bucket, key } = s3Address(request);
  if (bucket === '') return request.method === 'GET' ? [{ action: 's3:ListAllMyBuckets', resource: '*' }] : null;
  return key === ''
    ? bucketNeeds(request, `arn:aws:s3:::${bucket}`)
    : objectNeeds(request, `arn:aws:s3:::${bucket}/${key}`);
};

function bucketNeeds({ method, query, body }: GatewayRequest, bucket: string): Need[] | null {
  if (method === 'POST' && query.has('delete')) {
    return deletedKeys(body).map((key) => ({ action: 's3:DeleteObject', resource: `${bucket}/${key}` }));
  }
  const prefix = query.get('prefix') ?? '';
  if (method === 'GET' && query.has('versions'))
    return [{ action: 's3:ListBucketVersions', resource: bucket, context: { 's3:prefix': prefix } }];
  if (method === 'GET' && query.has('location')) return [{ action: 's3:GetBucketLocation', resource: bucket }];
  const plain = ['uploads', 'policy', 'acl', 'tagging'].every((each) => !query.has(each));
  if (!plain || (method !== 'GET' && method !== 'HEAD')) return null;
  return [{ action: 's3:ListBucket', resource: bucket, context: { 's3:prefix': prefix } }];
}

function objectNeeds({ method, query, headers }: GatewayRequest, object: string): Need[] | null {
  if (query.has('tagging')) {
    const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[method];
    return verb === undefined ? null : [{ action: `s3:${verb}ObjectTagging`, resource: object }];
  }
  if (query.has('acl')) return null;
  if (method === 'DELETE' && query.has('versionId')) return [{ action: 's3:DeleteObjectVersion', resource: object }];
  const uploads = query.has('uploads') || query.has('uploadId');
  const action = uploads && method !== 'DELETE' ? 's3:PutObject' : ON_OBJECTS[method];
  if (action === undefined) return null;
  const source = headers['x-amz-copy-source'];
  if (source === undefined) return [{ action, resource: object }];
  const { bucket, key } = copySource(source);
  return [
    { action, resource: object },
    { action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/${key}` },
  ];
}
