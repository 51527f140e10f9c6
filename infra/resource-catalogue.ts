import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { ResourceAccess, ResourceCatalogue } from './access.ts';
import { OPEN_INDEX } from './constructs/tables.ts';
import type { Access } from './service-access.ts';
import type { NamedArn, StateResources } from './stacks/state-stack.ts';

export interface CatalogueSources {
  readonly state: StateResources;
  readonly intakeQueue: IQueue;
  readonly escalationTopic: ITopic;
  readonly apiUrl: string;
}

/** The state machine and the alias that executions are started on. */
export interface StartedWorkflow {
  readonly machineArn: string;
  readonly machineName: string;
  readonly aliasArn: string;
}

/** What each resource name of a function's config stands for, as far as the workflow's own functions may use it. */
export function resourceCatalogue(sources: CatalogueSources): ResourceCatalogue {
  const { state } = sources;
  return {
    incidentsTable: whole(state.incidentsTable.name, state.incidentsTable.arn),
    openIncidents: whole(OPEN_INDEX, `${state.incidentsTable.arn}/index/${OPEN_INDEX}`),
    knowledgeTable: whole(state.knowledgeTable.name, state.knowledgeTable.arn),
    statsTable: whole(state.statsTable.name, state.statsTable.arn),
    controlTable: whole(state.controlTable.name, state.controlTable.arn),
    evidenceBucket: bucketAccess(state.evidenceBucket),
    intakeQueue: whole(sources.intakeQueue.queueUrl, sources.intakeQueue.queueArn),
    escalationTopic: whole(sources.escalationTopic.topicArn, sources.escalationTopic.topicArn),
    webhookSecret: whole(state.webhookSecretArn, state.webhookSecretArn),
    githubTokenSecret: whole(state.githubTokenSecretArn, state.githubTokenSecretArn),
    nameKeySecret: whole(state.nameKeySecretArn, state.nameKeySecretArn),
    modelKeySecret: wholeIfAny(state.modelKeySecretArn),
    workflow: noActions('workflow', 'of-this-machine'),
    apiUrl: noActions('apiUrl', sources.apiUrl),
    codeInspector: noActions('codeInspector', 'of-this-stack'),
    userPoolClient: noActions('userPoolClient', state.userPoolClientId),
  };
}

/**
 * Adds the workflow, for functions outside of it: the machine names its functions, so they cannot name the machine.
 * Step Functions authorises an alias by its machine's ARN, and an execution by the execution's own.
 */
export function withWorkflow(stack: Stack, catalogue: ResourceCatalogue, workflow: StartedWorkflow): ResourceCatalogue {
  return { ...catalogue, workflow: workflowAccess(stack, workflow) };
}

/** Adds the function that parses proposed changes, for the functions that call it. */
export function withInspector(catalogue: ResourceCatalogue, functionArn: string): ResourceCatalogue {
  return { ...catalogue, codeInspector: whole(functionArn, functionArn) };
}

function whole(value: string, arn: string): ResourceAccess {
  return { value, statements: (actions) => [{ actions, resources: [arn] }] };
}

/** Of a resource that only some configurations have. */
function wholeIfAny(arn: string | null): ResourceAccess {
  return arn === null ? { value: 'none', statements: () => [] } : whole(arn, arn);
}

function noActions(name: string, value: string): ResourceAccess {
  return {
    value,
    statements: (actions) => {
      throw new Error(`uses.${name}: these actions cannot be granted here: ${actions.join(', ')}.`);
    },
  };
}

function bucketAccess({ name, arn }: NamedArn): ResourceAccess {
  const aboutBucket = (action: string) => action === 's3:ListBucket';
  const wildcardReason = 'The objects of the evidence bucket: some for each incident, named when it happens.';
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
  const wildcardReason = 'The executions of this one state machine: one for each incident, named when it starts.';
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
  return action === 'states:DescribeExecution';
}

function statement(actions: readonly string[], rest: Omit<Access, 'actions'>): Access[] {
  return actions.length === 0 ? [] : [{ actions, ...rest }];
}
