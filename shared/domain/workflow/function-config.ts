import type { ActionFamily } from '../plan/bound-action.ts';

/**
 * The resources a function may use, by their names in code. `infra` turns each use into one environment variable and
 * one IAM statement on exactly that resource, so that a grant and its variable stay together.
 */
export const RESOURCE_VARIABLES = {
  incidentsTable: 'INCIDENTS_TABLE',
  /** The sparse index `open` of the incidents table; a grant on the table does not cover it. */
  openIncidents: 'OPEN_INCIDENTS_INDEX',
  /** The indexes of the incidents table for lists. Whoever lists also needs `dynamodb:BatchGetItem` on the table. */
  incidentIndexes: 'INCIDENT_INDEXES',
  /** One of them, for whoever lists by status alone. */
  statusIndex: 'INCIDENTS_BY_STATUS_INDEX',
  /** One of them, for whoever lists by repository or alarm alone. */
  targetIndex: 'INCIDENTS_BY_TARGET_INDEX',
  knowledgeTable: 'KNOWLEDGE_TABLE',
  statsTable: 'STATS_TABLE',
  /** What logs were counted to, in the stats table; whoever has only this sees and writes nothing else there. */
  logRecords: 'LOG_TABLE',
  controlTable: 'CONTROL_TABLE',
  /** API keys, the trail about them and answers to requests, in the control table; a grant on the table does not cover them. */
  accessRecords: 'ACCESS_TABLE',
  /** API keys alone, to verify callers; an update may only note when a key was used. */
  keyRecords: 'API_KEY_TABLE',
  /** Who signed in, and their GitHub accounts, in the control table; a grant on the table does not cover them. */
  peopleRecords: 'PEOPLE_TABLE',
  /** The policy, in the control table; a grant on the table does not cover it. */
  policyRecords: 'POLICY_TABLE',
  /** The kill switch, in the control table; neither a grant on the table nor one on the policy covers it. */
  killSwitchRecord: 'KILL_SWITCH_TABLE',
  /** Policy, kill switch and what a grant on the control table covers, for whoever reads several of these records by one request. */
  controlReads: 'CONTROL_READS_TABLE',
  /** The trail of policy and kill switch, in the control table; other grants do not cover it. */
  policyTrail: 'POLICY_TRAIL_TABLE',
  /** Connections, in the control table; a grant on the table does not cover them. */
  connectionRecords: 'CONNECTIONS_TABLE',
  /** What connections send by the minute, and the ledger of what opened no incident, in the control table; a grant on the table does not cover them. */
  eventRecords: 'EVENTS_TABLE',
  /** The trail of what was deleted on request, in the control table; other grants do not cover it. */
  dataTrail: 'DATA_TRAIL_TABLE',
  /** Answers to repeated requests, in the control table, without the rest of `accessRecords`. */
  requestRecords: 'REQUEST_TABLE',
  evidenceBucket: 'EVIDENCE_BUCKET',
  /** Parts of the evidence bucket, for functions that need no other: logs and evidence, models, documents of repositories. */
  incidentObjects: 'INCIDENT_OBJECTS_BUCKET',
  modelObjects: 'MODEL_OBJECTS_BUCKET',
  qualityObjects: 'QUALITY_OBJECTS_BUCKET',
  intakeQueue: 'INTAKE_QUEUE_URL',
  /** The intake queue's dead-letter queue; moving its messages back sends to the intake queue, too. */
  intakeDeadLetters: 'INTAKE_DEAD_LETTERS_ARN',
  escalationTopic: 'ESCALATION_TOPIC_ARN',
  webhookSecret: 'WEBHOOK_SECRET_ARN',
  githubTokenSecret: 'GITHUB_TOKEN_SECRET_ARN',
  /** `{key}` with which names from outside are hashed. */
  nameKeySecret: 'NAME_KEY_SECRET_ARN',
  /** Exists only when the configured model provider needs a key. */
  modelKeySecret: 'MODEL_KEY_SECRET_ARN',
  /** What people store for the channels that are posted to; exists only when one is configured. */
  channelSecret: 'CHANNEL_SECRET_ARN',
  workflow: 'WORKFLOW_ARN',
  apiUrl: 'API_URL',
  dashboardUrl: 'DASHBOARD_URL',
  userPoolClient: 'USER_POOL_CLIENT_ID',
  /** `https://cognito-idp.<region>.amazonaws.com/<pool id>`. */
  userPoolIssuer: 'USER_POOL_ISSUER',
  /** The user pool's domain, where people sign in with a browser. */
  signInUrl: 'SIGN_IN_URL',
  /** The function that parses proposed changes. */
  codeInspector: 'CODE_INSPECTOR_ARN',
  /** The function that sets the memory of functions. */
  memorySetter: 'MEMORY_SETTER_ARN',
  /** The function that sets the size of databases. */
  databaseSizer: 'DATABASE_SIZER_ARN',
  /** The function that exports and deletes what is held of a repository. */
  repositoryData: 'REPOSITORY_DATA_ARN',
  /** The function that hands an incident to people. */
  handOver: 'HAND_OVER_ARN',
  /** The function that tells how an incident goes on. */
  endTeller: 'END_TELLER_ARN',
} as const;
export type ResourceName = keyof typeof RESOURCE_VARIABLES;

