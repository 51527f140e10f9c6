import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Agent, get } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { makeAuthorizer } from '@selfheal/local-cloud/iam/authorizer.ts';
import { makeDecisionLog } from '@selfheal/local-cloud/iam/decisions.ts';
import { loadPolicies } from '@selfheal/local-cloud/iam/policies.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStage, outputOf, type Stage } from '#apps/local/stage.ts';
import { FUNCTIONS } from '#infra/functions.ts';
import { signIn } from '#lab/drills/approvals.ts';
import { makeCognitoTokenVerifier } from '#shared/adapters/aws/cognito-token-verifier.ts';
import { API_KEY_PARTITION, makeDynamoApiKeyStore } from '#shared/adapters/aws/dynamo-api-key-store.ts';
import { makeDynamoAccessTrail } from '#shared/adapters/aws/dynamo-incident-audit.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { createApiKey, revokeApiKey } from '#shared/app/access/api-keys.ts';
import { authenticate } from '#shared/app/access/authenticate.ts';
import { Role } from '#shared/domain/access/caller.ts';
import { ACCESS_TRAIL } from '#shared/domain/audit/access-event.ts';
import { verifyChain } from '#shared/domain/audit/audit-chain.ts';
import { pascalCase } from '#statemachines/heal.ts';
import { aTokenPool, forgedTokens, NO_WORKFLOWS, type TokenPool, tampered } from '#test/builders/index.ts';
import { makeRecordingLog } from '#test/fakes/index.ts';
import { anAssembly } from './support/assemblies.ts';
import { deploymentOf, functionRoles } from './support/rights.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
/** By name and the groups that the administrator put them into. */
const PEOPLE: Readonly<Record<string, readonly Role[]>> = {
  nobody: [],
  viewer: ['viewer'],
  lead: ['operator', 'approver'],
  owner: Role.options,
};

let stage: Stage;
let assemblyDir: string;
let pool: Pick<TokenPool, 'issuer' | 'clientId'>;
let client: DynamoDBDocumentClient;
beforeAll(async () => {
  ({ assemblyDir } = await anAssembly({}));
  stage = await openStage({ assemblyDir, ampleMemory: true });
  const { runtime, adminKey } = stage;
  for (const [name, groups] of Object.entries(PEOPLE))
    await runtime.createUser(name, `${name}@example.com`, PASSWORD, groups);
  pool = {
    issuer: `https://cognito-idp.us-east-1.amazonaws.com/${outputOf(runtime, 'UserPoolId')}`,
    clientId: outputOf(runtime, 'UserPoolClientId'),
  };
  const credentials = { accessKeyId: adminKey, secretAccessKey: 'local' };
  client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: runtime.endpoint, region: 'us-east-1', credentials }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
});
afterAll(() => stage?.stop());

function setUp() {
  const access = { table: outputOf(stage.runtime, 'ControlTableName'), client };
  return {
    tokens: makeCognitoTokenVerifier({ ...pool, endpoint: stage.runtime.endpoint }),
    apiKeys: makeDynamoApiKeyStore(access),
    trail: makeDynamoAccessTrail(access),
    clock: systemClock,
    log: makeRecordingLog(),
    ...NO_WORKFLOWS,
  };
}
const enter = (credential: string, deps = setUp()) => authenticate({ authorization: `Bearer ${credential}` }, deps);
const callerOf = async (credential: string, deps = setUp()) => {
  const outcome = await enter(credential, deps);
  if (outcome.kind !== 'accepted') throw new Error(`It is ${outcome.kind}.`);
  return outcome.caller;
};

describe('signing in at the user pool of the template', () => {
  it.each(Object.entries(PEOPLE))('makes %s a caller with the roles %j', async (name, roles) => {
    const token = await signIn(stage, `${name}@example.com`, PASSWORD);
    expect(await callerOf(token)).toMatchObject({ kind: 'person', name: `${name}@example.com`, roles });
  });
});

