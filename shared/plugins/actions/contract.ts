import type * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { Telemetry } from '#shared/domain/logs/telemetry.ts';
import type { ActionFamily, ActionRecord, Receipt, Risk } from '#shared/domain/plan/bound-action.ts';
import type { ActionImpact } from '#shared/domain/plan/impact.ts';
import type { RepositorySwitch } from '#shared/domain/policy/fix-settings.ts';
import type { CauseProof } from '#shared/domain/quality/judgement.ts';
import type {
  AlarmReader,
  AutoScalingWriter,
  DatabaseWriter,
  DeploymentReader,
  EcsServiceWriter,
  LambdaAliasWriter,
  LambdaFunctionWriter,
  ResourceReader,
} from '#shared/ports/cloud.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { CodeInspector } from '#shared/ports/code-inspector.ts';
import type { CodeReader } from '#shared/ports/code-reader.ts';
import type { CodeWriter } from '#shared/ports/code-writer.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { AutomationRunner, EndpointCaller, ParameterStore } from '#shared/ports/playbook-effects.ts';
import type { Proposals } from '#shared/ports/proposals.ts';
import type { StatsStore, TestStore } from '#shared/ports/test-store.ts';
import type { Clock } from '#shared/ports/time.ts';
import type { Grant } from '../grant.ts';

export type { Grant } from '../grant.ts';

/** Trusted facts from which an action may be proposed. Pure data: the same context always gives the same proposals. */
export interface ProposalContext {
  readonly target: TargetContext;
  readonly telemetry: Telemetry;
  readonly classification: Classification;
  readonly service: Service | null;
  readonly configuration: Configuration;
  readonly now: Date;
  /** Actions executed for the incident before, oldest first. */
  readonly past?: readonly Pick<ActionRecord, 'actionId' | 'state' | 'receipt' | 'verified'>[];
  /** What preparations read for actions before they are proposed. */
  readonly prepared?: ReadonlyMap<Preparation, unknown>;
}

/** What is known about an incident when actions are prepared. */
export interface PreparationInputs {
  readonly incident: Incident;
  readonly classification: Classification;
  /** Null before the diagnosis: what it may suggest is not prepared then. */
  readonly diagnosis: Diagnosis | null;
  readonly telemetry: Telemetry;
  readonly records: readonly Pick<ActionRecord, 'actionId'>[];
}

