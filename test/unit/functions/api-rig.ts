import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { makeActionRequests } from '#functions/api/action-requests.ts';
import { makeHandler } from '#functions/api/handler.ts';
import { makeIncidentChanges } from '#functions/api/incident-changes.ts';
import { makeLogRequests } from '#functions/api/log-requests.ts';
import { makeReceivedRequests } from '#functions/api/received-requests.ts';
import { makeRecordLearning } from '#functions/api/record-learning.ts';
import { dataDirectoryOf, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { packedState, unpackDocument } from '#shared/adapters/state/packed-state.ts';
import { type AuthenticateDeps, authenticate } from '#shared/app/access/authenticate.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { previewOf } from '#shared/app/policy/preview-rules.ts';
import { browserSignIn } from '#shared/domain/access/browser-sign-in.ts';
import { Role } from '#shared/domain/access/caller.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { parsePlaybooks } from '#shared/domain/knowledge/playbooks.ts';
import type { ModelVersion } from '#shared/domain/learning/model-registry.ts';
import { ALERT_SOURCES } from '#shared/plugins/sources/registry.ts';
import type { SignInOutcome } from '#shared/ports/access.ts';
import type { CounterStore } from '#shared/ports/counter-store.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import type { DataAnswer, DataRequest } from '#shared/ports/repository-data.ts';
import { makeFakeIncidentTeller } from '#test/fakes/incident-teller.ts';
import {
  makeMemoryAccessTrail,
  makeMemoryApiKeyStore,
  makeMemoryCounters,
  makeMemoryHealingStore,
  makeMemoryModelArtifacts,
  makeMemoryModelRegistry,
  makeMemoryPatternStore,
  makeMemoryPatternVersions,
  makeMemoryPolicyTrail,
  makeMemoryPredictionStore,
  makeMemoryQualityState,
  makeMemoryRepeatedRequests,
} from '#test/fakes/index.ts';
import { MemoryConnections } from '#test/fakes/memory-connections.ts';
import { MemoryEventLedger } from '#test/fakes/memory-event-ledger.ts';
import { makeMemoryLogWatch } from '#test/fakes/memory-log-watch.ts';
import { aRemedyRig, type RigOptions } from '../app/remedy-rig.ts';

const PERSON = {
  kind: 'person' as const,
  id: 'u-1',
  name: 'ada@example.com',
  claims: { token_use: 'id', 'cognito:username': 'ada', 'custom:github': 'ada' },
};
const personNamed = (login: string, groups: readonly string[]) => ({
  ...PERSON,
  claims: { token_use: 'id', 'cognito:username': login, 'custom:github': login, 'cognito:groups': groups },
});
const NO_PEOPLE = {
  tokens: { verify: async () => ({ kind: 'refused' as const, reason: 'It is of nobody.' }) },
};
const KEY = {
  kind: 'key' as const,
  id: 'k-1',
  name: 'deploy bot',
  createdBy: { kind: 'person' as const, id: PERSON.id, name: PERSON.name },
};
const SIGN_INS: Readonly<Record<string, SignInOutcome>> = {
  right: { kind: 'signed-in', idToken: 'id-token', expiresInSeconds: 900, refreshToken: 'again' },
  again: { kind: 'signed-in', idToken: 'id-token-2', expiresInSeconds: 900, refreshToken: null },
  temporary: { kind: 'challenge', name: 'NEW_PASSWORD_REQUIRED', session: 'session-1' },
  forgotten: { kind: 'challenge', name: 'RESET_PASSWORD', session: null },
};
/** The written advice of the API in tests. */
const ADVICE: readonly KnowledgeEntry[] = parsePlaybooks([
  {
    name: 'advice.yaml',
    content: {
      playbooks: [
        {
          id: 'disk-full',
          title: 'The disk is full',
          class: 'storage_issues',
          keywords: ['disk', 'space'],
          rootCause: 'No space left on device.',
          resolution: 'Delete old files.',
          prevention: 'Watch the disk.',
          confidence: 0.8,
        },
      ],
    },
  },
]).entries;
const SIGNATURES = loadSignatures(dataDirectoryOf({})).then(({ signatures }) => signatures);
export const VERSION = '1.2.3';

/** The API with one incident stored; `as` signs in with roles, with none of them by default as nobody: `approver`, `approver on-call octo-dev` by login and groups, `key viewer`. */
export async function anApi(
  change: {
    lists?: Partial<IncidentLists>;
    fail?: Error;
    predictions?: readonly Prediction[];
    shipped?: ModelVersion;
    counters?: CounterStore;
    /** In place of the written advice of tests. */
    advice?: readonly KnowledgeEntry[];
    /** Of the function that exports and deletes. */
    dataAnswer?: DataAnswer;
    configure?: RigOptions['configure'];
    /** Verifies what is sent as a bearer token. */
    workflows?: Pick<AuthenticateDeps, 'workflowTokens' | 'repositories'>;
    /** Which action fits, and what the stored incident is like. */
    rig?: Pick<RigOptions, 'family' | 'actionId' | 'incident'>;
  } = {},
) {
  const rig = await aRemedyRig({
    confidence: 0.7,
    ...change.rig,
    ...(change.configure === undefined ? {} : { configure: change.configure }),
  });
  const { incident } = rig;
  const asked: unknown[] = [];
  const errors: unknown[] = [];
  const lists: IncidentLists = {
    list: async (...request) => {
      asked.push(request);
      if (change.fail) throw change.fail;
      return { incidents: [incident], next: 'cursor-2', corrupt: [{ id: 'gh-broken', problem: 'It lacks a field.' }] };
    },
    idsStartingWith: async (beginning) => (incident.id.startsWith(beginning) ? [incident.id] : []),
    ...change.lists,
  };
  const apiKeys = makeMemoryApiKeyStore();
  const policyTrail = makeMemoryPolicyTrail();
  const learning = {
    patterns: makeMemoryPatternStore(),
    patternVersions: makeMemoryPatternVersions(),
    predictions: makeMemoryPredictionStore(change.predictions),
    registry: makeMemoryModelRegistry(),
    artifacts: makeMemoryModelArtifacts(),
  };
  const recall = makeLocalRecall(
    {
      remembered: (...asked) => rig.deps.knowledge.remembered(...asked),
      learned: (...asked) => rig.deps.knowledge.learned(...asked),
    },
    change.advice ?? ADVICE,
  );
  const quality = new Map<string, ReturnType<typeof makeMemoryQualityState>>();
  const qualityOf = (repository: string) => {
    const state = quality.get(repository) ?? makeMemoryQualityState();
    quality.set(repository, state);
    return packedState(state);
  };
  const sent: Signal[] = [];
  const { teller, handedOver, ended } = makeFakeIncidentTeller(rig.deps.incidents);
  const changeable = {
    ...rig.deps,
    ...learning,
    teller,
    healing: makeMemoryHealingStore(),
    queue: { send: async (signal: Signal) => void sent.push(Signal.parse(signal)) },
  };
  const logWatch = makeMemoryLogWatch();
  const [connections, ledger] = [new MemoryConnections(), new MemoryEventLedger()];
  const dataAsked: DataRequest[] = [];
  let random = 0;
  const handler = makeHandler({
    ...rig.deps,
    trail: rig.deps.incidents,
    lists,
    version: VERSION,
    environment: { apiUrl: 'https://api.example.com', dashboardUrl: 'https://dashboard.example.com' },
    repeatedRequests: makeMemoryRepeatedRequests(),
    ...learning,
    recall: async () => recall,
    shipped: async () => change.shipped ?? null,
    policy: {
      ...rig.deps,
      trail: policyTrail,
      preview: (before, after) => previewOf(before, after, { ...rig.deps, lists, ledger }),
    },
    requests: async () => makeActionRequests({ ...rig.deps, lists, queue: changeable.queue }),
    logs: async () =>
      makeLogRequests({
        ...rig.deps,
        lists,
        signatures: await SIGNATURES,
        model: async () => undefined,
        recall,
        engine: loadRe2Engine,
        watched: logWatch,
      }),
    recordLearning: async () => makeRecordLearning(learning),
    changes: async () => makeIncidentChanges(changeable),
    received: async () =>
      makeReceivedRequests({
        connections,
        activity: connections,
        ledger,
        secrets: { read: async () => ({ key: 'name key of tests' }) },
        sources: ALERT_SOURCES,
        trail: makeMemoryAccessTrail(),
        queue: changeable.queue,
        log: rig.deps.log,
        clock: rig.deps.clock,
        random: (bytes) => randomBytes(bytes).toString('hex'),
        apiUrl: 'https://api.example.com',
      }),
    people: { persons: rig.deps.persons, trail: makeMemoryAccessTrail(), clock: rig.deps.clock },
    keys: {
      apiKeys,
      trail: makeMemoryAccessTrail(),
      clock: rig.deps.clock,
      random: (bytes) => `${random++}`.padStart(2 * bytes, 'ab'),
    },
    browserSignIn: browserSignIn('https://sign-in.example.com/', 'client-1'),
    signIn: {
      withPassword: async (_user, password) => SIGN_INS[password] ?? { kind: 'refused' },
      refresh: async (token) => SIGN_INS[token] ?? { kind: 'refused' },
      answer: async ({ session, answer }) => {
        if (session !== 'session-1') return { kind: 'refused' };
        return SIGN_INS[answer] ?? { kind: 'wrong-answer', reason: 'The code is wrong.' };
      },
    },
    qualityOf,
    repositoryData: {
      ask: async (request) => {
        dataAsked.push(request);
        const none: DataAnswer =
          request.kind === 'history' ? { kind: 'history', deletions: [], broken: null } : { kind: 'unknown' };
        return change.dataAnswer ?? none;
      },
    },
    unpack: unpackDocument,
    counters: change.counters ?? makeMemoryCounters(),
    onFailure: (error) => errors.push(error),
    authenticate: async ({ authorization = '' }) => {
      if (change.workflows !== undefined && authorization.startsWith('Bearer '))
        return await authenticate({ authorization }, { ...rig.deps, apiKeys, ...NO_PEOPLE, ...change.workflows });
      if (authorization === 'down') return { kind: 'unavailable', reason: 'The keys cannot be read.' };
      const roles = Role.options.filter((role) => authorization.includes(role));
      if (authorization === '') return { kind: 'refused', reason: 'Send a token.' };
      const login = /\bocto-\w+/.exec(authorization)?.[0];
      const person = login === undefined ? PERSON : personNamed(login, authorization.split(' '));
      const id = /#(\S+)/.exec(authorization)?.[1];
      const known = authorization.startsWith('key') ? KEY : person;
      const named = known.kind === 'person' ? { name: `${id}@example.com` } : {};
      const caller = id === undefined ? known : { ...known, ...named, id };
      return { kind: 'accepted', caller: { ...caller, roles } };
    },
  });
  const call = async (
    path: string,
    { as = '', method = 'GET', headers = {} as object, body = undefined as unknown, base64 = false } = {},
  ) => {
    const [rawPath = '', rawQueryString = ''] = path.split('?');
    const answer = await handler({
      rawPath,
      rawQueryString,
      headers: { ...(as === '' ? {} : { authorization: as }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      isBase64Encoded: base64,
      requestContext: { http: { method }, domainName: 'api.example.com' },
    } as unknown as APIGatewayProxyEventV2);
    return {
      ...answer,
      json: answer.headers?.['content-type']?.toString().includes('json') ? JSON.parse(answer.body || 'null') : null,
    };
  };
  return {
    ...rig,
    ...learning,
    logWatch,
    qualityOf,
    call,
    asked,
    errors,
    sent,
    changeable,
    dataAsked,
    handedOver,
    ended,
  };
}

/** Makes a plan of the stored incident that waits for a decision; gives its digest. */
export async function askAbout({ incident, deps }: Pick<Awaited<ReturnType<typeof anApi>>, 'incident' | 'deps'>) {
  const incidentId = incident.id;
  const digest = (await makePlan({ incidentId, tried: [], held: false }, deps)).digest as string;
  await requestApproval({ incidentId, digest, taskToken: 'token-1', expiresInSeconds: 3600 }, deps);
  return digest;
}

/** The API, and a plan that waits for a decision. */
export async function aWaitingPlan() {
  const api = await anApi();
  const incidentId = api.incident.id;
  const digest = await askAbout(api);
  const path = `/api/approvals/${incidentId}/${digest}`;
  const decide = (decision: unknown, as: string) =>
    api.call(path, { method: 'POST', as, headers: { 'content-type': 'application/json' }, body: { decision } });
  return { ...api, digest, path, decide };
}
