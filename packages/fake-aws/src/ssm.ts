import { randomUUID } from 'node:crypto';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import type { AutomationState } from './automation-state.ts';
import { type AwsContext, AwsError, epoch, list, type Operation, pageBy, text } from './operation.ts';

/** Documents of the sample account that accept any parameters. */
const PEOPLES_DOCUMENTS: readonly string[] = ['Acme-RestartUnit'];
/** Duration of a run here; on AWS it takes minutes. */
const RUN_MS = 60;

const startAutomation: Operation = (context, input) => {
  const document = text(input.DocumentName);
  const parameters = (input.Parameters ?? {}) as Record<string, string[]>;
  checkDocument(context, document, parameters);
  const token = text(input.ClientToken).toLowerCase();
  if (token !== '' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(token)) throw invalid('clientToken');
  const { automations } = context.cloud;
  const before = token === '' ? undefined : automations.all().find((one) => one.token === token);
  if (before !== undefined) {
    if (JSON.stringify(before.parameters) === JSON.stringify(parameters)) return { AutomationExecutionId: before.id };
    throw new AwsError('IdempotentParameterMismatch', 400, 'The token was used with other parameters.');
  }
  const id = randomUUID();
  const startedAt = isoNow(context.cloud.time);
  automations.put(id, { id, document, parameters, token, startedAt, fails: context.cloud.failing.has(document) });
  context.journal.record('ssm.automation.started', document, { instance: parameters.InstanceId?.[0] ?? '' });
  context.deployed('gallery');
  return { AutomationExecutionId: id };
};

function checkDocument(
  { documents }: AwsContext,
  document: string,
  parameters: Readonly<Record<string, string[]>>,
): void {
  const own = documents.find(({ name }) => name === document);
  if (own === undefined) {
    if (PEOPLES_DOCUMENTS.includes(document)) return;
    throw new AwsError('AutomationDefinitionNotFoundException', 400, `There is no document ${document}.`);
  }
  const specs = own.parameters;
  const missing = Object.keys(specs).find((name) => parameters[name]?.length !== 1);
  const unknown = Object.keys(parameters).find((name) => specs[name] === undefined);
  const unfit = Object.entries(specs).find(
    ([name, { allowedPattern }]) => !new RegExp(allowedPattern).test(parameters[name]?.[0] ?? ''),
  );
  if (missing ?? unknown ?? unfit) throw invalid(missing ?? unknown ?? unfit?.[0] ?? '');
}

const invalid = (name: string): AwsError =>
  new AwsError('InvalidAutomationExecutionParametersException', 400, `${name} does not fit the document.`);

function statusOf({ cloud }: AwsContext, { startedAt, fails }: AutomationState): string {
  if (cloud.time.now() - Date.parse(startedAt) < RUN_MS) return 'InProgress';
  return fails ? 'Failed' : 'Success';
}

function present(context: AwsContext, one: AutomationState): object {
  return {
    AutomationExecutionId: one.id,
    DocumentName: one.document,
    DocumentVersion: '1',
    AutomationExecutionStatus: statusOf(context, one),
    ExecutionStartTime: epoch(one.startedAt),
    Mode: 'Auto',
  };
}

const getAutomation: Operation = (context, input) => {
  const found = context.cloud.automations.get(text(input.AutomationExecutionId));
  if (found === undefined)
    throw new AwsError('AutomationExecutionNotFoundException', 400, 'There is no such execution.');
  return { AutomationExecution: { ...present(context, found), Parameters: found.parameters, StepExecutions: [] } };
};

const describeAutomations: Operation = (context, input) => {
  const filters = (input.Filters ?? []) as { Key: string; Values: string[] }[];
  const fits = (one: AutomationState) =>
    filters.every(({ Key, Values }) => {
      const [value = ''] = list(Values);
      if (Key === 'DocumentNamePrefix') return one.document.startsWith(value);
      if (Key === 'StartTimeAfter') return Date.parse(one.startedAt) >= Date.parse(value);
      throw new AwsError('InvalidFilterKey', 400, `The fake AWS does not support the filter ${Key}.`);
    });
  const page = pageBy(
    context.cloud.automations.all().filter(fits).reverse(),
    input.NextToken,
    Number(input.MaxResults ?? 50),
  );
  return {
    AutomationExecutionMetadataList: page.items.map((one) => present(context, one)),
    ...(page.next === undefined ? {} : { NextToken: page.next }),
  };
};

const getParameter: Operation = ({ cloud }, input) => {
  const found = cloud.parameters.get(text(input.Name));
  if (found === undefined) throw new AwsError('ParameterNotFound', 400, 'There is no such parameter.');
  return { Parameter: { ...found, Type: 'String', DataType: 'text' } };
};

const putParameter: Operation = ({ cloud, journal }, input) => {
  const name = text(input.Name);
  const before = cloud.parameters.get(name);
  if (before !== undefined && input.Overwrite !== true) {
    throw new AwsError('ParameterAlreadyExists', 400, 'The parameter already exists.');
  }
  if (before === undefined && text(input.Type) === '')
    throw new AwsError('ValidationException', 400, 'A new parameter needs a type.');
  const Version = (before?.Version ?? 0) + 1;
  cloud.parameters.put(name, { Name: name, Value: text(input.Value), Version });
  const [from, to] = [before?.Value ?? null, text(input.Value)];
  if (from !== to) journal.record('ssm.parameter.put', name, { from, to });
  return { Version, Tier: 'Standard' };
};

export const SSM_OPERATIONS: Readonly<Record<string, Operation>> = {
  StartAutomationExecution: startAutomation,
  GetAutomationExecution: getAutomation,
  DescribeAutomationExecutions: describeAutomations,
  GetParameter: getParameter,
  PutParameter: putParameter,
};
