import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { testKeyOf, unknownTest } from '@selfheal/diagnosis/failure/history/test-record.ts';
import type { ServiceId } from '@selfheal/fake-aws/state.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { RunFacts, Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { FailedRun } from '#apps/local/world/samples/samples.ts';
import type { AwsBuild } from '#shared/domain/incident/aws-build.ts';
import { identityOf, repositoryKeyOf } from '#shared/domain/incident/repository-identity.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import { sampleJobOf } from '#shared/domain/playbook/bind-playbook.ts';
import type { Playbook } from '#shared/domain/playbook/playbook.ts';
import { cloudwatch } from '#shared/plugins/sources/cloudwatch/index.ts';
import {
  aClassification,
  aDiagnosis,
  aGithubTarget,
  aTelemetry,
  redactedText,
  someAlarmFacts,
  someRunFacts,
} from '#test/builders/index.ts';
import { WHOLE } from '../../e2e/support/proposed-code.ts';
import { addSandbox } from '../../e2e/support/sandbox.ts';
import { parameterOf } from './configuration.ts';
import type { ActionStage } from './stage.ts';

/** What is known of a failure before anything is planned. */
interface Found {
  readonly target: TargetContext;
  readonly classification: Classification;
  readonly telemetry: Telemetry;
  readonly diagnosis: Diagnosis;
  readonly failedTests?: readonly string[];
}

/** A failure that one action fits. */
export interface Scene {
  /** Lets it happen in the world, and says what is known of it. */
  begin(stage: ActionStage): Promise<Found> | Found;
  /** What is done first, each to its end. */
  readonly before?: readonly string[];
}

const HOUR = 3_600_000;
let scenes = 0;
/** No two failures are alike. */
const aFingerprint = (): string => (++scenes).toString(16).padStart(16, '0');

/** The alarm of a sample service goes off, and no remedy ends it. */
const alarm = (
  service: ServiceId,
  prepare: (stage: ActionStage) => void = () => undefined,
  of?: Classification['class'],
): Scene => ({
  begin: (stage) => {
    prepare(stage);
    const signal = cloudwatch.toSignal(stage.world().aws.fireAlarm(service, { okAfterMs: null }));
    if (signal.kind !== 'signal') throw new Error(`The alarm of ${service} makes no signal.`);
    const classification = aClassification({
      class: of ?? 'resource_exhaustion',
      verdict: 'infrastructure',
      fingerprint: aFingerprint(),
    });
    return {
      target: signal.signal.target,
      classification,
      telemetry: aTelemetry({ facts: someAlarmFacts({ deployment: null, serviceId: service }) }),
      diagnosis: aDiagnosis({ classification }),
    };
  },
});

/** A failed Airflow task, as the sample of a playbook for jobs names it. */
const job = (playbook: Playbook): Scene => ({
  begin: (stage) => {
    const about = sampleJobOf(playbook);
    if (about?.kind !== 'airflow-task') throw new Error(`The playbook ${playbook.id} is for no Airflow task.`);
    const { dag, run, task } = about;
    stage.world().jobs.addRun({ dag, run, tasks: { [task]: { state: 'failed' } } });
    const classification = aClassification({
      class: playbook.when.classes[0] ?? 'timing_dependencies',
      fingerprint: aFingerprint(),
    });
    return {
      target: {
        kind: 'report',
        reportId: '0123456789abcdef0123456789abcdef',
        service: 'gallery',
        repository: null,
        severity: 'low',
        reportedBy: 'Selfheal, reading Airflow',
        reportedAt: '2026-11-27T02:05:00.000Z',
        simulated: false,
        job: about,
      },
      classification,
      telemetry: aTelemetry({ facts: { kind: 'report', serviceId: 'gallery', deployment: null } }),
      diagnosis: aDiagnosis({ classification }),
    };
  },
});

/** A build of the checkout service failed, as the event of AWS tells it. */
const build = (fail: (stage: ActionStage) => { readonly build: AwsBuild; readonly failedStage?: string }): Scene => ({
  begin: (stage) => {
    const { build: failed, ...facts } = fail(stage);
    const classification = aClassification({
      class: 'network_connectivity',
      verdict: 'infrastructure',
      fingerprint: aFingerprint(),
    });
    return {
      target: {
        kind: 'alert',
        provider: failed.kind === 'codebuild-build' ? 'codebuild' : 'codepipeline',
        connection: '000000000000-us-east-1',
        key: 'a'.repeat(40),
        service: 'checkout',
        severity: 'medium',
        url: null,
        changedAt: new Date(stage.clock.now()).toISOString(),
        build: failed,
      },
      classification,
      telemetry: aTelemetry({ facts: { kind: 'alert', serviceId: 'checkout', deployment: null, ...facts } }),
      diagnosis: aDiagnosis({ classification }),
    };
  },
});

