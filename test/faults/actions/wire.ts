import type { DynamoDb } from '@selfheal/local-cloud/storage/dynamodb.ts';
import { faultResponse } from '@selfheal/local-cloud/wire/fault-response.ts';
import { BrokenConnection } from '@selfheal/local-cloud/wire/faults.ts';
import { makeForwarder } from '@selfheal/local-cloud/wire/forward.ts';
import {
  AwsFault,
  type GatewayRequest,
  type GatewayResponse,
  jsonResponse,
} from '@selfheal/local-cloud/wire/request.ts';
import { startServer } from '@selfheal/local-cloud/wire/server.ts';
import type { Endpoints } from './endpoints.ts';

/** One request of the process under test. */
export interface Seen {
  /** 1 for the first since it is watched. */
  readonly number: number;
  readonly to: 'store' | 'world';
  /** `dynamodb:PutItem`, `POST /repos/acme/shop/issues`. */
  readonly name: string;
  readonly reads: boolean;
  /** The same for the same question. */
  readonly key: string;
}

/** What becomes of a request. `kill` and `lose`: before it is done, or after it was done and before its answer. */
export type Fate =
  | { readonly kind: 'pass' }
  | { readonly kind: 'kill' | 'lose'; readonly when: 'before' | 'after' }
  | { readonly kind: 'answer'; readonly response: GatewayResponse };

export interface Watcher {
  decide(seen: Seen): Fate;
  /** It was done, whether or not its answer arrives. */
  done(seen: Seen, response: GatewayResponse): void;
}

export interface Wire {
  readonly url: string;
  /** Watches what comes in from now on; null: lets everything pass. */
  watch(watcher: Watcher | null): void;
  stop(): Promise<void>;
}

export interface WireOptions {
  readonly dynamoDb: DynamoDb;
  readonly objects: (request: GatewayRequest) => GatewayResponse;
  /** Asked for each request. */
  readonly worldUrl: () => string;
  readonly endpoints: () => Endpoints;
  readonly secret: string;
  kill(): Promise<void>;
}

/** The one address of everything that steps reach: the stores, the secret, and the outside world. */
export async function openWire(options: WireOptions): Promise<Wire> {
  let world = { url: '', forwarder: makeForwarder(null) };
  const forwarder = () => {
    const url = options.worldUrl();
    if (world.url !== url) {
      world.forwarder.stop();
      world = { url, forwarder: makeForwarder(url) };
    }
    return world.forwarder;
  };
  let watcher: Watcher | null = null;
  let number = 0;
  // A killed client takes nothing back that is on its way.
  const inWorld = async (request: GatewayRequest): Promise<GatewayResponse> => {
    const asked = { ...request, signal: new AbortController().signal };
    if (!INVOCATION.test(request.path)) return await forwarder().forward(asked);
    const setting = settingOf(asked);
    return outcomeOf(setting, await forwarder().forward(setting));
  };
  const perform = async (request: GatewayRequest, to: Place): Promise<GatewayResponse> => {
    switch (to.service) {
      case 'dynamodb':
        return await options.dynamoDb.forward(to.operation, request.body);
      case 's3':
        return objectOf(request, options);
      case 'secretsmanager':
        return jsonResponse({ SecretString: options.secret });
      default:
        return options.endpoints().answer(request) ?? (await inWorld(request));
    }
  };
  const server = await startServer(0, async (request) => {
    const place = placeOf(request);
    const watching = watcher;
    if (watching === null) return await perform(request, place);
    number += 1;
    const seen = seenOf(request, place, number);
    const fate = watching.decide(seen);
    if (fate.kind === 'answer') return fate.response;
    if (fate.kind !== 'pass' && fate.when === 'before') return await breakOff(fate.kind, options);
    const response = await perform(request, place);
    watching.done(seen, response);
    return fate.kind === 'pass' ? response : await breakOff(fate.kind, options);
  });
  return {
    url: server.endpoint,
    watch(next) {
      watcher = next;
      number = 0;
    },
    async stop() {
      world.forwarder.stop();
      await server.stop();
    },
  };
}

