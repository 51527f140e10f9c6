import type { Backend } from './gateway/gateway.ts';
import type { IamDecision } from './iam/decisions.ts';
import type { UserPools } from './identity/user-pools.ts';
import type { WrittenLogEvent } from './logs/subscriptions.ts';
import type { ArrivedMail, Mail } from './mail/mailbox.ts';
import type { StateWriter } from './storage/state-version.ts';
import type { GatewayFaults } from './wire/faults.ts';
import type { GatewayRequest, GatewayResponse } from './wire/request.ts';
import type { ExecutionSummary, WorkflowEvent } from './workflow/contract.ts';

export type { Mail } from './mail/mailbox.ts';

export interface RuntimeOptions {
  /** A CDK cloud assembly (`cdk.out`). */
  readonly assemblyDir: string;
  /** Folder for the state, which is kept between starts; only one runtime at a time may use it. */
  readonly dataDir: string;
  /** The program that writes the state; a folder written in another format is refused. */
  readonly writer?: StateWriter;
  /** Port on 127.0.0.1; a free one when left out. */
  readonly port?: number;
  /** Server for the AWS services that the deployment calls but does not contain: Bedrock, CloudWatch, ECS, other Lambda functions. */
  readonly awsWorldUrl: string | null;
  readonly githubApiUrl: string | null;
  /** Replaces the Bedrock of `awsWorldUrl`. */
  readonly bedrock?: Backend;
  /** Replaces the addresses of model providers outside AWS; without it their real addresses are used. */
  readonly modelOrigin?: string;
  /** Replaces the addresses that playbooks call; without it the real addresses are used. */
  readonly httpOrigin?: string;
  /** Variables of every function, beside those of the template. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Calls to the gateway signed with this access key id may do anything. */
  readonly adminAccessKeyId?: string;
  /** Real seconds per second of a wait, retry or schedule: 0.01 makes them a hundred times shorter. Default 1. */
  readonly timeScale?: number;
  /** `by-clock`: schedules fire when their time has come; `on-demand`: only when `Runtime.schedules.trigger` is called. Default `by-clock`. */
  readonly schedules?: 'by-clock' | 'on-demand';
  /** Default 2. */
  readonly maxWorkersPerFunction?: number;
  /** Keeps a worker of every function, and collects garbage late: less work for about a gigabyte. Default false. */
  readonly ampleMemory?: boolean;
  /** Routes of the program around the runtime, on the same address; they come before those of the deployment. */
  readonly ownRoutes?: OwnRoutes;
  onEvent?(event: RuntimeEvent): void;
}

/** Answers a request, or null when it is not one of its own. Requests from other hosts and origins never reach it. */
export type OwnRoutes = (request: GatewayRequest) => Promise<GatewayResponse | null>;

export type RuntimeEvent =
  | { readonly type: 'workflow'; readonly event: WorkflowEvent }
  | {
      readonly type: 'function.invoked';
      readonly functionName: string;
      readonly requestId: string;
      readonly ok: boolean;
      readonly error: string | null;
      readonly milliseconds: number;
      readonly cold: boolean;
    }
  | { readonly type: 'access.denied'; readonly decision: IamDecision }
  | { readonly type: 'mail.received'; readonly mail: Mail }
  | { readonly type: 'message.dead'; readonly queue: string; readonly messageId: string };

export interface DeadLetter {
  readonly queue: string;
  readonly id: string;
  readonly body: string;
  /** Message attributes of type String. */
  readonly attributes: Readonly<Record<string, string>>;
}

interface FunctionOutcome {
  readonly ok: boolean;
  /** What the function returned. */
  readonly payload: unknown;
  readonly error: { readonly errorType: string; readonly errorMessage: string } | null;
}

export interface Runtime extends Pick<UserPools, 'createUser' | 'signIn'> {
  readonly endpoint: string;
  /** By output name, and by `Stack.output`. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Puts an event in EventBridge's envelope onto the default bus, as an AWS service does; missing fields are filled in. */
  putEvent(event: Readonly<Record<string, unknown>>): Promise<void>;
  /** Hands what was written to a log group to the subscription filters of CloudWatch Logs. */
  putLogs(logGroup: string, events: readonly WrittenLogEvent[]): Promise<void>;
  /** Invokes a function by name, ARN or logical id, and waits for it. */
  invoke(functionName: string, payload: unknown): Promise<FunctionOutcome>;
  /** The environment variables of a function (named as for `invoke`), with which its source can run elsewhere. Throws when there is none. */
  environmentOf(functionName: string): Readonly<Record<string, string>>;
  /** Starts a worker for each of these functions (named as for `invoke`), one after another, while there is memory for it. */
  warm(functionNames: readonly string[]): Promise<void>;
  readonly schedules: { trigger(ruleLogicalIdOrFunctionName: string): Promise<void> };
  /** Newest first. */
  readonly mailbox: { list(): Mail[]; receive(mail: ArrivedMail): void };
  /** Each distinct authorization request so far, with its answer. */
  readonly decisions: readonly IamDecision[];
  /** Number of requests so far by `role action`, for example `Selfheal/FunctionsPlanRole1234 dynamodb:GetItem`. */
  requestCounts(): Readonly<Record<string, number>>;
  readonly denials: readonly IamDecision[];
  /** Plans failures of the functions' calls to AWS services, by IAM action (`dynamodb:PutItem`). */
  readonly faults: GatewayFaults;
  /** Messages in queues that serve as dead-letter queues. */
  deadLetters(): DeadLetter[];
  /** Newest first. */
  executions(): ExecutionSummary[];
  /** Physical id (what `Ref` gives) by logical id, and by `Stack/LogicalId`. */
  resources(): Readonly<Record<string, string>>;
  /** Sets a secret by logical id, `Stack/LogicalId`, name or ARN; an object is stored as JSON. */
  overrideSecret(logicalIdOrArn: string, value: unknown): void;
  /** Messages in the queues that feed functions. */
  waitingMessages(): number;
  /** True when nothing is running, queued or in delivery; executions are not counted. */
  isIdle(): boolean;
  stop(): Promise<void>;
}