function failedBuild({ world }: ActionStage): { build: AwsBuild } {
  const [project = '', id = ''] = world().aws.failBuild({ project: 'checkout-images' }).id.split(':');
  return { build: { kind: 'codebuild-build', project, build: id } };
}

function failedStage({ world }: ActionStage): { build: AwsBuild; failedStage: string } {
  const pipeline = 'shop-release';
  const { execution } = world().aws.failPipeline({ pipeline, project: 'checkout-images' });
  return { build: { kind: 'pipeline-execution', pipeline, execution }, failedStage: 'Build' };
}

interface RunScene {
  readonly fail: (stage: ActionStage) => FailedRun;
  readonly verdict: Classification['verdict'];
  readonly facts?: Partial<RunFacts>;
  readonly diagnosis?: Partial<Diagnosis>;
  readonly failedTests?: readonly string[];
  readonly before?: readonly string[];
  readonly prepare?: (stage: ActionStage, run: FailedRun) => Promise<void> | void;
}

const run = ({ fail, verdict, facts, diagnosis, failedTests, before = [], prepare }: RunScene): Scene => ({
  before,
  begin: async (stage) => {
    const failed = fail(stage);
    await prepare?.(stage, failed);
    const { runId, pullRequest } = failed;
    const { workflowId, headSha } = failed.run;
    const onDefaultBranch = pullRequest === null;
    const event = onDefaultBranch ? 'push' : 'pull_request';
    const classification = aClassification({ class: 'test_failure', verdict, fingerprint: aFingerprint() });
    return {
      target: aGithubTarget({ runId, workflowId, headSha, pullRequest, onDefaultBranch, event }),
      classification,
      telemetry: aTelemetry({ facts: someRunFacts(facts) }),
      diagnosis: aDiagnosis({ classification, ...diagnosis }),
      ...(failedTests === undefined ? {} : { failedTests }),
    };
  },
});

const failing =
  (
    kind: 'transient' | 'regression',
    options: Parameters<ReturnType<ActionStage['world']>['samples']['failRun']>[1] = {},
  ) =>
  (stage: ActionStage): FailedRun =>
    stage.world().samples.failRun(kind, { deliver: 'none', rerunMs: 5, ...options });

/** The repository is public and has the workflow that tries changes. */
function failingWithSandbox(stage: ActionStage): FailedRun {
  addSandbox(stage.world(), stage.clock.now());
  return failing('regression')(stage);
}

/** A model proposed how the shop's function should be. */
const proposed: Pick<Diagnosis, 'source' | 'model'> = {
  source: 'model',
  model: {
    provider: 'bedrock',
    modelId: 'a-model',
    turns: 1,
    inputTokens: 1,
    cachedInputTokens: 0,
    outputTokens: 1,
    microdollars: null,
    lookups: [],
    findings: [],
    suggestions: [
      {
        title: redactedText('Count every line'),
        file: redactedText('src/cart.ts'),
        code: redactedText(WHOLE),
        evidence: [],
      },
    ],
    consulted: [],
  },
} satisfies Partial<Diagnosis>;

const passed = (runId: number) => ({ runId, attempt: 1, passed: true });
const PASSED_BEFORE = { jobId: 501, sameCommit: [], defaultBranch: [passed(3), passed(2), passed(1)] };

/** The default branch fails since a pull request was merged. */
function merged(stage: ActionStage): FailedRun {
  const failed = failing('regression', { pullRequest: null })(stage);
  const { github } = stage.world();
  const { number } = github.addPullRequest('acme/shop', { branch: `feature-${failed.runId}` });
  github.closePullRequest('acme/shop', number, true, failed.run.headSha);
  return failed;
}

function hangs({ world, clock }: ActionStage, { runId }: FailedRun): void {
  world().github.rerunByHand(runId);
  const attempt = world().github.run(runId)?.attempts[1];
  if (attempt === undefined) throw new Error('The run was not repeated.');
  attempt.status = 'in_progress';
  clock.advance(3 * HOUR);
}

const FLAKY = 'test/cart.test.ts > adds up';