describe('the API of the template', () => {
  const call = async (path: string, token: string) =>
    (await fetch(`${stage.runtime.endpoint}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;

  it.each([
    ['nobody', 403, 403],
    ['viewer', 200, 403],
    ['lead', 200, 403],
    ['owner', 200, 200],
  ])('[D219] answers %s: what needs read %i, what needs administer %i', async (name, read, administer) => {
    const token = await signIn(stage, `${name}@example.com`, PASSWORD);
    const answers = [await call('/api/incidents', token), await call('/api/approvals', token)];
    expect([...answers, await call('/api/keys', token)]).toEqual([read, read, administer]);
  });

  it('[D246] answers a thousand requests about its health, and a hundred signed-in ones at once, none with an error', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    onTestFinished(() => agent.destroy());
    const headers = { authorization: `Bearer ${await signIn(stage, 'viewer@example.com', PASSWORD)}` };
    const statusOf = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        get(`${stage.runtime.endpoint}${path}`, { agent, headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        }).on('error', reject);
      });
    for (const [path, count] of [
      ['/api/health', 1000],
      ['/api/incidents', 100],
    ] as const) {
      const statuses = await Promise.all(Array.from({ length: count }, () => statusOf(path)));
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
    }
  });

  it('[D219] answers 401 to every token that was made of a genuine one', async () => {
    const genuine = await signIn(stage, 'owner@example.com', PASSWORD);
    const answers: [string, number][] = [];
    for (const [name, token] of Object.entries(tampered(genuine)))
      answers.push([name, await call('/api/incidents', token)]);
    expect(answers.length).toBeGreaterThan(15);
    expect(answers.filter(([, status]) => status !== 401)).toEqual([]);
    expect(await call('/api/incidents', genuine)).toBe(200);
  });
});

it('no token that was forged or changed is let in', async () => {
  const genuine = await signIn(stage, 'owner@example.com', PASSWORD);
  const keySet = await (
    await fetch(`${stage.runtime.endpoint}${new URL(pool.issuer).pathname}/.well-known/jwks.json`)
  ).json();
  const [published] = (keySet as { keys: (JsonWebKey & { kid: string })[] }).keys;
  if (published === undefined) throw new Error('The user pool publishes no key.');
  // All that an attacker knows of the pool, and a private key of their own.
  const { privateKey } = aTokenPool();
  const publicKey = createPublicKey({ key: { ...published }, format: 'jwk' });
  const known = { ...pool, kid: published.kid, privateKey, publicKey, keySet: keySet as TokenPool['keySet'] };
  const deps = setUp();
  const outcomes: [string, string][] = [];
  for (const [name, token] of Object.entries({ ...forgedTokens(known), ...tampered(genuine) }))
    outcomes.push([name, (await enter(token, deps)).kind]);
  expect(outcomes.length).toBeGreaterThan(100);
  expect(outcomes.filter(([, kind]) => kind !== 'refused')).toEqual([]);
  expect(await callerOf(genuine, deps)).toMatchObject({ roles: Role.options });
});

it('an API key that an administrator creates is let in until it is revoked', async () => {
  const deps = setUp();
  const random = (bytes: number) => crypto.getRandomValues(Buffer.alloc(bytes)).toString('hex');
  const owner = await callerOf(await signIn(stage, 'owner@example.com', PASSWORD), deps);
  const lead = await callerOf(await signIn(stage, 'lead@example.com', PASSWORD), deps);
  const order = {
    name: 'dashboard',
    roles: ['operator' as const],
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  };
  expect(await createApiKey(order, lead, { ...deps, random })).toMatchObject({ kind: 'forbidden' });
  const created = await createApiKey(order, owner, { ...deps, random });
  if (created.kind !== 'created') throw new Error(created.reason);
  expect(await callerOf(created.text, deps)).toMatchObject({ kind: 'key', id: created.key.id, roles: ['operator'] });
  expect((await deps.apiKeys.get(created.key.id))?.lastUsedAt).not.toBeNull();
  expect(await revokeApiKey(created.key.id, owner, { ...deps, random })).toMatchObject({ kind: 'revoked' });
  expect(await enter(created.text, deps)).toMatchObject({ kind: 'refused' });
  const entries = await deps.trail.auditTrail(ACCESS_TRAIL);
  expect(entries.map(({ event, facts }) => [event, facts.by])).toEqual([
    ['api-key.created', 'owner@example.com'],
    ['api-key.revoked', 'owner@example.com'],
  ]);
  expect(verifyChain(ACCESS_TRAIL, entries)).toMatchObject({ kind: 'intact', chained: 2 });
});

it('no function but the one that manages API keys may read, create or change one', () => {
  const deployment = deploymentOf(assemblyDir, stage.runtime.endpoint);
  const authorizer = makeAuthorizer(
    loadPolicies(deployment),
    makeDecisionLog(() => {}),
    deployment.account,
  );
  const table = outputOf(stage.runtime, 'ControlTableName');
  const resource = `arn:aws:dynamodb:${deployment.region}:${deployment.account}:table/${table}`;
  const rolesOf = (functions: readonly { readonly name: string }[]) => {
    const names = functions.map(({ name }) => pascalCase(name));
    return functionRoles(deployment).filter(({ logicalId }) =>
      names.some((name) => logicalId.startsWith(`Functions${name}Role`)),
    );
  };
  const allowedTo = (roles: ReturnType<typeof functionRoles>, partition: string, attributes = ['pk', 'sk', 'roles']) =>
    roles.flatMap((role) =>
      ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'].filter((operation) =>
        authorizer.would(role, {
          action: `dynamodb:${operation}`,
          resource,
          context: {
            'dynamodb:LeadingKeys': [partition],
            ...(operation === 'UpdateItem' ? { 'dynamodb:Attributes': attributes } : {}),
          },
        }),
      ),
    );
  // Whoever takes logs knows the sender by its key: it reads the key, and notes that it was used.
  const verifiers = FUNCTIONS.filter(({ uses }) => uses.keyRecords !== undefined);
  expect(verifiers.map(({ name }) => name)).toEqual(['log-intake']);
  expect(allowedTo(rolesOf(verifiers), API_KEY_PARTITION)).toEqual(['GetItem']);
  expect(allowedTo(rolesOf(verifiers), API_KEY_PARTITION, ['pk', 'sk', 'lastUsedAt'])).toEqual([
    'GetItem',
    'UpdateItem',
  ]);
  expect(allowedTo(rolesOf(verifiers), `AUDIT#${ACCESS_TRAIL}`)).toEqual([]);
  const others = FUNCTIONS.filter(({ uses }) => uses.accessRecords === undefined && uses.keyRecords === undefined);
  const roles = rolesOf(others);
  const allowed = (partition: string) => allowedTo(roles, partition);
  expect(others).toHaveLength(FUNCTIONS.length - verifiers.length - 1);
  expect(roles).toHaveLength(others.length);
  expect(allowed('LEASE#target').length).toBeGreaterThan(10);
  expect(allowed(API_KEY_PARTITION)).toEqual([]);
  expect(allowed(`AUDIT#${ACCESS_TRAIL}`)).toEqual([]);
});

it('nobody is let in while the user pool cannot be reached', async () => {
  const token = await signIn(stage, 'owner@example.com', PASSWORD);
  const deps = setUp();
  expect(await enter(token, deps)).toMatchObject({ kind: 'accepted' });
  const unreachable = { ...deps, tokens: makeCognitoTokenVerifier({ ...pool, endpoint: 'http://127.0.0.1:9' }) };
  expect(await enter(token, unreachable)).toMatchObject({ kind: 'unavailable' });
});
