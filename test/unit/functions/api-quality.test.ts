import { describe, expect, it } from 'vitest';
import { makeWorkflowTokenVerifier } from '#shared/adapters/aws/workflow-token-verifier.ts';
import { packDocument } from '#shared/adapters/state/packed-state.ts';
import type { DefaultBranch } from '#shared/domain/access/workflow-run-caller.ts';
import { aWorkflowIssuer, idToken, type JsonClaims } from '#test/builders/index.ts';
import { anApi } from './api-rig.ts';

const ISSUER = aWorkflowIssuer();
const DOCUMENT = '/api/repositories/acme/shop/quality/baselines~main';
const run = (claims: JsonClaims = {}) => `Bearer ${idToken(ISSUER, claims)}`;

/** The default branch as a webhook told it, or null. */
async function theApi(known: DefaultBranch | null = { repository: 'acme/shop', branch: 'main' }) {
  const fetchKeys = (async () => Response.json(ISSUER.keySet)) as unknown as typeof fetch;
  const workflowTokens = makeWorkflowTokenVerifier({
    issuer: ISSUER.issuer,
    audiences: [ISSUER.clientId],
    fetch: fetchKeys,
  });
  const api = await anApi({ workflows: { workflowTokens, repositories: ['acme/shop'] } });
  if (known !== null) await api.deps.stats.keepDefaultBranch(900, known);
  const put = (as: string, headers: object, content: unknown = packDocument('{"a":1}'), path = DOCUMENT) =>
    api.call(path, {
      method: 'PUT',
      as,
      headers: { 'content-type': 'application/json', ...headers },
      body: { content },
    });
  return { ...api, put };
}
const FIRST = { 'if-none-match': '*' };