/** It failed in 4 of 20 runs, and both failed and passed on one commit. */
async function failedOften({ tests }: ActionStage): Promise<void> {
  const result = { attempt: 1, commit: 'abcdefabcdef', onDefaultBranch: true };
  const results = [
    { ...result, runId: 9, passed: true },
    { ...result, runId: 8, passed: false },
  ];
  await tests.changeTests(repositoryKeyOf(identityOf(aGithubTarget())), [testKeyOf(FLAKY)], () => ({
    ...unknownTest(redactedText(FLAKY), '2026-11-01T00:00:00.000Z'),
    runs: 20,
    failures: 4,
    flips: 1,
    results,
  }));
}

/** A scene for each action of the registry. Every new one brings its line. */
const SCENES: Readonly<Record<string, Scene>> = {
  'rerun-failed-jobs': run({ fail: failing('transient'), verdict: 'infrastructure' }),
  'rerun-workflow-run': run({
    fail: failing('transient', { rerun: 'failure' }),
    verdict: 'infrastructure',
    facts: { passedJobs: 2 },
    before: ['rerun-failed-jobs'],
  }),
  'cancel-stuck-run': run({
    // Longer than a lost answer is looked for, so that it is asked again.
    fail: failing('transient', { rerunMs: 24 * HOUR, cancelMs: 20_000 }),
    verdict: 'infrastructure',
    facts: { usualSeconds: [170, 240, 200] },
    prepare: hangs,
  }),
  'sandbox-fix': run({
    fail: failingWithSandbox,
    verdict: 'regression',
    diagnosis: proposed,
  }),
  'try-fix': run({ fail: failing('regression'), verdict: 'regression', diagnosis: proposed }),
  'fix-pull-request': run({
    fail: failing('regression'),
    verdict: 'regression',
    diagnosis: proposed,
    before: ['try-fix'],
  }),
  'revert-pull-request': run({ fail: merged, verdict: 'regression', facts: { jobHistories: [PASSED_BEFORE] } }),
  'open-issue': run({ fail: merged, verdict: 'regression' }),
  'quarantine-flaky-test': run({
    fail: failing('transient'),
    verdict: 'flaky',
    failedTests: [FLAKY],
    prepare: failedOften,
  }),
  'rollback-lambda-alias': alarm('checkout'),
  'rollback-ecs-service': alarm('orders'),
  'scale-ecs-service': alarm('catalog'),
  'redeploy-ecs-service': alarm('catalog'),
  'raise-lambda-memory': alarm('invoices'),
  'set-lambda-concurrency': alarm('invoices'),
  'scale-auto-scaling-group': alarm('search'),
  'refresh-instances': alarm('search'),
  'change-rds-parameter': alarm('accounts'),
  'reboot-rds-instance': alarm('accounts'),
  'scale-rds-instance': alarm('ratings'),
  'scale-aurora-cluster': alarm('ratings'),
  'codebuild-retry': build(failedBuild),
  'codepipeline-retry-stage': build(failedStage),
};

/** How the world stands before a playbook that expects something of it. */
const PREPARED: Readonly<Record<string, (stage: ActionStage) => void>> = {
  'airflow-retry-failed-tasks': ({ world }) => world().jobs.failTasks('nightly-reports', 3),
  'airflow-clear-downstream': ({ world }) => world().jobs.failTasks('nightly-reports', 3),
  'airflow-restart-dag': ({ world }) => world().jobs.failTasks('nightly-reports', 3),
  'enable-backoff': ({ world }) => world().aws.setParameter(parameterOf('enable-backoff'), 'off'),
  'enable-circuit-breaker': ({ world }) => world().aws.setParameter(parameterOf('enable-circuit-breaker'), 'off'),
  'switch-to-backup-database': ({ world }) =>
    world().aws.setParameter(parameterOf('switch-to-backup-database'), 'primary'),
  'spark-executor-memory': ({ endpoints }) =>
    endpoints().put('/spark/api/v1/applications/nightly/settings', { executorMemoryMb: 1024 }),
};

/** The scene of an action. Throws for one that has none. */
export function sceneOf(actionId: string, playbooks: readonly Playbook[]): Scene {
  const playbook = playbooks.find(({ id }) => id === actionId);
  const scene =
    playbook === undefined
      ? SCENES[actionId]
      : playbook.when.jobs === undefined
        ? alarm('gallery', PREPARED[actionId], playbook.when.classes[0])
        : job(playbook);
  if (scene === undefined) throw new Error(`The action ${actionId} has no scene: add a line to scenes.ts.`);
  return scene;
}