type Trigger =
  | { kind: 'workflow' }
  /** Another function calls it. */
  | { kind: 'function' }
  | { kind: 'intake-queue' }
  | { kind: 'schedule'; everyMinutes: number }
  /** CloudWatch Logs, with what the subscribed log groups get. */
  | { kind: 'log-groups' }
  | { kind: 'http'; routes: readonly HttpRoute[] };

interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'ANY';
  readonly path: string;
  /** Requests per second; a burst may be twice as large. The limit of all routes together when it is absent. */
  readonly maxRate?: number;
}

/** Everything that Selfheal announces to people; what each holds is in `ports/announcement.ts`. */
export const ANNOUNCEMENT_KINDS = [
  'progress',
  'escalation',
  'workflow-failure',
  'channel-failure',
  'approval-asked',
  'approval-decided',
  'approval-expired',
  'approval-too-late',
  'capacity-forecast',
  'quality-degraded',
  'alert-raised',
  'learning-reviewed',
  'still-stopped',
  'reports-gathered',
] as const;
export type AnnouncementKind = (typeof ANNOUNCEMENT_KINDS)[number];

/** A Lambda function as data: everything that infra needs to know about it. */
export interface FunctionConfig {
  /** Equal to its folder. */
  readonly name: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly trigger: Trigger;
  /** Its schedule runs, and it has rights, only where this section of the configuration asks for it; a notifier by its id. */
  readonly servesSection?: 'onCall' | 'slack-app';
  /** Exact IAM actions on each resource it uses; an empty list gives the variable without a grant. */
  readonly uses: Partial<Readonly<Record<ResourceName, readonly string[]>>>;
  /** Which part of the action plug-ins' grants its role gets; `family` limits `execute` to one family. */
  readonly actionGrants?: readonly ('execute' | 'observe' | 'undo')[];
  readonly family?: ActionFamily;
  /** What it announces: its role gets what the notifiers use that take any of it. */
  readonly announces?: readonly AnnouncementKind[];
  /** True: its role gets the configured model provider's grants. */
  readonly callsModel?: boolean;
  /**
   * Grants that only a language model needs: without a model its role does not get them. Their variables are in `uses`.
   */
  readonly forModel?: Pick<FunctionConfig, 'uses' | 'readsServices'>;
  /** Grants that only the Slack app needs, in the same way. */
  readonly forSlack?: Pick<FunctionConfig, 'uses'>;
  /** Grants for an embedding model: without one its role gets neither them nor the model. */
  readonly forEmbeddings?: Pick<FunctionConfig, 'uses'>;
  /** True: its role may read the secrets of the endpoints that `jobs` names. */
  readonly readsJobs?: boolean;
  /**
   * What its role may read of the listed services: `state` is their alarms and deployments, `alarms` their alarms alone, `logs` their log groups,
   * `metrics` their metrics, `load` the load metric, `builds` the failed builds of their CodeBuild projects and pipelines, with the logs of these projects.
   */
  readonly readsServices?: readonly ('state' | 'alarms' | 'logs' | 'metrics' | 'load' | 'builds')[];
}

export function defineFunction<const C extends FunctionConfig>(config: C): C {
  return config;
}

const ACT_USES = {
  incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
  controlTable: [],
  policyRecords: ['dynamodb:Query'],
  controlReads: ['dynamodb:BatchGetItem'],
} as const satisfies FunctionConfig['uses'];

export type ActFunctionConfig = FunctionConfig & { readonly family: ActionFamily; readonly uses: typeof ACT_USES };

/** A function that executes the actions of one family with a role of its own; `uses` is what only this family needs. */
export function defineActFunction<const U extends FunctionConfig['uses'] = Record<never, never>>(act: {
  readonly family: ActionFamily;
  readonly description: string;
  readonly uses?: U;
}) {
  return {
    name: `act-${act.family}`,
    description: act.description,
    timeoutSeconds: 60,
    memoryMb: 512,
    trigger: { kind: 'workflow' },
    uses: { ...ACT_USES, ...(act.uses as U) },
    actionGrants: ['execute', 'observe'],
    family: act.family,
  } as const satisfies FunctionConfig;
}

/** The environment a function's `main.ts` may read, derived from its config. */
export type FunctionEnvironment<C extends FunctionConfig> = {
  readonly [R in Extract<keyof C['uses'], ResourceName>]: string;
};

/** Reads exactly the variables the config declares; throws naming every missing one. */
export function readEnvironment<C extends FunctionConfig>(
  config: C,
  environment: Readonly<Record<string, string | undefined>>,
): FunctionEnvironment<C> {
  const names = Object.keys(config.uses) as ResourceName[];
  const missing = names
    .filter((name) => !environment[RESOURCE_VARIABLES[name]])
    .map((name) => RESOURCE_VARIABLES[name]);
  if (missing.length > 0) {
    throw new Error(
      `Function ${config.name} lacks environment variables: ${missing.join(', ')}. Deploy the stack again.`,
    );
  }
  return Object.fromEntries(
    names.map((name) => [name, environment[RESOURCE_VARIABLES[name]]]),
  ) as FunctionEnvironment<C>;
}