const INVOCATION = /^\/2015-03-31\/functions\/[^/]+\/invocations$/;

/** What the functions `set-memory` and `set-database-size`, the only ones that steps call, ask Lambda and RDS for. */
function settingOf(request: GatewayRequest): GatewayRequest {
  const given = JSON.parse(request.body.toString());
  if ('instance' in given || 'cluster' in given) return sizeOf(request, given);
  const { functionName, memoryMb, revisionId } = given;
  const path = `/2015-03-31/functions/${functionName}/configuration`;
  const body = Buffer.from(JSON.stringify({ MemorySize: memoryMb, RevisionId: revisionId }));
  const headers = { ...request.headers, 'content-length': String(body.length) };
  return { ...request, method: 'PUT', path, url: path, headers, body };
}

function sizeOf(request: GatewayRequest, given: Readonly<Record<string, string | number>>): GatewayRequest {
  const { instance, instanceClass, cluster, minCapacity, maxCapacity } = given;
  const asked =
    instance === undefined
      ? {
          Action: 'ModifyDBCluster',
          DBClusterIdentifier: cluster,
          'ServerlessV2ScalingConfiguration.MinCapacity': minCapacity,
          'ServerlessV2ScalingConfiguration.MaxCapacity': maxCapacity,
        }
      : { Action: 'ModifyDBInstance', DBInstanceIdentifier: instance, DBInstanceClass: instanceClass };
  const form = { ...asked, Version: '2014-10-31', ApplyImmediately: 'true' };
  const body = Buffer.from(new URLSearchParams(form as Record<string, string>).toString());
  const headers = {
    ...request.headers,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  };
  return { ...request, method: 'POST', path: '/', url: '/', headers, body };
}

/** What those functions answer: another revision is no error. */
function outcomeOf({ path }: GatewayRequest, { status, body }: GatewayResponse): GatewayResponse {
  if (status === 200) return jsonResponse(path === '/' ? 'requested' : 'changed');
  if (status === 412) return jsonResponse('changed-meanwhile');
  const failed = { errorType: 'Retryable', errorMessage: `${path}: ${status} ${String(body)}` };
  return { ...jsonResponse(failed), headers: { 'x-amz-function-error': 'Unhandled' } };
}

/** Answers as S3 does, also about what is not there: a step has to read an answer that it understands. */
function objectOf(request: GatewayRequest, { objects }: WireOptions): GatewayResponse {
  try {
    return objects(request);
  } catch (error) {
    if (error instanceof AwsFault) return faultResponse(error, 's3', request);
    throw error;
  }
}

async function breakOff(kind: 'kill' | 'lose', { kill }: WireOptions): Promise<never> {
  if (kind === 'kill') await kill();
  throw new BrokenConnection('A fault of the drill.');
}

interface Place {
  readonly service: string;
  readonly operation: string;
}

/** By the scope of its signature; what is not signed goes to GitHub or an endpoint. */
function placeOf({ headers, body, method, path }: GatewayRequest): Place {
  const service = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'http';
  const target = headers['x-amz-target']?.split('.').pop();
  const form = headers['content-type']?.includes('x-www-form-urlencoded') ? new URLSearchParams(body.toString()) : null;
  return { service, operation: target ?? form?.get('Action') ?? rpcName(path) ?? `${method} ${path}` };
}

const rpcName = (path: string): string | undefined => /\/operation\/([^/]+)$/.exec(path)?.[1];

const STORES = new Set(['dynamodb', 's3', 'secretsmanager']);
const READING = /^(GET|HEAD) |^(Get|Describe|List|Query|BatchGet|Scan)[A-Z]?/;

function seenOf(request: GatewayRequest, { service, operation }: Place, number: number): Seen {
  return {
    number,
    to: STORES.has(service) ? 'store' : 'world',
    name: service === 'http' ? operation : `${service}:${operation}`,
    reads: READING.test(operation),
    key: `${request.method} ${request.url} ${operation} ${request.body.toString('base64')}`,
  };
}
