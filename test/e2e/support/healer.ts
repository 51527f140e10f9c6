import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keyedHashOf } from '@selfheal/kernel/text/raw-ref.ts';
import type { Mail, RuntimeEvent } from '@selfheal/local-cloud/runtime-contract.ts';
import { expect } from 'vitest';
import { openStage, outputOf, type Stage } from '#apps/local/stage.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoExperienceStore } from '#shared/adapters/aws/dynamo-experience-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoPatternStore } from '#shared/adapters/aws/dynamo-pattern-store.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { cloudwatch } from '#shared/plugins/sources/cloudwatch/index.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { github } from '#shared/plugins/sources/github/index.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { ExperienceStore, PatternStore, PredictionStore } from '#shared/ports/learning-stores.ts';
import { type GithubConformance, makeGithubConformance } from '#test/contract/github-conformance.ts';
import { type AssemblyRequest, anAssembly } from './assemblies.ts';
import { logicalIdOf, stateNamed, tableNamed } from './template.ts';
import { until } from './until.ts';

export interface HealerOptions extends AssemblyRequest {
  /** Real seconds per second of waits and retries. Default 0.05. Schedules fire only when `trigger` is called, so that no count depends on the clock. */
  readonly timeScale?: number;
  readonly maxWorkersPerFunction?: number;
  /** Kept at the end when given. */
  readonly dataDir?: string;
}

/** A failed run by its id, an alarm by its event, or an incident by its id. */
export type Subject = number | { readonly detail: Readonly<Record<string, unknown>> } | string;

/** The synthesized template at work on the local runtime with its outside world, and ways to look at what it did. */
export interface Healer extends Stage {
  readonly assemblyDir: string;
  /** Tables and bucket, read as an administrator. */
  readonly incidents: IncidentStore & AuditReader;
  readonly control: ControlStore;
  readonly knowledge: KnowledgeStore;
  readonly patterns: PatternStore;
  readonly experience: ExperienceStore;
  readonly evidence: EvidenceStore;
  readonly predictions: PredictionStore;
  readonly dynamoDb: DynamoDBClient;
  readonly conformance: GithubConformance;
  readonly events: readonly RuntimeEvent[];
  /** Waits until the incident's execution has ended, and reads the incident. */
  ended(subject: Subject): Promise<Incident>;
  incidentId(subject: Subject): string;
  /** Nothing runs, waits or is on its way. */
  quiet(withinSeconds?: number): Promise<void>;
  /** Newest first. */
  mailsAbout(subject: Subject): Mail[];
  /** Names of the states that the incident's executions entered, in order. */
  statesOf(subject: Subject): string[];
  /** Physical name of a function of the template. */
  functionName(name: string): string;
  /** The one comment on a pull request; fails when there are several or none. */
  comment(pullRequest: number | null, repository?: string): string;
}

