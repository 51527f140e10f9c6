import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ClusterRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}
export interface ClusterAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** A server that answers in JSON, until the test ends. */
export async function aJsonServer(answer: (request: ClusterRequest) => ClusterAnswer): Promise<string> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = '', url: path = '' } = request;
    const { status, body = {} } = answer({ method, path, body: Buffer.concat(pieces) });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((done) => void server.close(() => done()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface StoredDocument {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: Readonly<Record<string, unknown>>;
}

/** A cluster with these documents, in order: it answers as the documentation of point in time and `search_after` says. */
export function aCluster(documents: readonly StoredDocument[]) {
  const hits = documents.map(({ at, source }, shard) => ({
    _index: 'logs-1',
    _id: `id-${shard}`,
    _source: { '@timestamp': new Date(at).toISOString(), ...source },
    sort: [at, shard] as const,
  }));
  const open = new Set<string>();
  const answer = ({ method, path, body }: ClusterRequest): ClusterAnswer => {
    if (method === 'POST' && path.includes('/_pit')) {
      open.add('pit-1');
      return { status: 200, body: { id: 'pit-1' } };
    }
    const asked = JSON.parse(body.toString() || '{}');
    if (method === 'DELETE') return { status: open.delete(asked.id) ? 200 : 404 };
    if (!open.has(asked.pit?.id)) return { status: 404, body: { error: 'no search context' } };
    const from = Date.parse(asked.query.range['@timestamp'].gte);
    const after = asked.search_after?.[1] ?? -1;
    const found = hits.filter(({ sort: [at, shard] }) => at >= from && shard > after).slice(0, asked.size);
    return { status: 200, body: { pit_id: 'pit-1', hits: { hits: found } } };
  };
  return { answer, open };
}