/** What a preparation may read, and where it stores what an action will be bound to by digest. */
export interface PreparationPorts {
  readonly codeHost: Pick<CodeHost, 'getRun' | 'defaultBranch' | 'listDefaultBranchRuns'>;
  readonly code: Pick<CodeWriter, 'branchHead' | 'readTree' | 'readText'>;
  readonly codeReader: Pick<CodeReader, 'commitsOf'>;
  readonly proposals: Pick<Proposals, 'pullRequests' | 'issues' | 'mergedAs'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'putFix' | 'putQuarantine'>;
  readonly inspector: CodeInspector;
  readonly tests: Pick<TestStore, 'testRecords'>;
  readonly stats: Pick<StatsStore, 'recentRuns'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

export interface Prepared<T> {
  /** The result, which `propose` finds by `preparedBy`; null when there is nothing to propose. */
  readonly value: T | null;
  /** Why something was not prepared, worded by code: for whoever takes over. */
  readonly reasons?: readonly string[];
  readonly notes?: PreparationNotes;
}

/** What a plan's record keeps of its preparation, worded by code. */
export interface PreparationNotes {
  /** Why a change was not tested before a person is asked, although that is configured. */
  readonly untried?: string;
  /** That only quarantined tests failed. */
  readonly onlyQuarantined?: string;
}

/**
 * Reads needed before an action can be proposed, because `propose` itself reads nothing. Several actions may share one.
 * Runs while at least one of them is switched on. A refused read is a reason; a transient failure is thrown.
 */
export interface Preparation<T = unknown> {
  prepare(inputs: PreparationInputs, ports: PreparationPorts): Promise<Prepared<T>>;
}

/** Result of a preparation for this context; null when it found nothing or was not run. */
export function preparedBy<T>(preparation: Preparation<T>, { prepared }: ProposalContext): T | null {
  return (prepared?.get(preparation) as T | undefined) ?? null;
}

export interface Proposal<P> {
  readonly parameters: P;
  /** 0 to 1: confidence of code that this action helps here. */
  readonly confidence: number;
  /** Why it fits, worded by code. */
  readonly reason: string;
}

/** Ports of an action while it runs; each function gets only those its role allows. */
export interface ActionPorts {
  readonly codeHost: CodeHost;
  readonly code: CodeWriter;
  readonly proposals: Proposals;
  readonly fixes: Pick<EvidenceStore, 'getFix'>;
  readonly quarantines: Pick<EvidenceStore, 'getQuarantine'>;
  readonly alarms: AlarmReader;
  readonly deployments: DeploymentReader;
  readonly resources: ResourceReader;
  readonly lambdaAliases: LambdaAliasWriter;
  readonly lambdaFunctions: LambdaFunctionWriter;
  readonly ecsServices: EcsServiceWriter;
  readonly autoScaling: AutoScalingWriter;
  readonly databases: DatabaseWriter;
  readonly endpoints: EndpointCaller;
  readonly automations: AutomationRunner;
  readonly parameters: ParameterStore;
  readonly clock: Clock;
}

export interface ActionGrants {
  /** For the family's act function. */
  readonly execute: readonly Grant[];
  /** For the guard, act and verify functions: reading the state of the target. */
  readonly observe: readonly Grant[];
  readonly undo: readonly Grant[];
}

/**
 * No grant on AWS. GitHub actions need permissions of the token, which is a resource of the function and no IAM
 * statement.
 */
export const NO_GRANTS: ActionGrants = { execute: [], observe: [], undo: [] };

export type Observation =
  /** The effect is certainly absent: executing is safe. */
  | { kind: 'not-started' }
  | { kind: 'happened'; receipt: Receipt }
  /** The target changed in another way since planning: executing would be wrong. */
  | { kind: 'superseded'; reason: string }
  | { kind: 'unknown'; reason: string };

export interface Verification {
  /** `advanced`: it did what it is for, which alone does not heal; the next step is planned again. */
  readonly state: 'recovered' | 'advanced' | 'pending' | 'failed';
  readonly summary: string;
  /** True when a failed one says nothing about the failure: the target was not seen to fail again. */
  readonly inconclusive?: boolean;
  /** What was found, for the receipt and the audit trail. */
  readonly facts?: Receipt['facts'];
}

export interface VerificationSchedule {
  readonly intervalSeconds: number;
  readonly maxPolls: number;
}

/**
 * Effect of a second request while the effect of a first one, whose answer was lost, is not visible yet. `harmless`:
 * none, because it changes nothing or the other side refuses it. `harmful`: the same effect again; so it is sent again
 * only once the first must be visible.
 */
export type Repeat =
  | { readonly kind: 'harmless'; readonly because: string }
  | { readonly kind: 'harmful'; readonly showsWithinSeconds: number };

/** One remediation: everything about it in one folder, plus one line in `registry.ts`. */
export interface ActionPlugin<P = unknown> {
  readonly id: string;
  readonly title: string;
  readonly family: ActionFamily;
  readonly risk: Risk;
  readonly impact: ActionImpact;
  /**
   * Whether the people behind a run may approve it themselves: it repeats or reverts what people made, and writes
   * nothing new.
   */
  readonly selfApproval?: boolean;
  /** What its verified result says about the failure itself. Absent: nothing. */
  readonly provesCause?: CauseProof;
  /** What is left to do once it has helped; null when nothing is. Absent: the cause still has to be found. */
  readonly afterwards?: string | null;
  /**
   * The switch of an action that writes into a repository: where it is off, the action is neither prepared nor proposed
   * nor allowed.
   */
  readonly switch?: RepositorySwitch;
  /** It heals nothing: where it may not be done right away, healing does not wait for it. */
  readonly yields?: boolean;
  readonly repeat: Repeat;
  readonly parameters: z.ZodType<P>;
  /** A valid parameter set: used by the contract suite and the docs. */
  readonly sample: P;
  /** What owners may list of it for a service; such an action is never proposed where it is not listed. */
  readonly remedy?: RoomMaker;
  /** Reads needed before it can be proposed. */
  readonly prepare?: Preparation;
  /** Pure. Empty when the action does not fit. */
  propose(context: ProposalContext): readonly Proposal<P>[];
  /** What will happen to what. */
  describe(parameters: P): string;
  /** For approvers: how it is undone when it does not help, or why it cannot or need not be. */
  describeUndo(parameters: P): string;
  /** Why a person must approve it whatever policy and confidence say; otherwise null. */
  approvalReason?(parameters: P): string | null;
  /** Key of what is changed: `github:acme/shop/run/1`, `lambda:checkout/live`. */
  targetKey(parameters: P): string;
  grants(configuration: Configuration): ActionGrants;
  schedule(configuration: Configuration): VerificationSchedule;
  /** Reads back whether the effect exists. Called before every execution and whenever the outcome is uncertain. */
  observe(parameters: P, ports: ActionPorts): Promise<Observation>;
  /**
   * Performs the effect once. Throws `Retryable` or `Refused` only when it certainly did not happen; anything else
   * means unknown.
   */
  execute(parameters: P, ports: ActionPorts): Promise<Receipt>;
  verify(
    parameters: P,
    receipt: Receipt,
    context: { ports: ActionPorts; target: TargetContext; configuration: Configuration; poll: number },
  ): Promise<Verification>;
  /** Restores the previous state and says what was done. Absent when there is nothing to restore. */
  undo?(parameters: P, receipt: Receipt, ports: ActionPorts): Promise<string>;
}

/** Checks an action's shape at compile time and erases its parameter type for the registry. */
export function defineAction<P>(plugin: ActionPlugin<P>): ActionPlugin<P> {
  return plugin;
}
