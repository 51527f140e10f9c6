import { randomUUID } from 'node:crypto';
import type { WireRequest, WireResponse } from '@selfheal/fake-server/wire.ts';
import { toXml } from '@selfheal/fake-server/xml.ts';
import { AUTO_SCALING_OPERATIONS } from './auto-scaling.ts';
import { type AwsContext, AwsError, type Failure, type QueryOperation } from './operation.ts';
import { RDS_OPERATIONS } from './rds.ts';

interface QueryService {
  /** IAM prefix. */
  readonly id: string;
  readonly version: string;
  readonly namespace: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
}

const SERVICES: readonly QueryService[] = [
  {
    id: 'autoscaling',
    version: '2011-01-01',
    namespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    operations: AUTO_SCALING_OPERATIONS,
  },
  {
    id: 'rds',
    version: '2014-10-31',
    namespace: 'http://rds.amazonaws.com/doc/2014-10-31/',
    operations: RDS_OPERATIONS,
  },
];

export interface QueryCall {
  readonly service: string;
  readonly name: string;
  perform(): object;
  done(output: object): WireResponse;
  failed(failure: Failure): WireResponse;
}

/** A call in the query protocol (form in, XML out), or null when the request is not one. */
export function recogniseQuery(context: AwsContext, request: WireRequest): QueryCall | null {
  const isForm = String(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (request.method !== 'POST' || !isForm) return null;
  const form = new URLSearchParams(request.body.toString('utf8'));
  const service = SERVICES.find(({ version }) => version === form.get('Version'));
  if (service === undefined) return null;
  const name = form.get('Action') ?? '';
  const operation = service.operations[name];
  return {
    service: service.id,
    name,
    perform: () => {
      if (operation === undefined) {
        throw new AwsError('InvalidAction', 400, `The fake AWS does not serve ${service.id}:${name}.`);
      }
      refuseUnknownFields(form, operation);
      return operation.perform(context, form);
    },
    done: (output) =>
      xml(200, `${name}Response`, { [`${name}Result`]: output as never, ...METADATA() }, service.namespace),
    failed: ({ code, status, message }) => {
      const Type = status < 500 ? 'Sender' : 'Receiver';
      const content = { Error: { Type, Code: code, Message: message }, RequestId: randomUUID() };
      return xml(status, 'ErrorResponse', content, service.namespace);
    },
  };
}

const METADATA = () => ({ ResponseMetadata: { RequestId: randomUUID() } });

function xml(status: number, root: string, content: Parameters<typeof toXml>[0], namespace: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() },
    body: `<${root} xmlns="${namespace}">${toXml(content)}</${root}>`,
  };
}

function refuseUnknownFields(form: URLSearchParams, { fields }: QueryOperation): void {
  const unknown = [...form.keys()].find((key) => {
    const plain = key.replaceAll(/\.\d+(?=\.|$)/g, '');
    return plain !== 'Action' && plain !== 'Version' && !fields.includes(plain);
  });
  if (unknown !== undefined)
    throw new AwsError('ValidationError', 400, `The fake AWS does not know the field ${unknown}.`);
}
