import { ArnFormat, Aws, type Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { ResourceName } from '#shared/domain/workflow/function-config.ts';
import type { ResourceAccess, ResourceCatalogue } from './access.ts';
import {
  ACCESS_PARTITIONS,
  CONNECTION_PARTITIONS,
  DATA_TRAIL_PARTITIONS,
  EVENT_PARTITIONS,
  KEY_PARTITIONS,
  KEY_USE_ATTRIBUTES,
  KILL_SWITCH_PARTITIONS,
  LIST_INDEXES,
  LOG_PARTITIONS,
  OPEN_INDEX,
  PEOPLE_PARTITIONS,
  POLICY_PARTITIONS,
  POLICY_TRAIL_PARTITIONS,
  REQUEST_PARTITIONS,
} from './constructs/tables.ts';
import type { Access } from './service-access.ts';
import type { NamedArn, StateResources } from './stacks/state-stack.ts';

export interface CatalogueSources {
  readonly state: StateResources;
  readonly intakeQueue: IQueue;
  readonly intakeDeadLetters: IQueue;
  readonly escalationTopic: ITopic;
  readonly apiUrl: string;
  readonly dashboardUrl: string;
}

/** The state machine, and the alias on which executions are started. */
export interface StartedWorkflow {
  readonly machineArn: string;
  readonly machineName: string;
  readonly aliasArn: string;
}

/** Maps each resource name of a function's config to a resource, for functions inside the workflow. */
export function resourceCatalogue(sources: CatalogueSources): ResourceCatalogue {
  const { state } = sources;
  return {
    incidentsTable: whole(state.incidentsTable.name, state.incidentsTable.arn),
    openIncidents: whole(OPEN_INDEX, `${state.incidentsTable.arn}/index/${OPEN_INDEX}`),
    incidentIndexes: {
      value: LIST_INDEXES.join(','),
      statements: (actions) => [
        { actions, resources: LIST_INDEXES.map((name) => `${state.incidentsTable.arn}/index/${name}`) },
      ],
    },
    statusIndex: whole('by-status', `${state.incidentsTable.arn}/index/by-status`),
    targetIndex: whole('by-target', `${state.incidentsTable.arn}/index/by-target`),
    knowledgeTable: whole(state.knowledgeTable.name, state.knowledgeTable.arn),
    statsTable: whole(state.statsTable.name, state.statsTable.arn),
    logRecords: partitions(state.statsTable, 'ForAllValues:StringLike', LOG_PARTITIONS),
    controlTable: partitions(state.controlTable, 'ForAllValues:StringNotEquals', [
      ...ACCESS_PARTITIONS,
      ...CONNECTION_PARTITIONS,
      ...EVENT_PARTITIONS,
      ...PEOPLE_PARTITIONS,
      ...POLICY_PARTITIONS,
      ...KILL_SWITCH_PARTITIONS,
      ...POLICY_TRAIL_PARTITIONS,
      ...DATA_TRAIL_PARTITIONS,
    ]),
    controlReads: partitions(state.controlTable, 'ForAllValues:StringNotEquals', [
      ...ACCESS_PARTITIONS,
      ...CONNECTION_PARTITIONS,
      ...EVENT_PARTITIONS,
      ...PEOPLE_PARTITIONS,
      ...POLICY_TRAIL_PARTITIONS,
      ...DATA_TRAIL_PARTITIONS,
    ]),
    accessRecords: partitions(state.controlTable, 'ForAllValues:StringEquals', ACCESS_PARTITIONS),
    keyRecords: keyUse(state.controlTable),
    peopleRecords: partitions(state.controlTable, 'ForAllValues:StringEquals', PEOPLE_PARTITIONS),
    policyRecords: partitions(state.controlTable, 'ForAllValues:StringEquals', POLICY_PARTITIONS),
    connectionRecords: partitions(state.controlTable, 'ForAllValues:StringEquals', CONNECTION_PARTITIONS),
    eventRecords: partitions(state.controlTable, 'ForAllValues:StringEquals', EVENT_PARTITIONS),
    killSwitchRecord: partitions(state.controlTable, 'ForAllValues:StringEquals', KILL_SWITCH_PARTITIONS),
    policyTrail: partitions(state.controlTable, 'ForAllValues:StringEquals', POLICY_TRAIL_PARTITIONS),
    dataTrail: partitions(state.controlTable, 'ForAllValues:StringEquals', DATA_TRAIL_PARTITIONS),
    requestRecords: partitions(state.controlTable, 'ForAllValues:StringEquals', REQUEST_PARTITIONS),
    evidenceBucket: bucketAccess(state.evidenceBucket),
    incidentObjects: objectsIn(state.evidenceBucket, 'incidents'),
    modelObjects: objectsIn(state.evidenceBucket, 'models'),
    qualityObjects: objectsIn(state.evidenceBucket, 'quality'),
    intakeQueue: whole(sources.intakeQueue.queueUrl, sources.intakeQueue.queueArn),
    intakeDeadLetters: {
      value: sources.intakeDeadLetters.queueArn,
      statements: (actions) => [
        ...statement(actions, { resources: [sources.intakeDeadLetters.queueArn] }),
        ...statement(actions.length === 0 ? [] : ['sqs:SendMessage'], { resources: [sources.intakeQueue.queueArn] }),
      ],
    },
    escalationTopic: whole(sources.escalationTopic.topicArn, sources.escalationTopic.topicArn),
    webhookSecret: whole(state.webhookSecretArn, state.webhookSecretArn),
    githubTokenSecret: whole(state.githubTokenSecretArn, state.githubTokenSecretArn),
    nameKeySecret: whole(state.nameKeySecretArn, state.nameKeySecretArn),
    modelKeySecret: secretAccess(state.modelKeySecretName, state.modelKeySecretArn),
    channelSecret: secretAccess(state.channelSecretName, state.channelSecretArn),
    workflow: noActions('workflow', 'of-this-machine'),
    apiUrl: noActions('apiUrl', sources.apiUrl),
    dashboardUrl: noActions('dashboardUrl', sources.dashboardUrl),
    codeInspector: noActions('codeInspector', 'of-this-stack'),
    memorySetter: noActions('memorySetter', 'of-this-stack'),
    databaseSizer: noActions('databaseSizer', 'of-this-stack'),
    repositoryData: noActions('repositoryData', 'of-this-stack'),
    handOver: noActions('handOver', 'of-this-stack'),
    endTeller: noActions('endTeller', 'of-this-stack'),
    userPoolClient: noActions('userPoolClient', state.userPoolClientId),
    userPoolIssuer: noActions('userPoolIssuer', state.approverIssuerUrl),
    signInUrl: noActions('signInUrl', state.signInUrl),
  };
}

/**
 * Adds the workflow, for functions outside of it. Functions inside cannot refer to the state machine, because its definition refers to them.
 * Step Functions authorises calls on an alias by the ARN of its state machine, and calls on an execution by the ARN of the execution.
 */
export function withWorkflow(stack: Stack, catalogue: ResourceCatalogue, workflow: StartedWorkflow): ResourceCatalogue {
  return { ...catalogue, workflow: workflowAccess(stack, workflow) };
}

const CALLED = {
  'inspect-patch': 'codeInspector',
  'set-memory': 'memorySetter',
  'set-database-size': 'databaseSizer',
  'repository-data': 'repositoryData',
  escalate: 'handOver',
  notify: 'endTeller',
} as const satisfies Record<string, ResourceName>;

/** Adds the functions that other functions call, by their names. */
export function withCalledFunctions(
  catalogue: ResourceCatalogue,
  arns: ReadonlyMap<string, string>,
): ResourceCatalogue {
  const added = Object.entries(CALLED).flatMap(([name, resource]) => {
    const arn = arns.get(name);
    return arn === undefined ? [] : [[resource, whole(arn, arn)] as const];
  });
  return { ...catalogue, ...Object.fromEntries(added) };
}

/**
 * The table without these partitions, or these alone: who could write an API key could call everything, who could write the policy could take
 * back what people forbade.
 */
function partitions(
  { name, arn }: NamedArn,
  operator: `ForAllValues:String${'Equals' | 'NotEquals' | 'Like'}`,
  keys: readonly string[],
): ResourceAccess {
  const conditions = { [operator]: { 'dynamodb:LeadingKeys': keys } };
  return { value: name, statements: (actions) => [{ actions, resources: [arn], conditions }] };
}

/**
 * API keys for whoever verifies callers: an update writes the time of use alone, so that no role but that of the API gives a key other rights or more time.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
function keyUse({ name, arn }: NamedArn): ResourceAccess {
  const own = { 'dynamodb:LeadingKeys': KEY_PARTITIONS };
  const when = (values: Readonly<Record<string, readonly string[]>>) => ({ 'ForAllValues:StringEquals': values });
  const isUpdate = (action: string) => action === 'dynamodb:UpdateItem';
  return {
    value: name,
    statements: (all) => [
      ...statement(
        all.filter((action) => !isUpdate(action)),
        { resources: [arn], conditions: when(own) },
      ),
      ...statement(all.filter(isUpdate), {
        resources: [arn],
        conditions: when({ ...own, 'dynamodb:Attributes': KEY_USE_ATTRIBUTES }),
      }),
    ],
  };
}

function whole(value: string, arn: string): ResourceAccess {
  return { value, statements: (actions) => [{ actions, resources: [arn] }] };
}

/** The operator's secret by its name, to whose ARN AWS adds six characters, or that of the deployment. */
function secretAccess(name: string | null, deployed: string | null): ResourceAccess {
  if (name === null) return wholeIfAny(deployed);
  const arn = `arn:${Aws.PARTITION}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:${name}-??????`;
  return whole(name, arn);
}

/** Access to a resource that only some configurations have; without it, no statement. */
function wholeIfAny(arn: string | null): ResourceAccess {
  return arn === null ? { value: 'none', statements: () => [] } : whole(arn, arn);
}

function noActions(name: string, value: string): ResourceAccess {
  return {
    value,
    statements: (actions) => {
      throw new Error(
        `uses.${name}: ${actions.join(', ')} cannot be granted to this function. List no actions, or move the call elsewhere.`,
      );
    },
  };
}

/** The objects of one folder of the evidence bucket. */
function objectsIn({ name, arn }: NamedArn, folder: string): ResourceAccess {
  const wildcardReason = `The objects below ${folder}/ get their names when they are written.`;
  return {
    value: name,
    statements: (actions) => statement(actions, { resources: [`${arn}/${folder}/*`], wildcardReason }),
  };
}

function bucketAccess({ name, arn }: NamedArn): ResourceAccess {
  const aboutBucket = (action: string) => action === 's3:ListBucket' || action === 's3:ListBucketVersions';
  const wildcardReason = 'The objects of the evidence bucket get their names when an incident happens.';
  return {
    value: name,
    statements: (all) => [
      ...statement(
        all.filter((action) => !aboutBucket(action)),
        { resources: [`${arn}/*`], wildcardReason },
      ),
      ...statement(all.filter(aboutBucket), { resources: [arn] }),
    ],
  };
}

function workflowAccess(stack: Stack, { machineArn, machineName, aliasArn }: StartedWorkflow): ResourceAccess {
  const executions = stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const wildcardReason = 'The executions of this one state machine get their names when they start.';
  return {
    value: aliasArn,
    statements: (all) => [
      ...statement(
        all.filter((action) => !aboutExecution(action)),
        { resources: [machineArn] },
      ),
      ...statement(all.filter(aboutExecution), { resources: [executions], wildcardReason }),
    ],
  };
}

function aboutExecution(action: string): boolean {
  return action === 'states:DescribeExecution' || action === 'states:StopExecution';
}

function statement(actions: readonly string[], rest: Omit<Access, 'actions'>): Access[] {
  return actions.length === 0 ? [] : [{ actions, ...rest }];
}