describe('a run of a workflow at the API', () => {
  it('gets nothing but the quality documents of its repository: every other route refuses it', async () => {
    const { call, incident } = await theApi();
    const { json } = await call('/api/openapi.json');
    const routes = Object.entries(json.paths as Record<string, Record<string, Record<string, unknown>>>).flatMap(
      ([path, methods]) => Object.entries(methods).map(([method, route]) => ({ path, method, route })),
    );
    const open: string[] = [];
    for (const { path, method, route } of routes) {
      if (route['x-permission'] === undefined) continue;
      const at = path.replace(/\{(?:id|incidentId)\}/, incident.id).replace('{digest}', '0'.repeat(64));
      const { statusCode, json: problem } = await call(at, { method: method.toUpperCase(), as: run() });
      if (statusCode !== 403) open.push(`${method} ${path}`);
      else
        expect(problem.detail, at).toBe(
          "A workflow's run may only read and write the quality documents of its repository.",
        );
    }
    expect(open).toEqual([
      'get /api/repositories/{owner}/{name}/quality/{document}',
      'put /api/repositories/{owner}/{name}/quality/{document}',
    ]);
  });

  it('reads what it wrote, with its revision as etag, and 304 while it is the same', async () => {
    const { call, put } = await theApi();
    expect((await call(DOCUMENT, { as: run() })).statusCode).toBe(404);
    expect((await put(run(), FIRST)).statusCode).toBe(200);
    const { json, headers } = await call(DOCUMENT, { as: run() });
    expect(headers?.etag).toBe(`"${json.revision}"`);
    const again = await call(DOCUMENT, { as: run(), headers: { 'if-none-match': String(headers?.etag) } });
    expect(again.statusCode).toBe(304);
    expect((await put(run(), { 'if-match': headers?.etag })).statusCode).toBe(200);
    expect((await put(run(), { 'if-match': headers?.etag })).statusCode).toBe(412);
    expect((await put(run(), FIRST)).statusCode).toBe(412);
  });

  it.each([
    ['without a condition', {}, undefined, 428],
    ['with both conditions', { ...FIRST, 'if-match': '"1"' }, undefined, 428],
    ['with a condition that is no revision', { 'if-match': 'W/"1"' }, undefined, 400],
    ['with plain text', FIRST, '{"a":1}', 400],
    ['with something that grows beyond the limit', FIRST, packDocument('x'.repeat(4_000_001)), 400],
    ['with bytes that are no UTF-8', FIRST, 'H4sIAAAAAAAAA/v//z8AAP//AAAA', 400],
    ['without content', FIRST, null, 400],
    ['with more than a function takes', FIRST, 'A'.repeat(3_000_001), 413],
  ])('writes nothing %s', async (_, headers, content, status) => {
    const { put, qualityOf } = await theApi();
    expect((await put(run(), headers, content)).statusCode).toBe(status);
    expect(await qualityOf('acme/shop').read('baselines/main')).toBeNull();
  });

  it.each([
    ['the default branch', {}, {}, 200, null],
    ['the default branch of another name', { ref: 'refs/heads/trunk' }, { branch: 'trunk' }, 200, null],
    ['another branch', { ref: 'refs/heads/release' }, {}, 403, 'only runs of the default branch main'],
    ['a branch whose name begins alike', { ref: 'refs/heads/main/x' }, {}, 403, 'only runs of the default branch main'],
    ['main where another branch is the default', {}, { branch: 'trunk' }, 403, 'only runs of the default branch trunk'],
    ['a repository made again under its name', { repository_id: '901' }, {}, 403, 'is not known here yet'],
    ['an id that webhooks know by another name', {}, { repository: 'acme/bank' }, 403, 'is not known here yet'],
    ['a pull request', { event_name: 'pull_request', ref: 'refs/pull/7/merge' }, {}, 403, 'never for a pull request'],
  ])('writes only what a run of the default branch may: %s', async (_, claims, change, status, why) => {
    const { call, put } = await theApi({ repository: 'acme/shop', branch: 'main', ...change });
    const { statusCode, json } = await put(run(claims), FIRST);
    expect(statusCode).toBe(status);
    if (why !== null) expect(json.detail).toContain(why);
    expect((await call(DOCUMENT, { as: run(claims) })).statusCode).toBe(status === 200 ? 200 : 404);
  });

  it('keeps what the baselines say for the diagnoses of the repository, and nothing of other documents', async () => {
    const { put, deps } = await theApi();
    const path = '/api/repositories/acme/shop/quality/baselines';
    const measured = (value: number) => ({ value, attempt: 1 });
    const runs = [80, 90].map((coverage, at) => ({
      run: at + 1,
      attempt: 1,
      commit: null,
      at: `2026-11-2${at}T00:00:00.000Z`,
      metrics: { coverage: measured(coverage), 'vulnerabilities.high': measured(at) },
    }));
    const baselines = {
      version: 1,
      revision: 2,
      defaultBranch: 'main',
      branches: [{ branch: 'main', runs }],
      changes: [],
    };
    expect((await put(run(), FIRST)).statusCode).toBe(200);
    expect(await deps.stats.runBaseline('acme/shop')).toBeNull();
    expect((await put(run(), FIRST, packDocument(JSON.stringify(baselines)), path)).statusCode).toBe(200);
    expect(await deps.stats.runBaseline('acme/shop')).toEqual({
      at: '2026-11-21T00:00:00.000Z',
      metrics: { coverage: { mean: 85, runs: 2 }, 'vulnerabilities.high': { mean: 0.5, runs: 2 } },
    });
  });

  it('writes nothing while no webhook told the default branch, and is told what to do', async () => {
    const { put } = await theApi(null);
    const { statusCode, json } = await put(run(), FIRST);
    expect([statusCode, json.detail]).toEqual([403, expect.stringMatching(/let a run of the default branch end/)]);
  });

  it.each(['..%2F..%2Fmodels', 'a~..~b', 'A', '.hidden', 'a%00', '~'])('finds no document %s', async (name) => {
    const { call } = await theApi();
    const { statusCode } = await call(`/api/repositories/acme/shop/quality/${name}`, { as: run() });
    expect([400, 404]).toContain(statusCode);
  });
});

describe('people and the quality documents', () => {
  it('read with any role, and write as administrators only', async () => {
    const { call, put } = await theApi();
    expect((await put('viewer', FIRST)).statusCode).toBe(403);
    expect((await put('operator approver', FIRST)).statusCode).toBe(403);
    expect((await put('admin', FIRST)).statusCode).toBe(200);
    expect((await call(DOCUMENT, { as: 'viewer' })).statusCode).toBe(200);
    expect((await call('/api/repositories/acme/%2E%2E/quality/x', { as: 'viewer' })).statusCode).toBe(404);
  });
});
