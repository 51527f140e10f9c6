import { describe, expect, it } from 'vitest';
import { makeCognitoTokenVerifier } from '#shared/adapters/aws/cognito-token-verifier.ts';
import { makeWorkflowTokenVerifier } from '#shared/adapters/aws/workflow-token-verifier.ts';
import { authenticate } from '#shared/app/access/authenticate.ts';
import { aTokenPool, aWorkflowIssuer, forgedTokens, idToken, type JsonClaims } from '#test/builders/index.ts';
import { fakeClock, makeMemoryApiKeyStore, makeRecordingLog } from '#test/fakes/index.ts';

const ISSUER = aWorkflowIssuer();
const POOL = aTokenPool();
/** What GitHub does not write, so nothing is read of it. */
const NOT_READ =
  /access token|refresh token|no use|a use in|list of uses|two uses|subject|user name|two audiences|two expiries|two issuers|another region/;

function setUp(repositories: readonly string[] = ['acme/shop']) {
  const asked: string[] = [];
  const serving = (keySet: object) =>
    (async (address: unknown) => {
      asked.push(String(address));
      return Response.json(keySet);
    }) as typeof fetch;
  return {
    asked,
    tokens: makeCognitoTokenVerifier({ ...POOL, fetch: serving(POOL.keySet) }),
    workflowTokens: makeWorkflowTokenVerifier({
      issuer: ISSUER.issuer,
      audiences: [ISSUER.clientId, 'https://selfheal.example.com'],
      fetch: serving(ISSUER.keySet),
    }),
    repositories,
    apiKeys: makeMemoryApiKeyStore(),
    clock: fakeClock(),
    log: makeRecordingLog(),
  };
}
const enter = (token: string, deps = setUp()) => authenticate({ authorization: `Bearer ${token}` }, deps);
const run = (claims: JsonClaims = {}, header: JsonClaims = {}) => idToken(ISSUER, claims, header);

describe('a run of a workflow with a token of GitHub Actions', () => {
  it('is known by its repository, and has no role', async () => {
    const deps = setUp(['Acme/Shop']);
    expect(await enter(run({}, { typ: 'JWT', x5t: 'thumbprint' }), deps)).toEqual({
      kind: 'workflow-run',
      run: { repository: 'acme/shop', repositoryId: '900', ref: 'refs/heads/main', mayWrite: true },
    });
    expect(deps.asked).toEqual([`${ISSUER.issuer}/.well-known/jwks`]);
  });

  it.each([
    ['push', 'refs/heads/main', true],
    ['schedule', 'refs/heads/main', true],
    ['workflow_dispatch', 'refs/heads/main', true],
    ['push', 'refs/tags/v1', false],
    ['pull_request', 'refs/pull/7/merge', false],
    ['pull_request', 'refs/heads/main', false],
    ['pull_request_target', 'refs/heads/main', false],
    ['workflow_run', 'refs/heads/main', false],
    ['merge_group', 'refs/heads/gh-readonly-queue/main/pr-7', false],
    ['issue_comment', 'refs/heads/main', false],
  ])('for %s on %s may write: %s', async (event_name, ref, mayWrite) => {
    expect(await enter(run({ event_name, ref }))).toMatchObject({ run: { mayWrite } });
  });

  it.each([
    ['another repository', { repository: 'acme/bank' }, 'is not configured here'],
    ['a repository of another owner', { repository: 'evil/shop', repository_owner: 'evil' }, 'is not configured here'],
    ['an owner that does not fit', { repository_owner: 'evil' }, 'identifies no run'],
    ['no repository', { repository: undefined }, 'identifies no run'],
    ['a path as repository', { repository: 'acme/../shop' }, 'identifies no run'],
    ['a list of repositories', { repository: ['acme/shop'] }, 'identifies no run'],
    ['no id of a repository', { repository_id: undefined }, 'identifies no run'],
    ['no event', { event_name: undefined }, 'identifies no run'],
    ['another audience', { aud: 'https://github.com/acme' }, 'issued for another audience'],
    ['a list with the audience', { aud: [ISSUER.clientId] }, 'issued for another audience'],
    ['an expiry that has passed', { exp: 1 }, 'has expired'],
  ])('is refused for %s', async (_, claims, reason) => {
    const outcome = await enter(run(claims));
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it('is refused where no repository is configured', async () => {
    expect((await enter(run(), setUp([]))).kind).toBe('refused');
  });
});

describe('a forged token of a run', () => {
  const forged = Object.entries(forgedTokens(ISSUER)).filter(([name]) => !NOT_READ.test(name));

  it.each(forged)('is refused: %s', async (_, token) => {
    const deps = setUp();
    expect((await enter(token, deps)).kind).toBe('refused');
    const known = [`${ISSUER.issuer}/.well-known/jwks`, `${POOL.issuer}/.well-known/jwks.json`];
    expect(deps.asked.filter((address) => !known.includes(address))).toEqual([]);
  });

  it('is refused when the user pool signed it, and the other way round', async () => {
    const { iss, aud } = { iss: ISSUER.issuer, aud: ISSUER.clientId };
    expect((await enter(idToken(POOL, { ...ISSUER.claims, iss, aud }))).kind).toBe('refused');
    const person = { iss: POOL.issuer, aud: POOL.clientId, token_use: 'id', 'cognito:groups': ['admin'] };
    expect((await enter(run(person))).kind).toBe('refused');
  });

  it('makes nobody an administrator, whatever groups it claims', async () => {
    expect((await enter(run({ 'cognito:groups': ['admin'], token_use: 'id' }))).kind).toBe('workflow-run');
  });
});
