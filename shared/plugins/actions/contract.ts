import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Grant } from '@selfheal/kernel/plugin.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { CodeInspector } from '@selfheal/patch-guard/code-inspector.ts';
import type * as z from 'zod';
import type { CauseProof } from '#shared/domain/answers/judgement.ts';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import type { RequestedAction } from '#shared/domain/incident/action-request.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { ActionFamily, ActionRecord, Receipt, Risk } from '#shared/domain/plan/bound-action.ts';
import type { ActionImpact } from '#shared/domain/plan/candidates.ts';
import type { RepositorySwitch } from '#shared/domain/policy/fix-settings.ts';
import type { BuildReader, BuildRetrier } from '#shared/ports/builds.ts';
import type {
  AutoScalingWriter,
  DatabaseSizer,
  DatabaseWriter,
  DeploymentReader,
  EcsServiceWriter,
  LambdaAliasWriter,
  LambdaFunctionWriter,
  PlannedAlarmReader,
  ResourceReader,
} from '#shared/ports/cloud.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { CodeReader } from '#shared/ports/code-reader.ts';
import type { CodeWriter } from '#shared/ports/code-writer.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { AutomationRunner, EndpointCaller, ParameterStore } from '#shared/ports/playbook-effects.ts';
import type { Proposals } from '#shared/ports/proposals.ts';
import type { StatsStore, TestStore } from '#shared/ports/test-store.ts';
import type { HostCapability } from '../hosts/contract.ts';

export type { Grant } from '@selfheal/kernel/plugin.ts';

/** Trusted facts from which actions are proposed. Pure data: the same context always gives the same proposals. */
export interface ProposalContext {
  readonly target: TargetContext;
  readonly telemetry: Telemetry;
  readonly classification: Classification;
  readonly service: Service | null;
  readonly configuration: Configuration;
  readonly now: Date;
  /** Actions executed for this incident earlier, oldest first. */
  readonly past?: readonly Pick<ActionRecord, 'actionId' | 'state' | 'receipt' | 'verified'>[];
  /** What somebody asked for, if the incident exists for that. */
  readonly requested?: RequestedAction | null;
  /** Ids of the actions that persons wrote down for such failures: their class is no reason against them. Each is only proposed for approval. */
  readonly advised?: readonly string[];
  /** Results of the preparations that ran before the proposals. */
  readonly prepared?: ReadonlyMap<Preparation, unknown>;
}

/** What is known about an incident when actions are prepared. */
export interface PreparationInputs {
  readonly incident: Incident;
  readonly classification: Classification;
  /** Null before the diagnosis; then its suggestions are not prepared. */
  readonly diagnosis: Diagnosis | null;
  readonly telemetry: Telemetry;
  readonly records: readonly Pick<ActionRecord, 'actionId'>[];
}

