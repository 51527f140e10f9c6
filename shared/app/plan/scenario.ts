import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { type Classification, FailureClass } from '@selfheal/kernel/failure-class.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { ResourceState } from '@selfheal/log-reading/logs/resource-state.ts';
import type { Deployment, Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import * as z from 'zod';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import { effectivePolicy } from '#shared/domain/configuration/effective-policy.ts';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import { alarmArnAt, type Home } from '#shared/domain/incident/home.ts';
import { RepositoryName, type TargetContext } from '#shared/domain/incident/target-context.ts';
import { type Candidate, chooseCandidate } from '#shared/domain/plan/candidates.ts';
import { circumstancesOf, Load } from '#shared/domain/policy/circumstances/circumstances.ts';
import { type Decision, decide, type Judgement } from '#shared/domain/policy/decide.ts';
import { recoveryOf } from '#shared/domain/policy/recovery.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { candidatesFor } from './context.ts';

const Share = z.number().min(0).max(1);
const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/);

/** What is expected of a scenario; what is absent may be anything. */
export const Expectations = z.strictObject({
  class: FailureClass.optional(),
  /** What is decided about the action that fits best; `suggest` and `escalate` also where none fits. */
  decision: z.enum(['act', 'approve', 'suggest', 'escalate', 'recovered']).optional(),
  /** Actions that would be done, with or without asking. An empty list: none. */
  actions: z.array(Id).max(30).optional(),
  /** The least confidence of each expected action; without any, that of the class. */
  confidence: Share.optional(),
});
export type Expectations = z.infer<typeof Expectations>;

/** A failure that is described and did not happen: a log, and the facts that Selfheal would have read from APIs. */
export const Scenario = z
  .strictObject({
    title: z.string().max(200).optional(),
    log: z.string().trim().min(1).max(1_000_000),
    /** An alarm of this service rings: the named one, or its first. */
    service: Id.optional(),
    alarm: z.string().min(1).max(255).optional(),
    /** A run of this repository failed. */
    repository: RepositoryName.optional(),
    run: z
      .strictObject({
        attempt: z.number().int().min(1).max(100).default(1),
        onDefaultBranch: z.boolean().default(false),
        pullRequest: z.number().int().positive().nullable().default(null),
      })
      .prefault({}),
    /** When the service was deployed last, with an earlier version to go back to; null: not known. */
    deployedMinutesAgo: z.number().min(0).max(1_000_000).nullable().default(null),
    /** What the service's remedies would change. A remedy whose resource is not described is not proposed. */
    resources: z.array(ResourceState).max(16).default([]),
    load: Load.default('unknown'),
    incidentsInDay: z.number().int().min(0).max(1000).default(0),
    actionsSoFar: z.number().int().min(0).max(100).default(0),
    /** When it happens: change windows and freezes depend on it. Now by default. */
    at: z.iso.datetime({ offset: true }).optional(),
    expect: Expectations.prefault({}),
  })
  .refine(({ service, repository }) => service === undefined || repository === undefined, {
    path: ['repository'],
    message: 'Name either a service or a repository',
  })
  .refine(({ service, alarm }) => alarm === undefined || service !== undefined, {
    path: ['alarm'],
    message: 'An alarm needs its service',
  });
export type Scenario = z.infer<typeof Scenario>;

export interface ScenarioPlan {
  /** About the action that fits best, or about none. */
  readonly decision: Decision;
  readonly reasons: readonly string[];
  /** Every action that fits, best first, and what would be decided if it were the one that is chosen. */
  readonly actions: readonly (Pick<Candidate, 'actionId' | 'description' | 'confidence' | 'risk'> &
    Pick<Judgement, 'decision' | 'reasons'>)[];
}

/**
 * What plan and policy would make of a scenario: the rules of the workflow on facts that are described instead of read. Reads, writes and changes
 * nothing. Nothing is prepared (patches, quarantines), nothing was tried, no outcome is known and no model was asked. Throws `InvalidInput` for a
 * service or an alarm that the configuration does not have.
 */
