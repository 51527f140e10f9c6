import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { ExecutionSummary, StepFunctionsOptions } from './contract.ts';
import type { Header, ScopeEntry } from './entries.ts';
import { taskTimedOut } from './execution.ts';
import type { Executions } from './executions.ts';
import { ApiFault, Halted } from './faults.ts';
import type { Machines, Target } from './machines.ts';
import { historyOf } from './replay.ts';
import { checkName, type Operation, pageOf, type RequestOf, readPayload, readRequest } from './requests.ts';
import type { Store } from './store.ts';
import { readToken } from './token.ts';

export interface OperationParts {
  readonly options: StepFunctionsOptions;
  readonly machines: Machines;
  readonly executions: Executions;
  readonly store: Store;
}

type Operations = { readonly [O in Operation]: (request: RequestOf<O>) => Promise<unknown> };

const seconds = (milliseconds: number) => milliseconds / 1_000;

/** The Step Functions API for the executions. Source of shapes and error names: AWS Step Functions API Reference. */
export function makeOperations(parts: OperationParts): Operations {
  return {
    StartExecution: (request) => startExecution(parts, request),
    DescribeExecution: (request) => describeExecution(parts, request.executionArn),
    ListExecutions: async (request) => listExecutions(parts, request),
    GetExecutionHistory: (request) => getHistory(parts, request),
    StopExecution: async (request) => stopExecution(parts, request),
    SendTaskSuccess: async ({ taskToken, output }) => {
      const value = readPayload(output, 'InvalidOutput');
      return answer(parts, taskToken, (scope) => ({ type: 'succeeded', scope, output: value }));
    },
    SendTaskFailure: async ({ taskToken, error = '', cause = '' }) =>
      answer(parts, taskToken, (scope) => ({ type: 'failed', scope, error, cause })),
    SendTaskHeartbeat: async ({ taskToken }) => answer(parts, taskToken, (scope) => ({ type: 'heartbeat', scope })),
    DescribeStateMachine: async (request) => describeStateMachine(parts, request.stateMachineArn),
  };
}

/** Runs one API operation by name. @throws ApiFault */
export async function callOperation(operations: Operations, operation: string, body: unknown): Promise<unknown> {
  if (!Object.hasOwn(operations, operation)) {
    throw new ApiFault('UnknownOperationException', `Step Functions: "${operation}" is not supported here`);
  }
  return call(operations, operation as Operation, body);
}

function call<O extends Operation>(operations: Operations, operation: O, body: unknown): Promise<unknown> {
  return operations[operation](readRequest(operation, body));
}

