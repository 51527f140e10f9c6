import type { ActionFamily } from '../plan/bound-action.ts';

/**
 * The resources a function may use, by the name its code knows them by. `infra` turns each use into one environment variable
 * and one IAM statement on exactly that resource, so that a grant and its variable cannot part.
 */
export const RESOURCE_VARIABLES = {
  incidentsTable: 'INCIDENTS_TABLE',
  /** The sparse index `open` of the incidents table: a right on the table alone does not reach it. */
  openIncidents: 'OPEN_INCIDENTS_INDEX',
  knowledgeTable: 'KNOWLEDGE_TABLE',
  statsTable: 'STATS_TABLE',
  controlTable: 'CONTROL_TABLE',
  evidenceBucket: 'EVIDENCE_BUCKET',
  intakeQueue: 'INTAKE_QUEUE_URL',
  escalationTopic: 'ESCALATION_TOPIC_ARN',
  webhookSecret: 'WEBHOOK_SECRET_ARN',
  githubTokenSecret: 'GITHUB_TOKEN_SECRET_ARN',
  /** `{key}` by which names from outside are hashed. */
  nameKeySecret: 'NAME_KEY_SECRET_ARN',
  /** Only there when the configured model provider needs a key. */
  modelKeySecret: 'MODEL_KEY_SECRET_ARN',
  workflow: 'WORKFLOW_ARN',
  apiUrl: 'API_URL',
  userPoolClient: 'USER_POOL_CLIENT_ID',
  /** Only there when the configuration keeps vectors. */
  vectorIndex: 'VECTOR_INDEX_ARN',
  /** The function that parses proposed changes. */
  codeInspector: 'CODE_INSPECTOR_ARN',
} as const;
export type ResourceName = keyof typeof RESOURCE_VARIABLES;

export type Trigger =
  | { kind: 'workflow' }
  /** Another function calls it. */
  | { kind: 'function' }
  | { kind: 'intake-queue' }
  | { kind: 'schedule'; everyMinutes: number }
  | { kind: 'http'; routes: readonly { method: 'GET' | 'POST'; path: string; authorized: boolean }[] };

/** A Lambda function as data: all that infra needs to know of it. */
export interface FunctionConfig {
  /** Equal to its folder. */
  readonly name: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly trigger: Trigger;
  /** Exact IAM actions on each resource it uses; an empty list gives the variable without a right. */
  readonly uses: Partial<Readonly<Record<ResourceName, readonly string[]>>>;
  /** Which part of the action plug-ins' grants its role gets; `family` limits `execute` to one action family. */
  readonly actionGrants?: readonly ('execute' | 'observe' | 'undo')[];
  readonly family?: ActionFamily;
  /** True: its role gets the configured model provider's grants. */
  readonly callsModel?: boolean;
  /** Rights that only serve a language model: without one its role does not get them. Their variables stand in `uses`. */
  readonly forModel?: Pick<FunctionConfig, 'uses' | 'readsServices'>;
  /** Rights for asking an embedding model: without one configured its role does not get them, nor the model. */
  readonly forEmbeddings?: Pick<FunctionConfig, 'uses'>;
  /** Rights on the index of vectors: without `recall.vectors` its role gets neither them nor their variables. */
  readonly forVectors?: Pick<FunctionConfig, 'uses'>;
  /** What its role may read of the catalogue's services: `state` is their alarms and deployments, `logs` their log groups, `metrics` of all, `load` the metric that tells it. */
  readonly readsServices?: readonly ('state' | 'logs' | 'metrics' | 'load')[];
}

export function defineFunction<const C extends FunctionConfig>(config: C): C {
  return config;
}

const ACT_USES = {
  incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
  controlTable: ['dynamodb:GetItem'],
} as const satisfies FunctionConfig['uses'];

export type ActFunctionConfig = FunctionConfig & { readonly family: ActionFamily; readonly uses: typeof ACT_USES };

/** The function that executes the actions of one family, with a role of its own; `uses` is what only this family needs. */
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

/** The variable of a resource that only some configurations have, for those that do. Throws when it is missing. */
export function readVariable(name: ResourceName, environment: Readonly<Record<string, string | undefined>>): string {
  const value = environment[RESOURCE_VARIABLES[name]];
  if (!value)
    throw new Error(`The environment variable ${RESOURCE_VARIABLES[name]} is missing. Deploy the stack again.`);
  return value;
}
