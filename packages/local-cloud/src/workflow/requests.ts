import * as z from 'zod';
import { ApiFault } from './faults.ts';
import { type Json, PAYLOAD_LIMIT_BYTES } from './json.ts';

const arn = z.string().min(1).max(256);
const page = { maxResults: z.int().min(0).max(1_000).optional(), nextToken: z.string().min(1).optional() };
const taskToken = z.string().min(1).max(2_048);

/** Request schemas of the operations. Unused fields are accepted unread, because newer clients send more. */
const REQUESTS = {
  StartExecution: z.object({ stateMachineArn: arn, name: z.string().optional(), input: z.string().optional() }),
  DescribeExecution: z.object({ executionArn: arn }),
  ListExecutions: z.object({
    stateMachineArn: arn,
    statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']).optional(),
    ...page,
  }),
  GetExecutionHistory: z.object({
    executionArn: arn,
    reverseOrder: z.boolean().optional(),
    includeExecutionData: z.boolean().optional(),
    ...page,
  }),
  StopExecution: z.object({
    executionArn: arn,
    error: z.string().max(256).optional(),
    cause: z.string().max(32_768).optional(),
  }),
  SendTaskSuccess: z.object({ taskToken, output: z.string() }),
  SendTaskFailure: z.object({
    taskToken,
    error: z.string().max(256).optional(),
    cause: z.string().max(32_768).optional(),
  }),
  SendTaskHeartbeat: z.object({ taskToken }),
  DescribeStateMachine: z.object({ stateMachineArn: arn }),
} as const;

export type Operation = keyof typeof REQUESTS;
export type RequestOf<O extends Operation> = z.infer<(typeof REQUESTS)[O]>;

/** @throws ApiFault `ValidationException` naming the wrong field */
export function readRequest<O extends Operation>(operation: O, body: unknown): RequestOf<O> {
  const read = REQUESTS[operation].safeParse(body);
  if (read.success) return read.data as RequestOf<O>;
  const problems = read.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new ApiFault('ValidationException', problems.join('; '));
}

// Whitespace, brackets, wildcards, special and control characters, and lone surrogates.
const FORBIDDEN_IN_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/** @throws ApiFault `InvalidName` */
export function checkName(name: string): string {
  if (name.length < 1 || name.length > 80 || FORBIDDEN_IN_NAME.test(name)) {
    throw new ApiFault('InvalidName', `Invalid Name: '${name.slice(0, 100)}'`);
  }
  return name;
}

/** Parses JSON text. @throws ApiFault named `fault` when it is not JSON or too large */
export function readPayload(payload: string, fault: 'InvalidExecutionInput' | 'InvalidOutput'): Json {
  if (Buffer.byteLength(payload) > PAYLOAD_LIMIT_BYTES) {
    throw new ApiFault(fault, `The payload is larger than ${PAYLOAD_LIMIT_BYTES} bytes`);
  }
  try {
    const value = JSON.parse(payload) as Json;
    // Refuses values that are nested too deeply to be serialised.
    JSON.stringify(value);
    return value;
  } catch (error) {
    throw new ApiFault(fault, `The payload is not usable JSON: ${(error as Error).message}`);
  }
}

/** One page of a list. @throws ApiFault `InvalidToken` for a token from no earlier page */
export function pageOf<T>(
  all: readonly T[],
  request: { maxResults?: number | undefined; nextToken?: string | undefined },
  usual: number,
) {
  const from = request.nextToken === undefined ? 0 : readOffset(request.nextToken, all.length);
  const to = from + (request.maxResults || usual);
  const nextToken = to < all.length ? Buffer.from(`from:${to}`).toString('base64url') : undefined;
  return { items: all.slice(from, to), ...(nextToken ? { nextToken } : {}) };
}

function readOffset(token: string, length: number): number {
  const digits = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  const offset = Number(digits ?? Number.NaN);
  if (!(offset <= length)) throw new ApiFault('InvalidToken', "Invalid Token: 'Invalid token'");
  return offset;
}