async function startExecution(parts: OperationParts, request: RequestOf<'StartExecution'>): Promise<unknown> {
  const target = parts.machines.find(request.stateMachineArn);
  const name = request.name === undefined ? randomUUID() : checkName(request.name);
  const input = readPayload(request.input ?? '{}', 'InvalidExecutionInput');
  const header = newHeader(parts, target, name, input);
  const { executionArn } = header;
  const known = parts.executions.summary(executionArn);
  if (!known) {
    await parts.executions.begin(header);
    return { executionArn, startDate: seconds(header.startedAt) };
  }
  const running = parts.executions.running(executionArn);
  if (!running || !isDeepStrictEqual(running.header.input, input)) {
    throw new ApiFault('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
  }
  await parts.executions.started(executionArn);
  return { executionArn, startDate: seconds(known.startedAt) };
}

function newHeader(parts: OperationParts, target: Target, name: string, input: Header['input']): Header {
  const { source, compiled, digest } = target.deployed;
  const startedAt = Date.now();
  const timeoutMs = (compiled.timeoutSeconds ?? 0) * 1_000 * (parts.options.timeScale ?? 1);
  return {
    executionArn: `${source.arn.replace(':stateMachine:', ':execution:')}:${name}`,
    name,
    machineArn: source.arn,
    machineName: source.name,
    roleArn: source.roleArn,
    versionArn: target.versionArn,
    aliasArn: target.aliasArn,
    definition: digest,
    input,
    startedAt,
    timeoutAt: compiled.timeoutSeconds === null ? null : startedAt + timeoutMs,
  };
}

/** @throws ApiFault `InvalidArn`, `ExecutionDoesNotExist` */
function findExecution(parts: OperationParts, executionArn: string): ExecutionSummary {
  const summary = parts.executions.summary(executionArn);
  if (summary) return summary;
  if (!/^arn:[^:]+:states:[^:]*:[^:]*:execution:/.test(executionArn)) {
    throw new ApiFault('InvalidArn', `Invalid Arn: '${executionArn}'`);
  }
  throw new ApiFault('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
}

function shortForm(summary: ExecutionSummary) {
  const { executionArn, stateMachineArn, name, status, startedAt, stoppedAt } = summary;
  const stopped = stoppedAt === null ? {} : { stopDate: seconds(stoppedAt) };
  return { executionArn, stateMachineArn, name, status, startDate: seconds(startedAt), ...stopped, redriveCount: 0 };
}

function redriveOf({ status }: ExecutionSummary) {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return { redriveStatus: 'REDRIVABLE' };
  return {
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: `Execution is ${status} and cannot be redriven`,
  };
}

async function describeExecution(parts: OperationParts, executionArn: string): Promise<unknown> {
  const summary = findExecution(parts, executionArn);
  const entries = await parts.store.entriesOf(summary);
  const [first, last] = [entries[0], entries.at(-1)];
  const header = first?.type === 'started' ? first.header : null;
  const end = last?.type === 'ended' ? last : null;
  return {
    ...shortForm(summary),
    ...(header?.versionArn ? { stateMachineVersionArn: header.versionArn } : {}),
    ...(header?.aliasArn ? { stateMachineAliasArn: header.aliasArn } : {}),
    input: JSON.stringify(header?.input ?? {}),
    inputDetails: { included: true },
    ...(end?.status === 'SUCCEEDED' ? { output: JSON.stringify(end.output), outputDetails: { included: true } } : {}),
    ...(end?.error ? { error: end.error } : {}),
    ...(end?.cause ? { cause: end.cause } : {}),
    ...redriveOf(summary),
  };
}

function listExecutions(parts: OperationParts, request: RequestOf<'ListExecutions'>): unknown {
  const { source } = parts.machines.find(request.stateMachineArn).deployed;
  const wanted = parts.executions.list().filter((one) => {
    return one.stateMachineArn === source.arn && (!request.statusFilter || one.status === request.statusFilter);
  });
  const { items, ...token } = pageOf(wanted, request, 100);
  return { executions: items.map(shortForm), ...token };
}

async function getHistory(parts: OperationParts, request: RequestOf<'GetExecutionHistory'>): Promise<unknown> {
  const summary = findExecution(parts, request.executionArn);
  const events = historyOf(await parts.store.entriesOf(summary));
  const { items, ...token } = pageOf(request.reverseOrder ? events.reverse() : events, request, 100);
  return { events: items, ...token };
}

function stopExecution(parts: OperationParts, request: RequestOf<'StopExecution'>): unknown {
  const summary = findExecution(parts, request.executionArn);
  const running = parts.executions.running(request.executionArn);
  const { error, cause } = request;
  const reason = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  running?.end({ type: 'ended', status: 'ABORTED', ...reason });
  return { stopDate: seconds(running?.ended?.at ?? summary.stoppedAt ?? Date.now()) };
}

/** @throws ApiFault `InvalidToken`, `TaskDoesNotExist`, `TaskTimedOut` */
function answer(parts: OperationParts, token: string, entry: (scope: string) => ScopeEntry): unknown {
  const address = readToken(token);
  if (!address) throw new ApiFault('InvalidToken', "Invalid Token: 'Invalid token'");
  const running = parts.executions.running(address.executionArn);
  if (!running) {
    if (parts.executions.summary(address.executionArn)) throw taskTimedOut();
    throw new ApiFault('TaskDoesNotExist', "Task does not exist: 'Provided task does not exist'");
  }
  try {
    running.answer(address.scope, token, entry(address.scope));
  } catch (error) {
    if (error instanceof Halted) throw new ApiFault('ServiceUnavailable', 'The execution is halted.');
    throw error;
  }
  return {};
}

function describeStateMachine(parts: OperationParts, arn: string): unknown {
  const { deployed } = parts.machines.find(arn);
  const { source, text } = deployed;
  return {
    stateMachineArn: arn,
    name: source.name,
    status: 'ACTIVE',
    definition: text,
    roleArn: source.roleArn,
    type: 'STANDARD',
    creationDate: 0,
  };
}
