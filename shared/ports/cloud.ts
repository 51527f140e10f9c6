import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { ResourceState } from '@selfheal/log-reading/logs/resource-state.ts';
import type { Deployment } from '@selfheal/log-reading/logs/telemetry.ts';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { AlarmArn } from '#shared/domain/incident/home.ts';
import type { ResourceRef } from '#shared/domain/plan/resource-ref.ts';
import type { PagerAcknowledgement } from '#shared/domain/webhooks/pager-acknowledgement.ts';
import type { SlackOrder } from '#shared/domain/webhooks/slack-order.ts';

export interface AlarmState {
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** ISO 8601 instant of the last state change, or null. */
  readonly since: string | null;
  /** Of a composite alarm: the alarms that its rule names, at most 20; absent for others. */
  readonly children?: readonly AlarmArn[];
  /** Of a log alarm: its scheduled query of CloudWatch Logs; absent for others. Tainted. */
  readonly logQuery?: LogAlarmQuery;
}

/** A log alarm compares numbers that a query finds in log groups with a threshold. */
export interface LogAlarmQuery {
  readonly query: string;
  /** How lines become a number: `count(*)`. */
  readonly aggregation: string;
  readonly logGroups: readonly string[];
  /** In words: `greater than 5`; null when CloudWatch does not say. */
  readonly limit: string | null;
}

/** CloudWatch alarms, read only. Throws `Retryable` or `Refused` like every cloud port. */
export interface AlarmReader {
  /** Null when the deployment's account and region have no such alarm, also where they have another one of its name. */
  read(alarm: AlarmArn): Promise<AlarmState | null>;
}

/** The alarm that an action was planned for. */
export interface PlannedAlarmReader {
  /** Throws `Refused` for any other alarm than the one of the plan's target. */
  read(alarmName: string): Promise<AlarmState | null>;
}

/** CloudWatch Logs, read only. */
export interface ServiceLogReader {
  /** Newest events of the log group between the instants, oldest first, at most `limit`. */
  recent(logGroup: string, from: Date, to: Date, limit: number): Promise<{ at: string; text: string }[]>;
}

export type DeploymentRef =
  | { kind: 'lambda-alias'; functionName: string; alias: string }
  | { kind: 'ecs-service'; cluster: string; service: string };

/** Reads the current and the previous deployment. */
export interface DeploymentReader {
  read(ref: DeploymentRef): Promise<Deployment>;
}

/** Moves a Lambda alias. With `expectedRevisionId` AWS refuses when the alias has changed since it was read. */
export interface LambdaAliasWriter {
  pointTo(
    functionName: string,
    alias: string,
    version: string,
    expectedRevisionId: string,
  ): Promise<'moved' | 'changed-meanwhile'>;
}

/** Reads the current state of what remedies change. */
export interface ResourceReader {
  read(ref: ResourceRef): Promise<ResourceState>;
}

/** Changes ECS services. Effects (these, `pointTo`, `publish`) throw `OutcomeUnknown` when their answer was lost. */
export interface EcsServiceWriter {
  deploy(cluster: string, service: string, taskDefinition: string): Promise<void>;
  /** Starts new tasks of the deployed task definition. */
  redeploy(cluster: string, service: string): Promise<void>;
  /** Sets the desired number of tasks. */
  scale(cluster: string, service: string, desiredCount: number): Promise<void>;
}

/** Changes the configuration of Lambda functions. */
export interface LambdaFunctionWriter {
  /** Of `$LATEST`. With `expectedRevisionId` AWS refuses when the configuration has changed since it was read. */
  setMemory(
    functionName: string,
    memoryMb: number,
    expectedRevisionId: string,
  ): Promise<'changed' | 'changed-meanwhile'>;
  /** Reserves concurrency for the function; other functions cannot use it. */
  reserve(functionName: string, concurrency: number): Promise<void>;
}

/** Changes EC2 Auto Scaling groups. */
export interface AutoScalingWriter {
  setCapacity(group: string, desiredCapacity: number): Promise<void>;
  /** Starts replacing all instances; returns the refresh id. Refused while another refresh is running. */
  refresh(group: string, minHealthyPercentage: number): Promise<string>;
  cancelRefresh(group: string): Promise<void>;
}

/** Changes RDS databases. */
export interface DatabaseWriter {
  /** Restarts the instance, without failing over. */
  reboot(instance: string): Promise<void>;
  /** Immediately; only for parameters that need no restart. */
  setParameter(parameterGroup: string, parameter: string, value: number): Promise<void>;
}

/** Changes the size of RDS databases. */
export interface DatabaseSizer {
  /** Immediately: the instance restarts, or fails over, while it changes. */
  setInstanceClass(instance: string, instanceClass: string): Promise<void>;
  /** The bounds between which Aurora Serverless v2 scales, in capacity units. */
  setClusterCapacity(cluster: string, capacity: { readonly min: number; readonly max: number }): Promise<void>;
}

/** Publishes to the escalation topic; its e-mail subscribers get it. Subject: ASCII, at most 100 characters. */
export interface Mailer {
  publish(subject: RedactedText, message: RedactedText): Promise<void>;
}

/** Sends text messages to telephones: at most 160 characters of their alphabet. */
export interface Texter {
  /** `phone` with its country: `+491701234567`. */
  send(phone: string, text: RedactedText): Promise<void>;
}

/** The durable intake queue. Resolves only after the queue accepted the signal. */
export interface SignalQueue {
  send(signal: import('#shared/domain/incident/signal.ts').Signal): Promise<void>;
}

/** The same queue for changes. */
export interface ChangeQueue {
  sendChange(message: import('#shared/domain/changes/change-message.ts').ChangeMessage): Promise<void>;
}

/** The same queue for many signals at once. Resolves only after it accepted all of them. */
export interface SignalBatchQueue {
  sendAll(signals: readonly import('#shared/domain/incident/signal.ts').Signal[]): Promise<void>;
}

/** Signals that the intake gave up on. */
export interface DeadLetters {
  /** Sends all of them to the intake queue again; the effect comes within minutes. */
  takeBack(): Promise<void>;
}

export interface SecretReader {
  /** JSON secret as an object; cached for five minutes. */
  read(
    name: 'github-webhook' | 'github-token' | 'model-key' | 'name-key' | 'channels',
  ): Promise<Readonly<Record<string, string>>>;
}

/** The healing workflow. */
export interface WorkflowEngine {
  /** Idempotent: an execution of this name that exists already is `exists`. */
  start(incidentId: string, attempt: number): Promise<'started' | 'exists'>;
  /** `missing` when there is no such execution. */
  status(incidentId: string, attempt: number): Promise<'running' | 'ended' | 'missing'>;
  /** Stops an execution. The step that is under way still ends. One that has ended or is missing stays as it is. */
  stop(incidentId: string, attempt: number, reason: string): Promise<void>;
  /** Answers a waiting task; `expired` when nothing waits for the token any more. */
  answer(taskToken: string, output: unknown): Promise<'accepted' | 'expired'>;
}

/** The durable intake queue for what people ask for in other tools. Resolves only after the queue accepted it. */
export interface OrderQueue {
  sendOrder(order: SlackOrder | PagerAcknowledgement): Promise<void>;
}

/** The durable intake queue for commands of people. Resolves only after the queue accepted the command. */
export interface CommandQueue {
  sendCommand(command: CommentCommand): Promise<void>;
}