export function planScenario(
  scenario: Scenario,
  classification: Classification,
  { configuration: deployed, actions, now }: ScenarioDeps,
): ScenarioPlan {
  const at = scenario.at === undefined ? now : new Date(scenario.at);
  const configuration = { ...effectivePolicy(deployed, {}, at), home: HOME };
  const { target, telemetry } = situationOf(scenario, configuration, at);
  const { facts } = telemetry;
  const deployedAt = facts.kind === 'alarm' ? (facts.deployment?.deployedAt ?? null) : null;
  const { load, incidentsInDay, actionsSoFar } = scenario;
  const circumstances = circumstancesOf(
    { now: at, deployment: deployedAt === null ? null : { at: deployedAt, others: [] }, load, incidentsInDay },
    configuration.policy.circumstances,
  );
  const candidates = candidatesFor({ target, telemetry, classification, configuration, past: [], now: at }, actions);
  const judged = (choice: ReturnType<typeof chooseCandidate>): Judgement =>
    decide({
      targetKind: target.kind,
      offLimits: null,
      recovery: recoveryOf(target, telemetry, []),
      mode: modeOf(configuration, target),
      service: serviceOf(configuration, target),
      policy: configuration.policy,
      choice,
      modelConfidence: null,
      actionsSoFar,
      circumstances,
      now: at,
    });
  const { decision, reasons } = judged(chooseCandidate(candidates, null));
  return {
    decision,
    reasons,
    actions: candidates.map((candidate) => {
      const { actionId, description, confidence, risk } = candidate;
      const own = judged({ kind: 'chosen', candidate, best: candidate });
      return { actionId, description, confidence, risk, decision: own.decision, reasons: own.reasons };
    }),
  };
}

export interface ScenarioDeps {
  readonly configuration: Configuration;
  readonly actions: readonly ActionPlugin[];
  readonly now: Date;
}

/** Identifiers that no real target has; nothing is looked up by them. */
const NO_ID = { account: '000000000000', region: 'us-east-1', sha: '0'.repeat(40) } as const;
/** A scenario happens where it is deployed, wherever that is. */
const HOME: Home = { partition: 'aws', region: NO_ID.region, account: NO_ID.account };

function situationOf(
  scenario: Scenario,
  configuration: Configuration,
  at: Date,
): { readonly target: TargetContext; readonly telemetry: Telemetry } {
  const { service: serviceId, repository, resources, deployedMinutesAgo } = scenario;
  const readAt = at.toISOString();
  if (repository !== undefined) return failedRun(repository, scenario, readAt);
  if (serviceId === undefined) {
    const target = {
      kind: 'report',
      reportId: '0'.repeat(32),
      service: null,
      repository: null,
      severity: 'medium',
      reportedBy: 'a scenario',
      reportedAt: readAt,
      simulated: true,
    } as const;
    return { target, telemetry: { version: 1, readAt, facts: { kind: 'report', serviceId: null, deployment: null } } };
  }
  const service = configuration.services.find(({ id }) => id === serviceId);
  if (service === undefined)
    throw new InvalidInput(
      configuration.services.length === 0
        ? `service: the configuration lists no service, so there is no ${serviceId}: name the file of the deployment with --config FILE.`
        : `service: ${unknownValue(
            'service',
            serviceId,
            configuration.services.map(({ id }) => id),
          )}`,
    );
  const alarm = scenario.alarm ?? service.alarms[0] ?? '';
  if (!service.alarms.includes(alarm))
    throw new InvalidInput(`alarm: ${serviceId} has no ${alarm}; it has ${service.alarms.join(', ') || 'none'}.`);
  const { account, region } = NO_ID;
  return {
    target: {
      kind: 'alarm',
      provider: 'cloudwatch',
      alarmArn: alarmArnAt(HOME, alarm),
      account,
      region,
      changedAt: readAt,
    },
    telemetry: {
      version: 1,
      readAt,
      facts: {
        kind: 'alarm',
        state: 'ALARM',
        stateSince: readAt,
        serviceId,
        deployment: deploymentOf(service, deployedMinutesAgo, at),
        resources: [...resources],
      },
    },
  };
}