/** What a preparation may read, and where it stores what an action is bound to by digest. */
export interface PreparationPorts {
  readonly codeHost: Pick<CodeHost, 'getRun' | 'defaultBranch' | 'listDefaultBranchRuns'>;
  readonly code: Pick<CodeWriter, 'branchHead' | 'readTree' | 'readText'>;
  readonly codeReader: Pick<CodeReader, 'commitsOf'>;
  readonly proposals: Pick<Proposals, 'pullRequests' | 'issues' | 'mergedAs'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'putFix' | 'putQuarantine'>;
  readonly inspector: CodeInspector;
  readonly tests: Pick<TestStore, 'testRecords' | 'quarantines'>;
  readonly stats: Pick<StatsStore, 'recentRuns'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

export interface PreparedInput<T> {
  /** The result, which `propose` gets with `preparedBy`; null when there is nothing to propose. */
  readonly value: T | null;
  /** Why something was not prepared, worded by code, for the person who takes over. */
  readonly reasons?: readonly string[];
  readonly notes?: PreparationNotes;
}

/** Notes of a preparation for the plan's record, worded by code. */
export interface PreparationNotes {
  /** Why a change was not tested before a person is asked, although a sandbox is configured. */
  readonly untried?: string;
  /** That only quarantined tests failed. */
  readonly onlyQuarantined?: string;
}

/**
 * Reads what is needed before an action can be proposed, because `propose` itself reads nothing. Several actions may share one. It runs if at
 * least one of them is switched on. A refused read becomes a reason; a transient failure is thrown.
 */
export interface Preparation<T = unknown> {
  prepare(inputs: PreparationInputs, ports: PreparationPorts): Promise<PreparedInput<T>>;
}

/** Result of a preparation for this context; null when it found nothing or did not run. */
export function preparedBy<T>(preparation: Preparation<T>, { prepared }: ProposalContext): T | null {
  return (prepared?.get(preparation) as T | undefined) ?? null;
}

/** Whether persons wrote down that this action helps with such failures. */
export const isAdvised = (actionId: string, { advised = [] }: ProposalContext): boolean => advised.includes(actionId);

interface Proposal<P> {
  readonly parameters: P;
  /** 0 to 1: confidence that this action helps here, set by code. */
  readonly confidence: number;
  /** Why the action fits, worded by code. */
  readonly reason: string;
}

/** Ports of an action; each function gets only those that its role allows. */
export interface ActionPorts {
  readonly codeHost: CodeHost;
  readonly code: CodeWriter;
  readonly proposals: Proposals;
  readonly fixes: Pick<EvidenceStore, 'getFix'>;
  readonly quarantines: Pick<EvidenceStore, 'getQuarantine'>;
  readonly alarms: PlannedAlarmReader;
  readonly deployments: DeploymentReader;
  readonly resources: ResourceReader;
  readonly lambdaAliases: LambdaAliasWriter;
  readonly lambdaFunctions: LambdaFunctionWriter;
  readonly ecsServices: EcsServiceWriter;
  readonly autoScaling: AutoScalingWriter;
  readonly databases: DatabaseWriter;
  readonly databaseSizes: DatabaseSizer;
  readonly endpoints: EndpointCaller;
  readonly automations: AutomationRunner;
  readonly parameters: ParameterStore;
  readonly builds: BuildReader;
  readonly buildRetries: BuildRetrier;
  readonly clock: Clock;
}

export interface ActionGrants {
  /** For the family's act function. */
  readonly execute: readonly Grant[];
  /** For the guard, act and verify functions, which read the state of the target. */
  readonly observe: readonly Grant[];
  readonly undo: readonly Grant[];
  /**
   * For functions of the deployment that take fewer parameters than an AWS call which IAM cannot narrow, by their names: only their roles have the
   * right to that call, and whoever executes or undoes may invoke them.
   */
  readonly delegated?: Readonly<Record<string, readonly Grant[]>>;
}

/**
 * No AWS grant. GitHub actions need permissions of the token, which is not an IAM permission.
 */
export const NO_GRANTS: ActionGrants = { execute: [], observe: [], undo: [] };

export type Observation =
  /** The effect is certainly absent, so executing is safe. */
  | { kind: 'not-started' }
  | { kind: 'happened'; receipt: Receipt }
  /** The target changed in another way since planning: executing would be wrong. */
  | { kind: 'superseded'; reason: string }
  | { kind: 'unknown'; reason: string };

export interface Verification {
  /** `advanced`: it did its part, which alone does not heal; the next step is planned again. */
  readonly state: 'recovered' | 'advanced' | 'pending' | 'failed';
  readonly summary: string;
  /** True when a failed verification says nothing about the failure, because the target was not seen to fail again. */
  readonly inconclusive?: boolean;
  /** What was found, for the receipt and the audit trail. */
  readonly facts?: Receipt['facts'];
}

export interface VerificationSchedule {
  readonly intervalSeconds: number;
  readonly maxPolls: number;
}

/**
 * What a second request would do while the effect of the first, whose answer was lost, is not visible yet. `harmless`: nothing, because it
 * changes nothing or the other side refuses it. `harmful`: the same effect again, so it is only sent after the first must have become visible.
 */
export type Repeat =
  | { readonly kind: 'harmless'; readonly because: string }
  | { readonly kind: 'harmful'; readonly showsWithinSeconds: number };

/** One action: everything about it is in one folder, plus one line in `registry.ts`. */
export interface ActionPlugin<P = unknown> {
  readonly id: string;
  readonly title: string;
  readonly family: ActionFamily;
  readonly risk: Risk;
  readonly impact: ActionImpact;
  /**
   * Whether the people behind a run may approve it themselves, because it only repeats or reverts what people made.
   */
  readonly selfApproval?: boolean;
  /** What a verified result proves about the failure. Absent: nothing. */
  readonly provesCause?: CauseProof;
  /** What people should do after it helped; null: nothing. Absent: find the cause. */
  readonly afterwards?: string | null;
  /**
   * The switch of an action that writes to a repository. Where it is off, the action is not prepared, proposed or allowed.
   */
  readonly switch?: RepositorySwitch;
  /** It is for failed jobs and builds (Airflow, Jenkins, CodeBuild), not for alarms. */
  readonly forJobs?: true;
  /** It does not heal, so if it may not be executed at once, healing does not wait for it. */
  readonly yields?: boolean;
  readonly repeat: Repeat;
  readonly parameters: z.ZodType<P>;
  /** A valid set of parameters for the contract suite and the docs. */
  readonly sample: P;
  /** What owners may list of it for a service. Such an action is only proposed where it is listed. */
  readonly remedy?: RoomMaker;
  /** What it needs of the run's code host. Absent: of family `github` everything, so that it is left to hosts that can do all. */
  readonly needs?: readonly HostCapability[];
  /** Reads that it needs before it can be proposed. */
  readonly prepare?: Preparation;
  /** Pure. Empty when the action does not fit. */
  propose(context: ProposalContext): readonly Proposal<P>[];
  /** What it will do, to which target. */
  describe(parameters: P): string;
  /** For approvers: how it is undone if it does not help, or why that is impossible or unnecessary. */
  describeUndo(parameters: P): string;
  /** Why a person must always approve it, whatever policy and confidence say; otherwise null. */
  approvalReason?(parameters: P): string | null;
  /** Key of its target: `github:acme/shop/run/1`, `lambda:checkout/live`. */
  targetKey(parameters: P): string;
  grants(configuration: Configuration): ActionGrants;
  schedule(configuration: Configuration): VerificationSchedule;
  /** Reads whether the effect exists. Called before every execution, and whenever the outcome is uncertain. */
  observe(parameters: P, ports: ActionPorts): Promise<Observation>;
  /**
   * Performs the effect once. Throws `Retryable` or `Refused` only when it certainly did not happen; any other error means that the outcome is
   * unknown.
   */
  execute(parameters: P, ports: ActionPorts): Promise<Receipt>;
  verify(
    parameters: P,
    receipt: Receipt,
    context: { ports: ActionPorts; target: TargetContext; configuration: Configuration; poll: number },
  ): Promise<Verification>;
  /** Restores the previous state and returns a sentence about it. Absent when there is nothing to restore. */
  undo?(parameters: P, receipt: Receipt, ports: ActionPorts): Promise<string>;
}

/** Checks an action's type at compile time and erases its parameter type for the registry. */
export function defineAction<P>(plugin: ActionPlugin<P>): ActionPlugin<P> {
  return plugin;
}
