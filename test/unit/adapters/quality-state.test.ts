import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { S3Client } from '@aws-sdk/client-s3';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { makeObjectStore } from '@selfheal/local-cloud/storage/object-store.ts';
import { makeS3Api } from '@selfheal/local-cloud/storage/s3-api.ts';
import { AwsFault } from '@selfheal/local-cloud/wire/request.ts';
import { type GatewayServer, startServer } from '@selfheal/local-cloud/wire/server.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeS3QualityState } from '#shared/adapters/aws/s3-quality-state.ts';
import { makeWorkflowTokenVerifier } from '#shared/adapters/aws/workflow-token-verifier.ts';
import { makeBranchState } from '#shared/adapters/state/branch-state.ts';
import { makeDeploymentState } from '#shared/adapters/state/deployment-state.ts';
import { aWorkflowIssuer, idToken } from '#test/builders/index.ts';
import { fakeClock, makeMemoryQualityState } from '#test/fakes/index.ts';
import { aServedApi } from '../cli/served-api.ts';
import { qualityStateContract } from './contract/quality-state.ts';

let world: World;
let s3: GatewayServer;
let client: S3Client;
let repositories = 0;
beforeAll(async () => {
  world = await startWorld();
  const answer = makeS3Api(makeObjectStore(new DatabaseSync(':memory:'), ['evidence']));
  s3 = await startServer(0, async (request) => {
    try {
      return answer(request);
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      const { code, message, status } = error;
      return { status, headers: {}, body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>` };
    }
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new S3Client({ endpoint: s3.endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await s3.stop();
  await world.stop();
});

const aRepository = (): string => {
  repositories += 1;
  const name = `acme/shop-${repositories}`;
  world.github.addRepository(name);
  return name;
};
const onBranch = (repository: string) =>
  makeBranchState({
    apiUrl: world.githubApiUrl,
    token: async () => 'made-up',
    clock: fakeClock(),
    repository,
    branch: 'selfheal-state',
  });

const ISSUER = aWorkflowIssuer();
async function aDeployment() {
  const fetchKeys = (async () => Response.json(ISSUER.keySet)) as unknown as typeof fetch;
  const workflowTokens = makeWorkflowTokenVerifier({
    issuer: ISSUER.issuer,
    audiences: [ISSUER.clientId],
    fetch: fetchKeys,
  });
  const api = await aServedApi({ workflows: { workflowTokens, repositories: ['acme/shop'] } });
  await api.deps.stats.keepDefaultBranch(900, { repository: 'acme/shop', branch: 'main' });
  const state = (claims: Parameters<typeof idToken>[1] = {}, repository = 'acme/shop') =>
    makeDeploymentState({
      url: `${api.url}/`,
      repository,
      token: async () => idToken(ISSUER, claims),
      clock: fakeClock(),
    });
  return { api, state };
}

qualityStateContract('documents in memory', async () => {
  const state = makeMemoryQualityState();
  return () => state;
});
qualityStateContract('documents on a branch of GitHub', async () => {
  const repository = aRepository();
  return () => onBranch(repository);
});
qualityStateContract('documents in S3', async () => {
  const repository = aRepository();
  return () => makeS3QualityState({ bucket: 'evidence', repository, client });
});
qualityStateContract('documents in a deployed Selfheal', async () => {
  const { state } = await aDeployment();
  return () => state();
});

describe('documents on a branch', () => {
  it('share no history with the code, and come with a word of explanation', async () => {
    const repository = aRepository();
    await onBranch(repository).write('baselines/main', '{}', null);
    expect(world.github.branches(repository)).toEqual(['selfheal-state']);
    const answer = await fetch(`${world.githubApiUrl}/repos/${repository}/contents/README.md?ref=selfheal-state`, {
      headers: { authorization: 'Bearer made-up', 'user-agent': 'test' },
    });
    const { content } = (await answer.json()) as { content: string };
    expect(Buffer.from(content, 'base64').toString()).toContain('Nothing here is code.');
  });

  it('are read again when the answer to a write was lost, and nothing is written twice', async () => {
    const repository = aRepository();
    await onBranch(repository).write('runs', 'a', null);
    const { revision = '' } = (await onBranch(repository).read('runs')) ?? {};
    world.faults.inject('repos/create-or-update-file-contents', { kind: 'reset', when: 'after' });
    expect(await onBranch(repository).write('runs', 'b', revision)).toBe('changed-meanwhile');
    expect((await onBranch(repository).read('runs'))?.text).toBe('b');
  });

  it('say that GitHub does not answer, or that a right is missing', async () => {
    const repository = aRepository();
    world.faults.inject('repos/get-content', { kind: 'status', status: 502 }, { times: 10 });
    await expect(onBranch(repository).read('runs')).rejects.toThrow(Retryable);
    world.faults.clear();
    world.github.setPermissions({ contents: 'read' });
    onTestFinished(() => world.github.setPermissions(null));
    expect(await onBranch(repository).read('runs')).toBeNull();
    await expect(onBranch(repository).write('runs', 'a', null)).rejects.toThrow(Refused);
  });
});

describe('documents in S3', () => {
  it('are compressed, and belong to a repository whatever its case', async () => {
    await makeS3QualityState({ bucket: 'evidence', repository: 'Acme/Shop', client }).write('runs', 'a', null);
    const other = makeS3QualityState({ bucket: 'evidence', repository: 'acme/shop', client });
    expect((await other.read('runs'))?.text).toBe('a');
  });
});

describe('documents in a deployed Selfheal', () => {
  it('are read by every run of the repository, and written for no pull request', async () => {
    const { state } = await aDeployment();
    await state().write('baselines/main', '{}', null);
    for (const event of ['pull_request', 'pull_request_target', 'workflow_run', 'issue_comment', 'merge_group']) {
      const run = state({ event_name: event, ref: event === 'pull_request' ? 'refs/pull/7/merge' : 'refs/heads/main' });
      const document = await run.read('baselines/main');
      expect(document?.text, event).toBe('{}');
      await expect(run.write('baselines/main', '{"bad":1}', document?.revision ?? ''), event).rejects.toThrow(
        /refuses with 403: This run may only read/,
      );
    }
    const tag = state({ event_name: 'push', ref: 'refs/tags/v1' });
    await expect(tag.write('baselines/main', '{}', null)).rejects.toThrow(Refused);
  });

  it('are closed to other repositories, also to one that names itself in the path alone', async () => {
    const { state } = await aDeployment();
    await expect(state({}, 'acme/bank').read('runs')).rejects.toThrow(/may only read and write .* of its repository/);
    const foreign = state({ repository: 'evil/shop', repository_owner: 'evil' });
    await expect(foreign.read('runs')).rejects.toThrow(/list it in github.repositories/);
  });

  it('cannot be reached: that is said, after three tries', async () => {
    const { api, state } = await aDeployment();
    api.setDown(true);
    await expect(state().read('runs')).rejects.toThrow(Retryable);
    expect(api.requests).toHaveLength(3);
  });

  it('are not taken from a server that answers with something else, nor is the token sent elsewhere', async () => {
    const answers = ['<html>Welcome</html>', '{"revision":"1","content":"bm90IGd6aXA="}'];
    const elsewhere: string[] = [];
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/elsewhere')) elsewhere.push(request.headers.authorization ?? '');
      const body = answers.shift();
      if (body === undefined) response.writeHead(302, { location: '/elsewhere' }).end();
      else response.writeHead(200).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const state = makeDeploymentState({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      repository: 'acme/shop',
      token: async () => 'a-token',
      clock: fakeClock(),
    });
    await expect(state.read('runs')).rejects.toThrow(Retryable);
    await expect(state.read('runs')).rejects.toThrow(/compressed with gzip/);
    await expect(state.read('runs')).rejects.toThrow(Retryable);
    expect(elsewhere).toEqual([]);
  });
});