function deploymentOf({ deployment }: Service, minutesAgo: number | null, at: Date): Deployment | null {
  if (deployment === null || minutesAgo === null) return null;
  const deployedAt = new Date(at.getTime() - minutesAgo * 60_000).toISOString();
  switch (deployment.kind) {
    case 'lambda-alias': {
      const { kind, functionName, alias } = deployment;
      return {
        ...{ kind, functionName, alias, currentVersion: '2', previousVersion: '1', revisionId: 'scenario' },
        deployedAt,
      };
    }
    case 'ecs-service': {
      const { kind, cluster, service, taskDefinitionFamily: family } = deployment;
      const taskDefinition = (revision: number): string =>
        `arn:aws:ecs:${NO_ID.region}:${NO_ID.account}:task-definition/${family}:${revision}`;
      return {
        ...{ kind, cluster, service, currentTaskDefinition: taskDefinition(2) },
        previousTaskDefinition: taskDefinition(1),
        deployedAt,
      };
    }
    default:
      return deployment satisfies never;
  }
}

function failedRun(repository: string, { run }: Scenario, readAt: string) {
  const { attempt, onDefaultBranch, pullRequest } = run;
  return {
    target: {
      kind: 'run',
      host: 'github',
      ...{ installationId: null, repository, repositoryId: 0, workflowId: 0, runId: 0, runAttempt: attempt },
      ...{ headSha: NO_ID.sha, event: pullRequest === null ? 'push' : 'pull_request', pullRequest, onDefaultBranch },
      actor: null,
    },
    telemetry: {
      version: 1,
      readAt,
      facts: {
        kind: 'run',
        ...{
          attempt,
          status: 'completed',
          conclusion: 'failure',
          pullRequest: null,
          newerRun: false,
          failedJobIds: [1],
          passedJobs: 1,
        },
        ...{ startedAt: readAt, usualSeconds: [], defaultBranchConclusions: [], jobHistories: [] },
      },
    },
  } as const;
}

/** Where a scenario and what is expected of it differ, in words; empty when everything is as expected. */
export function differencesFrom(
  { class: expectedClass, decision, actions, confidence }: Expectations,
  { class: found, confidence: classConfidence }: Pick<Classification, 'class' | 'confidence'>,
  plan: ScenarioPlan,
): string[] {
  const done = plan.actions.filter((one) => one.decision === 'act' || one.decision === 'approve');
  const wrong = (actions ?? []).flatMap((id) => {
    const fitting = plan.actions.find(({ actionId }) => actionId === id);
    if (fitting === undefined) return [`action ${id}: it does not fit.`];
    if (!done.includes(fitting)) return [`action ${id}: it would not be done. ${fitting.reasons.join(' ')}`];
    return confidence !== undefined && fitting.confidence < confidence
      ? [`action ${id}: confidence ${percentText(fitting.confidence)}, expected ${percentText(confidence)} or more.`]
      : [];
  });
  const unwanted = actions?.length === 0 ? done.map(({ actionId }) => `action ${actionId}: expected none.`) : [];
  return [
    ...(expectedClass === undefined || expectedClass === found ? [] : [`class ${found}: expected ${expectedClass}.`]),
    ...(confidence === undefined || (actions ?? []).length > 0 || classConfidence >= confidence
      ? []
      : [`class ${found}: confidence ${percentText(classConfidence)}, expected ${percentText(confidence)} or more.`]),
    ...(decision === undefined || decision === plan.decision
      ? []
      : [`decision ${plan.decision}: expected ${decision}. ${plan.reasons.join(' ')}`]),
    ...wrong,
    ...unwanted,
  ];
}