export async function openHealer(options: HealerOptions = {}): Promise<Healer> {
  const assembly = await anAssembly(options);
  const events: RuntimeEvent[] = [];
  const stage = await openStage({
    assemblyDir: assembly.assemblyDir,
    ampleMemory: true,
    timeScale: options.timeScale ?? 0.05,
    schedules: 'on-demand',
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.maxWorkersPerFunction === undefined ? {} : { maxWorkersPerFunction: options.maxWorkersPerFunction }),
    onEvent: (event) => void events.push(event),
  });
  const { runtime, world } = stage;
  runtime.overrideSecret(stateNamed(stage, 'NameKey'), { key: NAME_KEY });
  const conformance = makeGithubConformance();
  world.onExchange(conformance.onExchange);
  const credentials = { accessKeyId: stage.adminKey, secretAccessKey: 'local' };
  const asAdmin = { endpoint: runtime.endpoint, region: 'us-east-1', credentials };
  const dynamoDb = new DynamoDBClient(asAdmin);
  const s3 = new S3Client({ ...asAdmin, forcePathStyle: true });
  const client = DynamoDBDocumentClient.from(dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
  const incidents = makeDynamoIncidentStore({ table: outputOf(runtime, 'IncidentsTableName'), client });
  const incidentId = (subject: Subject) => incidentIdOf(subject, stage);
  return {
    ...stage,
    assemblyDir: assembly.assemblyDir,
    incidents,
    control: makeDynamoControlStore({ table: outputOf(runtime, 'ControlTableName'), client }),
    knowledge: makeDynamoKnowledgeStore({ table: tableNamed(stage, 'Knowledge'), client }),
    patterns: makeDynamoPatternStore({ table: tableNamed(stage, 'Knowledge'), client }),
    experience: makeDynamoExperienceStore({ table: tableNamed(stage, 'Stats'), client }),
    predictions: makeDynamoPredictionStore({ table: tableNamed(stage, 'Stats'), client }),
    evidence: makeS3EvidenceStore({ bucket: outputOf(runtime, 'EvidenceBucketName'), client: s3 }),
    dynamoDb,
    conformance,
    events,
    incidentId,
    async ended(subject) {
      const id = incidentId(subject);
      let incident: Incident | null = null;
      await until(`the end of ${id}`, async () => {
        const own = runtime.executions().filter(({ name }) => name.startsWith(`${id}-`));
        if (own.length === 0 || own.some(({ status }) => status === 'RUNNING')) return false;
        // A next attempt is written before it is started.
        incident = await incidents.get(id);
        return own.some(({ name }) => name === `${id}-${incident?.attempt}`);
      });
      if (incident === null) throw new Error(`There is no incident ${id}.`);
      return incident;
    },
    async quiet(withinSeconds = 240) {
      const nothingMoves = () => runtime.isIdle() && runtime.executions().every(({ status }) => status !== 'RUNNING');
      await until('quiet', nothingMoves, withinSeconds);
      await world.github.delivered();
      await until('quiet', nothingMoves, withinSeconds);
    },
    mailsAbout: (subject) => runtime.mailbox.list().filter((mail) => mail.text.includes(incidentId(subject))),
    statesOf(subject) {
      const id = incidentId(subject);
      return events.flatMap((one) =>
        one.type === 'workflow' && one.event.type === 'StateEntered' && one.event.name.startsWith(`${id}-`)
          ? [one.event.state ?? '']
          : [],
      );
    },
    functionName(name) {
      return runtime.resources()[logicalIdOf(stage, name)] ?? '';
    },
    comment(pullRequest, repository = 'acme/shop') {
      const comments = world.github.comments(repository, pullRequest ?? 0);
      expect(comments).toHaveLength(1);
      return comments[0]?.body ?? '';
    },
    async stop() {
      dynamoDb.destroy();
      s3.destroy();
      await stage.stop();
      assembly.remove();
    },
  };
}

/** What must hold after every scenario that is not about it: GitHub's own description, the policies, nothing left over. */
export function expectClean({ conformance, runtime }: Healer): void {
  expect(conformance.problems).toEqual([]);
  expect(runtime.denials).toEqual([]);
  expect(runtime.deadLetters()).toEqual([]);
}

/** By which branches are hashed, so that a test can tell the incident of a push beforehand. */
export const NAME_KEY = 'name key of tests';

/** Computed as the intake function computes it, from the payload the outside world sends. */
function incidentIdOf(subject: Subject, { world }: Stage): string {
  if (typeof subject === 'string') return subject;
  const result =
    typeof subject === 'number'
      ? translateWebhook(github, {
          headers: { 'x-github-event': 'workflow_run', 'x-github-delivery': 'looked-up' },
          body: world.github.runPayload(subject, 'completed', 1),
          receivedAt: new Date(),
        })
      : cloudwatch.toSignal(subject);
  if (result.kind !== 'signal') throw new Error(`It makes no signal but is ${result.kind}.`);
  const { signal, branch } = result;
  const branchKey = branch === null ? null : keyedHashOf(branch, NAME_KEY);
  return identify({ ...signal, tainted: { ...signal.tainted, branchKey } }).incidentId;
}
