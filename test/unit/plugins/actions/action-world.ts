import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type { RunFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin, ActionPorts } from '#shared/plugins/actions/contract.ts';
import type { AlarmState } from '#shared/ports/cloud.ts';
import type { Run } from '#shared/ports/code-host.ts';
import {
  aClassification,
  aConfiguration,
  aGithubTarget,
  aLambdaDeployment,
  anActionRecord,
  anAlarmTarget,
  anEcsDeployment,
  aService,
  aTelemetry,
  redactedText,
  someAlarmFacts,
  somePeople,
  someRunFacts,
} from '#test/builders/index.ts';
import {
  fakeAlarms,
  fakeAutomations,
  fakeBuildRetries,
  fakeBuilds,
  fakeClock,
  fakeCodeHost,
  fakeDeployments,
  fakeEcsServices,
  fakeEndpoints,
  fakeLambdaAliases,
  fakeParameters,
} from '#test/fakes/index.ts';
import { aRepositoryWorld, writingContext } from './fix-world.ts';
import { finishResources, remediedService, remedyPorts, someResources } from './remedy-world.ts';

export function aRun(change: Partial<Run> = {}): Run {
  return {
    id: 1001,
    attempt: 1,
    status: 'completed',
    conclusion: 'failure',
    url: 'https://github.example/acme/shop/actions/runs/1001',
    workflowId: 77,
    headSha: 'a'.repeat(40),
    createdAt: '2026-11-21T11:00:00Z',
    startedAt: '2026-11-21T11:00:00Z',
    updatedAt: '2026-11-21T11:03:00Z',
    baseBranch: new RawRef('feature/basket'),
    fromFork: false,
    ...change,
  };
}

/** How the run stands for actions that do not fit a first failure. */
const RUNS: Readonly<Record<string, Partial<Run>>> = {
  'rerun-workflow-run': { attempt: 2 },
  'revert-pull-request': { baseBranch: new RawRef('main') },
  'quarantine-flaky-test': { attempt: 3 },
  'cancel-stuck-run': { attempt: 2, status: 'in_progress', conclusion: null, startedAt: '2026-11-21T09:00:00Z' },
};

/**
 * A small world in which every action fits: a failed run, an alias and a service whose last deployment raised an alarm. Effects
 * change it, and what is read shows it.
 */
export function anActionWorld(id?: string) {
  const clock = fakeClock();
  const state = {
    run: aRun(RUNS[id ?? '']),
    alarm: {
      state: 'ALARM',
      since: '2026-11-21T11:58:00.000Z',
    } as AlarmState | null,
    alias: aLambdaDeployment(),
    // Nobody deployed lately what a remedy is for.
    ecs: anEcsDeployment(remediedService(id) === null ? {} : { deployedAt: null }),
    newerRun: false,
    people: somePeople(),
    effects: [] as string[],
    resources: someResources(),
  };
  const { ecs, ...remedies } = remedyPorts(state);
  const written = aRepositoryWorld(id, state.effects, aRun);
  const ports = {
    ...written.ports,
    codeHost: fakeCodeHost({
      ...written.reads,
      getRun: async () => ({ ...state.run }),
      peopleBehind: async () => ({ ...state.people }),
      hasNewerRun: async () => state.newerRun,
      rerunFailedJobs: async () => {
        state.effects.push('rerun');
        state.run = aRun({ attempt: state.run.attempt + 1, status: 'queued', conclusion: null });
      },
      rerunRun: async () => {
        state.effects.push('rerun-all');
        state.run = aRun({ attempt: state.run.attempt + 1, status: 'queued', conclusion: null });
      },
      cancelRun: async () => {
        state.effects.push('cancel');
        state.run = aRun({ attempt: state.run.attempt, conclusion: 'cancelled' });
      },
    }),
    alarms: fakeAlarms({ read: async () => state.alarm }),
    deployments: fakeDeployments({ read: async (ref) => (ref.kind === 'lambda-alias' ? state.alias : state.ecs) }),
    lambdaAliases: fakeLambdaAliases({
      pointTo: async (_functionName, _alias, version, revisionId) => {
        if (revisionId !== state.alias.revisionId) return 'changed-meanwhile';
        state.effects.push(`alias:${version}`);
        state.alias = { ...state.alias, currentVersion: version, revisionId: `${revisionId}+` };
        return 'moved';
      },
    }),
    ...remedies,
    ecsServices: fakeEcsServices({
      ...ecs,
      deploy: async (_cluster, _service, taskDefinition) => {
        state.effects.push(`ecs:${taskDefinition.split('/').at(-1)}`);
        state.ecs = { ...state.ecs, currentTaskDefinition: taskDefinition };
      },
    }),
    endpoints: fakeEndpoints(),
    automations: fakeAutomations(),
    parameters: fakeParameters(),
    builds: fakeBuilds(),
    buildRetries: fakeBuildRetries(),
    clock,
  } satisfies ActionPorts;
  /** The incident's cause goes away. */
  const heal = () => {
    state.run = aRun({ attempt: state.run.attempt, conclusion: 'success' });
    state.alarm = { state: 'OK', since: clock.now().toISOString() };
    finishResources(state.resources);
    written.passes();
    clock.advance(3_600_000);
  };
  return { clock, state, ports, heal, repository: written.repository };
}

const ecsService = aService({
  deployment: {
    kind: 'ecs-service',
    cluster: 'shop',
    service: 'checkout',
    taskDefinitionFamily: 'checkout',
    taskRoleArns: ['arn:aws:iam::123456789012:role/checkout-task'],
  },
});

/** What was done before, for actions that follow upon another. */
const REPEATED = anActionRecord({
  state: 'done',
  verified: 'failed',
  receipt: { summary: redactedText('Re-ran.'), at: '2026-11-21T11:00:00.000Z', facts: { attempt: 2 } },
});
const FITTING: Readonly<Record<string, { facts: Partial<RunFacts>; past: readonly ActionRecord[] }>> = {
  'rerun-workflow-run': { facts: { attempt: 2, passedJobs: 2 }, past: [REPEATED] },
  'cancel-stuck-run': {
    facts: {
      attempt: 2,
      status: 'in_progress',
      conclusion: null,
      startedAt: '2026-11-21T09:00:00Z',
      usualSeconds: [170, 240, 200],
    },
    past: [REPEATED],
  },
};

/** Facts from which exactly one action of the family is proposed: its first one, or the given one. */
export function fittingContext(family: ActionPlugin['family'], id?: string) {
  const special = FITTING[id ?? ''];
  const writing = writingContext(id);
  const remedied = remediedService(id);
  const service = family === 'github' ? null : (remedied ?? (family === 'lambda' ? aService() : ecsService));
  const deployment = remedied === null ? (family === 'lambda' ? aLambdaDeployment() : anEcsDeployment()) : null;
  const alarmFacts = someAlarmFacts({ deployment, resources: remedied === null ? [] : someResources() });
  return {
    target: family === 'github' ? aGithubTarget(writing?.target) : anAlarmTarget(),
    telemetry:
      family === 'github'
        ? aTelemetry({ facts: someRunFacts(writing?.facts ?? special?.facts) })
        : aTelemetry({ facts: alarmFacts }),
    classification: writing?.classification ?? aClassification(),
    service,
    configuration: aConfiguration({
      services: service === null ? [] : [service],
      ...(writing === null ? {} : { fixes: writing.fixes }),
    }),
    now: new Date('2026-11-21T12:00:00Z'),
    past: writing?.past ?? special?.past ?? [],
    prepared: writing?.prepared ?? new Map(),
  };
}
