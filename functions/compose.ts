import { Refused } from '@selfheal/kernel/errors.ts';
import { dataDirectoryOf, loadPlaybooks, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import type { RequestCounter } from '#shared/adapters/aws/carried-requests.ts';
import { makeCognitoTokenVerifier } from '#shared/adapters/aws/cognito-token-verifier.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoApiKeyStore } from '#shared/adapters/aws/dynamo-api-key-store.ts';
import { makeDynamoApprovalQueue } from '#shared/adapters/aws/dynamo-approval-queue.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoCounters } from '#shared/adapters/aws/dynamo-counters.ts';
import { makeDynamoDelegationStore } from '#shared/adapters/aws/dynamo-delegation-store.ts';
import { makeDynamoEscalationChains } from '#shared/adapters/aws/dynamo-escalation-chains.ts';
import { makeDynamoExperienceStore } from '#shared/adapters/aws/dynamo-experience-store.ts';
import { makeDynamoHealingStore } from '#shared/adapters/aws/dynamo-healing-store.ts';
import { makeDynamoAccessTrail, makeDynamoPolicyTrail } from '#shared/adapters/aws/dynamo-incident-audit.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoModelRegistry } from '#shared/adapters/aws/dynamo-model-registry.ts';
import { makeDynamoPatternStore, makeDynamoPatternVersions } from '#shared/adapters/aws/dynamo-pattern-store.ts';
import { makeDynamoPersonStore } from '#shared/adapters/aws/dynamo-person-store.ts';
import { makeDynamoPolicyStore } from '#shared/adapters/aws/dynamo-policy-store.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { makeDynamoRepeatedRequests } from '#shared/adapters/aws/dynamo-repeated-requests.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import { makeDynamoTestStore } from '#shared/adapters/aws/dynamo-test-store.ts';
import { lambdaLog, lambdaMeter, scheduledFunction, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { sharingEvidence } from '#shared/adapters/aws/shared-reads.ts';
import { makeWorkflowTokenVerifier } from '#shared/adapters/aws/workflow-token-verifier.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubCodeReader } from '#shared/adapters/github/code-reader.ts';
import { makeGithubCodeWriter } from '#shared/adapters/github/code-writer.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import type { GithubOptions } from '#shared/adapters/github/github-client.ts';
import { makeGithubAccounts, makeGithubPeople } from '#shared/adapters/github/people.ts';
import { makeGithubProposals } from '#shared/adapters/github/proposals.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { type Counts, makeCounts } from '#shared/app/common/counts.ts';
import { act } from '#shared/app/remediate/act.ts';
import { actionPorts, type RemediationPorts } from '#shared/app/remediate/ports.ts';
import { ACCOUNT_HOSTS, type AccountHost } from '#shared/domain/access/person.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import {
  type ActFunctionConfig,
  type FunctionConfig,
  type FunctionEnvironment,
  type ResourceName,
  readEnvironment,
} from '#shared/domain/workflow/function-config.ts';
import { STEPS, type StepInput, type StepName, type StepOutput } from '#shared/domain/workflow/steps.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import { HOSTS } from '#shared/plugins/hosts/registry.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import type { AccountLookUp, RepositoryDirectory } from '#shared/ports/code-host.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { HostApi } from '#shared/ports/host-api.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { routeHost } from './compose-hosts.ts';

export type Variables<R extends ResourceName> = Readonly<Record<R, string>>;
type Ports<C extends FunctionConfig> = Readonly<Record<string, (environment: FunctionEnvironment<C>) => unknown>>;
type Composed<P> = { readonly [K in keyof P]: P[K] extends (environment: never) => infer T ? T : never } & typeof BASE;

interface StepPorts {
  readonly incidents: IncidentStore;
  readonly configuration: Configuration;
}

const BASE = { clock: systemClock, meter: lambdaMeter, log: lambdaLog };

/**
 * Reads the environment once and makes the listed ports from it; clock, meter and log are always included. Each port is a function of its own, so
 * that a bundle contains only what its ports need. A port that needs a variable which the config does not declare does not compile. Throws when
 * a variable is missing.
 */
export function compose<C extends FunctionConfig, const P extends Ports<C>>(config: C, ports: P): Composed<P> {
  const environment = readEnvironment(config, process.env);
  const made = Object.entries(ports).map(([name, make]) => [name, make(environment)] as const);
  return { ...BASE, ...Object.fromEntries(made) } as Composed<P>;
}

/**
 * Handler of one workflow step: validates input and output with the step's schemas and runs the use case `run`. Every step also receives the
 * incident store and the configuration. Its requests to GitHub are counted on the incident.
 */
export function defineStep<
  N extends StepName,
  C extends FunctionConfig & { readonly uses: { readonly incidentsTable: readonly string[] } },
  const P extends Ports<C>,
>(name: N, config: C, ports: P, run: (input: StepInput<N>, deps: Composed<P> & StepPorts) => Promise<StepOutput<N>>) {
  const deps = compose(config, { ...ports, incidents, configuration, storeOfRun } as P) as Composed<P> & StepPorts;
  const { input, output } = STEPS[name];
  return stepFunction({
    config,
    input,
    output,
    requests: deps.incidents,
    run: (given, requests) => run(given as never, portsOfRun(name, requests, deps)),
    handsOn: (result) => handsOn(name, result),
  });
}

/** Whether the step that follows writes to the incident anyway, and stores this one's requests to GitHub with that. */
function handsOn(name: StepName, result: unknown): boolean {
  return name === 'gather' || (name === 'guard' && (result as StepOutput<'guard'>).next === 'act');
}

/** Steps right before or after an effect: what they read is as new as the request for it. */
const READS_AFRESH: ReadonlySet<StepName> = new Set(['guard', 'act', 'verify', 'undo', 'requestApproval']);
/** Steps that read several records of an incident: its lists, a plan and its action, or the audit trail that they append to. */
const READS_LISTS: ReadonlySet<StepName> = new Set([
  ...(['plan', 'guard', 'act', 'verify', 'undo', 'record', 'notify', 'escalate'] as const),
]);

/** The same ports for one run of a step: what its parts read of an incident is read once, unless it has to be new. */
function portsOfRun<D extends StepPorts>(name: StepName, requests: RequestCounter, deps: D): D {
  const { storeOfRun, evidence } = deps as { storeOfRun?: StoreOfRun; evidence?: EvidenceStore };
  return {
    ...deps,
    ...(storeOfRun === undefined ? {} : { incidents: storeOfRun({ sharesLists: READS_LISTS.has(name), requests }) }),
    ...(evidence === undefined || READS_AFRESH.has(name) ? {} : { evidence: sharingEvidence(evidence) }),
  };
}

/** Handler of a function that runs on a schedule. */
export function defineScheduled<C extends FunctionConfig, const P extends Ports<C>>(
  config: C,
  ports: P,
  run: (deps: Composed<P>) => Promise<unknown>,
) {
  const deps = compose(config, ports);
  return scheduledFunction({ config, run: () => run(deps) });
}

/** Handler that executes the actions of one family. These functions differ only in their ports and their roles. */
export function defineAct<C extends ActFunctionConfig>(
  config: C,
  ports: { readonly [K in keyof RemediationPorts]?: (environment: FunctionEnvironment<C>) => RemediationPorts[K] },
) {
  const given = compose(config, ports as Ports<C>) as Partial<RemediationPorts> & typeof BASE;
  return defineStep(
    'act',
    config,
    { control, policy, actions, family: () => config.family, ports: () => actionPorts(given) },
    act,
  );
}

let loaded: Configuration | undefined;
export function configuration(): Configuration {
  loaded ??= loadConfiguration(process.env);
  return loaded;
}

export const actions = () => actionsOf(configuration());
export const notifiers = () => notifiersOf(configuration());

// Stores.
const incidentTable = ({ incidentsTable }: Variables<'incidentsTable'>) => ({
  table: incidentsTable,
  retention: configuration().retention,
});
export const incidents = (environment: Variables<'incidentsTable'>) =>
  makeDynamoIncidentStore(incidentTable(environment));
type StoreOfRun = (run: { readonly sharesLists: boolean; readonly requests: RequestCounter }) => IncidentStore;
const storeOfRun =
  (environment: Variables<'incidentsTable'>): StoreOfRun =>
  (ofOneRun) =>
    makeDynamoIncidentStore({ ...incidentTable(environment), ofOneRun });
export const approvals = (environment: Variables<'incidentsTable'>) =>
  makeDynamoApprovalQueue(incidentTable(environment));
export const chains = (environment: Variables<'incidentsTable'>) =>
  makeDynamoEscalationChains(incidentTable(environment));
export const delegations = ({ incidentsTable: table }: Variables<'incidentsTable'>) =>
  makeDynamoDelegationStore({ table });
export const healing = (environment: Variables<'incidentsTable'>) => makeDynamoHealingStore(incidentTable(environment));
/** Functions that read several records of the control table at a time have a right to read them together. */
type ReadsTogether = Partial<Variables<'controlReads'>>;
export const control = ({ controlTable: table, controlReads }: Variables<'controlTable'> & ReadsTogether) =>
  makeDynamoControlStore({ table, readsTogether: controlReads !== undefined });
/** The kill switch alone, for functions without the rest of the control table. */
export const killSwitch = ({ killSwitchRecord: table }: Variables<'killSwitchRecord'>) =>
  makeDynamoControlStore({ table });
export const policy = ({ policyRecords: table, controlReads }: Variables<'policyRecords'> & ReadsTogether) =>
  makeDynamoPolicyStore({ table, readsTogether: controlReads !== undefined });
export const policyTrail = ({ policyTrail: table }: Variables<'policyTrail'>) => makeDynamoPolicyTrail({ table });
export const stats = ({ statsTable: table }: Variables<'statsTable'>) => makeDynamoStatsStore({ table });
export const tests = ({ statsTable: table }: Variables<'statsTable'>) => makeDynamoTestStore({ table });
export const experience = ({ statsTable: table }: Variables<'statsTable'>) => makeDynamoExperienceStore({ table });
export const predictions = ({ statsTable: table }: Variables<'statsTable'>) => makeDynamoPredictionStore({ table });
/** What the metrics of the deployment count. A count that cannot be written fails nothing, and is written with the next one of its instance. */
export const counts = ({ statsTable: table }: Variables<'statsTable'>): Counts =>
  makeCounts(makeDynamoCounters({ table }), systemClock, () => lambdaMeter.count('counters-late'));
export const registry = ({ statsTable: table }: Variables<'statsTable'>) => makeDynamoModelRegistry({ table });
export const knowledgeEntries = ({ knowledgeTable: table }: Variables<'knowledgeTable'>) =>
  makeDynamoKnowledgeStore({ table });
export const patterns = ({ knowledgeTable: table }: Variables<'knowledgeTable'>) => makeDynamoPatternStore({ table });
export const patternVersions = ({ knowledgeTable: table }: Variables<'knowledgeTable'>) =>
  makeDynamoPatternVersions({ table });

// Who may call: `authenticate` and the API keys.
export const tokens = ({ userPoolIssuer, userPoolClient }: Variables<'userPoolIssuer' | 'userPoolClient'>) =>
  makeCognitoTokenVerifier({
    issuer: userPoolIssuer,
    clientId: userPoolClient,
    endpoint: process.env.AWS_ENDPOINT_URL,
  });
export const workflowTokens = ({ apiUrl, dashboardUrl }: Variables<'apiUrl' | 'dashboardUrl'>) =>
  makeWorkflowTokenVerifier({ issuer: configuration().github.tokenIssuer, audiences: [apiUrl, dashboardUrl] });
export const apiKeys = ({ accessRecords: table }: Variables<'accessRecords'>) => makeDynamoApiKeyStore({ table });
/** Verifies callers; keys of this store cannot be created or revoked. */
export const usedApiKeys = ({ keyRecords: table }: Variables<'keyRecords'>) => makeDynamoApiKeyStore({ table });
export const persons = ({ peopleRecords: table }: Variables<'peopleRecords'>) => makeDynamoPersonStore({ table });
export const repeatedRequests = ({ accessRecords: table }: Variables<'accessRecords'>) =>
  makeDynamoRepeatedRequests({ table });
export const accessTrail = ({ accessRecords: table }: Variables<'accessRecords'>) => makeDynamoAccessTrail({ table });

// Addresses.
export const apiUrl = (environment: Variables<'apiUrl'>) => environment.apiUrl;
export const dashboardUrl = (environment: Variables<'dashboardUrl'>) => environment.dashboardUrl;

// GitHub: all ports of a process share one access, which caches the tokens of a GitHub App.
let access: GithubOptions | undefined;
export function github({ githubTokenSecret }: Variables<'githubTokenSecret'>): GithubOptions {
  if (access === undefined) {
    const secrets = makeSecretReader({ 'github-token': githubTokenSecret });
    const secret = () => secrets.read('github-token');
    access = githubAccess({ apiUrl: configuration().github.apiUrl, secret, clock: systemClock, meter: lambdaMeter });
  }
  return access;
}
export type Token = Variables<'githubTokenSecret'>;
/** Hosts beside GitHub: their tokens are in the same secret, as `{"hosts": {"gitlab": {"token": "..."}}}`. */
async function hostApi(environment: Token, id: string): Promise<HostApi> {
  const settings = configuration().hosts[id];
  if (settings === undefined)
    throw new Refused(`hosts.${id} is missing in selfheal.json: set "hosts": {"${id}": {"apiUrl": "https://..."}}.`);
  const secrets = makeSecretReader({ 'github-token': environment.githubTokenSecret });
  const { hostTokenOf, makeHostApi } = await import('#shared/adapters/http/host-api.ts');
  return makeHostApi({
    title: HOSTS.find((host) => host.id === id)?.title ?? id,
    baseUrl: settings.apiUrl,
    token: async () => hostTokenOf(await secrets.read('github-token'), id),
    clock: systemClock,
    meter: lambdaMeter,
    counter: 'code-host-requests',
  });
}
/** Each port apart, so that a bundle contains only what its ports need. */
export const codeHost = (environment: Token) =>
  routeHost(makeGithubCodeHost(github(environment)), 'codeHost', (id) => hostApi(environment, id));
export const codeReader = (environment: Token) =>
  routeHost(makeGithubCodeReader(github(environment)), 'codeReader', (id) => hostApi(environment, id));
export const routedDirectory = (environment: Token, own: RepositoryDirectory) =>
  routeHost(own, 'directory', (id) => hostApi(environment, id));
export const people = (environment: Token) =>
  routeHost(makeGithubPeople(github(environment)), 'people', (id) => hostApi(environment, id));
/** Accounts by login, on each code host that is configured. */
export function accounts(environment: Token): Readonly<Partial<Record<AccountHost, AccountLookUp>>> {
  const others = HOSTS.flatMap(({ id, connect }) => {
    const host = ACCOUNT_HOSTS.find((one) => one === id);
    if (host === undefined || connect === null || configuration().hosts[id] === undefined) return [];
    const lookUp: AccountLookUp = async (login) => {
      const { accountOf } = await connect(await hostApi(environment, id));
      if (accountOf === undefined) throw new Refused(`The code host ${id} tells nothing about accounts.`);
      return await accountOf(login);
    };
    return [[host, lookUp] as const];
  });
  return { github: makeGithubAccounts(github(environment)), ...Object.fromEntries(others) };
}
export const code = (environment: Token) => makeGithubCodeWriter(github(environment));
export const proposals = (environment: Token) => makeGithubProposals(github(environment));
/** The ports that actions use GitHub through. */
export const githubPorts = { codeHost, codeReader, code, proposals };

// Data that is shipped beside the bundle. Files that do not parse are logged and left out.
const dataDirectory = () => dataDirectoryOf(process.env);
export async function readSignatures() {
  const { signatures, problems } = await loadSignatures(dataDirectory(), loadRe2Engine);
  if (problems.length > 0) lambdaLog.error('Some signatures do not parse and are left out.', { problems });
  return signatures;
}
export async function readPlaybooks() {
  const { entries, problems } = await loadPlaybooks(dataDirectory());
  if (problems.length > 0) lambdaLog.error('Some playbooks do not parse and are left out.', { problems });
  return entries;
}
