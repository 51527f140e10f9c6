import type { Signal } from '#shared/domain/incident/signal.ts';
import type { BuildReader, BuildRetrier } from '#shared/ports/builds.ts';
import type {
  AlarmReader,
  AutoScalingWriter,
  DatabaseSizer,
  DatabaseWriter,
  DeploymentReader,
  EcsServiceWriter,
  LambdaAliasWriter,
  LambdaFunctionWriter,
  Mailer,
  ResourceReader,
  SecretReader,
  ServiceLogReader,
  SignalQueue,
  WorkflowEngine,
} from '#shared/ports/cloud.ts';
import type { ModelClient } from '#shared/ports/model-client.ts';
import { type Scripted, scripted } from './scripted.ts';

export const fakeAlarms = (answers: Partial<AlarmReader> = {}): Scripted<AlarmReader> => scripted('alarms', answers);
export const fakeServiceLogs = (answers: Partial<ServiceLogReader> = {}): Scripted<ServiceLogReader> =>
  scripted('serviceLogs', answers);
export const fakeBuilds = (answers: Partial<BuildReader> = {}): Scripted<BuildReader> => scripted('builds', answers);
export const fakeBuildRetries = (answers: Partial<BuildRetrier> = {}): Scripted<BuildRetrier> =>
  scripted('buildRetries', answers);
export const fakeDeployments = (answers: Partial<DeploymentReader> = {}): Scripted<DeploymentReader> =>
  scripted('deployments', answers);
export const fakeResources = (answers: Partial<ResourceReader> = {}): Scripted<ResourceReader> =>
  scripted('resources', answers);
export const fakeLambdaAliases = (answers: Partial<LambdaAliasWriter> = {}): Scripted<LambdaAliasWriter> =>
  scripted('lambdaAliases', answers);
export const fakeLambdaFunctions = (answers: Partial<LambdaFunctionWriter> = {}): Scripted<LambdaFunctionWriter> =>
  scripted('lambdaFunctions', answers);
export const fakeAutoScaling = (answers: Partial<AutoScalingWriter> = {}): Scripted<AutoScalingWriter> =>
  scripted('autoScaling', answers);
export const fakeDatabases = (answers: Partial<DatabaseWriter> = {}): Scripted<DatabaseWriter> =>
  scripted('databases', answers);
export const fakeDatabaseSizes = (answers: Partial<DatabaseSizer> = {}): Scripted<DatabaseSizer> =>
  scripted('databaseSizes', answers);
export const fakeEcsServices = (answers: Partial<EcsServiceWriter> = {}): Scripted<EcsServiceWriter> =>
  scripted('ecsServices', answers);
export const fakeModelClient = (answers: Partial<ModelClient> = {}): Scripted<ModelClient> =>
  scripted('modelClient', answers);

/** Secrets by name; an unknown name throws. */
export const fakeSecrets = (secrets: Partial<Record<string, Record<string, string>>> = {}): Scripted<SecretReader> =>
  scripted('secrets', {
    read: async (name: string) => {
      const secret = secrets[name];
      if (!secret) throw new Error(`Unprogrammed secret: ${name}`);
      return secret;
    },
  });

export interface MemoryMailer extends Mailer {
  readonly mails: readonly { subject: string; message: string }[];
}

/** Keeps what was published; refuses subjects that SNS would refuse. */
export function makeMemoryMailer(): MemoryMailer {
  const mails: { subject: string; message: string }[] = [];
  return {
    mails,
    publish: async (subject, message) => {
      if (!/^[\x20-\x7e]{1,100}$/.test(subject)) throw new Error(`SNS would refuse this subject: ${subject}`);
      mails.push({ subject, message });
    },
  };
}

export interface MemorySignalQueue extends SignalQueue {
  readonly sent: readonly Signal[];
}

export function makeMemorySignalQueue(): MemorySignalQueue {
  const sent: Signal[] = [];
  return {
    sent,
    send: async (signal) => {
      sent.push(structuredClone(signal));
    },
  };
}

export interface MemoryWorkflowEngine extends WorkflowEngine {
  /** Names of the executions, `<incidentId>-<attempt>`, in order of their start. */
  readonly started: readonly string[];
  readonly answers: readonly { taskToken: string; output: unknown }[];
  end(incidentId: string, attempt: number): void;
  expire(taskToken: string): void;
}

/** Executions by name: starting is idempotent, a token is answered once. */
export function makeMemoryWorkflowEngine(): MemoryWorkflowEngine {
  const executions = new Map<string, 'running' | 'ended'>();
  const started: string[] = [];
  const answers: { taskToken: string; output: unknown }[] = [];
  const spent = new Set<string>();
  return {
    started,
    answers,
    end: (incidentId, attempt) => void executions.set(`${incidentId}-${attempt}`, 'ended'),
    expire: (taskToken) => void spent.add(taskToken),
    start: async (incidentId, attempt) => {
      const name = `${incidentId}-${attempt}`;
      if (executions.has(name)) return 'exists';
      executions.set(name, 'running');
      started.push(name);
      return 'started';
    },
    status: async (incidentId, attempt) => executions.get(`${incidentId}-${attempt}`) ?? 'missing',
    stop: async (incidentId, attempt) => {
      if (executions.has(`${incidentId}-${attempt}`)) executions.set(`${incidentId}-${attempt}`, 'ended');
    },
    answer: async (taskToken, output) => {
      if (spent.has(taskToken)) return 'expired';
      spent.add(taskToken);
      answers.push({ taskToken, output });
      return 'accepted';
    },
  };
}
