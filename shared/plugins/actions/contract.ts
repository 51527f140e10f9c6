import type * as z from 'zod';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { Telemetry } from '#shared/domain/logs/telemetry.ts';
import type { ActionFamily, ActionRecord, Receipt, Risk } from '#shared/domain/plan/bound-action.ts';
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
import type { CodeWriter } from '#shared/ports/code-writer.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { AutomationRunner, EndpointCaller, ParameterStore } from '#shared/ports/playbook-effects.ts';
import type { Proposals } from '#shared/ports/proposals.ts';
import type { Clock } from '#shared/ports/time.ts';

/** Trusted facts an action may be proposed from. Pure data: the same context always gives the same proposals. */
export interface ProposalContext {
  readonly target: TargetContext;
  readonly telemetry: Telemetry;
  readonly classification: Classification;
  readonly service: Service | null;
  readonly configuration: Configuration;
  readonly now: Date;
  /** What was done for the incident before, oldest first. */
  readonly past?: readonly Pick<ActionRecord, 'actionId' | 'state' | 'receipt' | 'verified'>[];
  /** What may be tried, where fixes are switched on. */
  readonly fix?: PreparedFix | null;
  /** The pull request that may have broken the default branch, where reverts are switched on. */
  readonly revert?: PreparedRevert | null;
  /** The flaky test that may get an issue, or whose issue is over, where issues are switched on. */
  readonly quarantine?: PreparedQuarantine | null;
}

/** What is to be written about a flaky test. `until`: the last day of its quarantine. */
export type PreparedQuarantine =
  | {
      readonly step: 'open';
      readonly incidentId: string;
      readonly digest: string;
      readonly testKey: string;
      readonly until: string;
    }
  | { readonly step: 'expire'; readonly issue: number; readonly testKey: string; readonly until: string };

/** A pull request that was merged as the newest commit of the default branch. */
export interface PreparedRevert {
  readonly pullRequest: number;
  readonly beforeSha: string;
}

/** A patch that passed the policy and is kept by its digest. */
export interface PreparedFix {
  readonly incidentId: string;
  readonly repository: string;
  readonly digest: string;
  readonly fingerprint: string;
  /** How often its code does what its files did not do before. */
  readonly newUses: number;
  /** Where it may be tried before a person is asked; null where that is not set up or not possible. */
  readonly sandbox?: PreparedSandbox | null;
}

/** The workflow of the default branch that may try unapproved code, as it was when it was judged. */
export interface PreparedSandbox {
  /** Name of the file in `.github/workflows`. */
  readonly workflow: string;
  /** Its Git object. */
  readonly blob: string;
}

export interface Proposal<P> {
  readonly parameters: P;
  /** 0 to 1: how sure code is that this action helps here. */
  readonly confidence: number;
  /** Why it fits, in plain words made by code. */
  readonly reason: string;
}

/** What an action may touch while it runs; each function is given only what its role allows. */
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

/** An IAM statement as data; `resources` are ARN patterns with `${Partition}`, `${Region}` and `${Account}` left to infra. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ActionGrants {
  /** For the family's act function. */
  readonly execute: readonly Grant[];
  /** For the guard, act and verify functions: reading the state of the target. */
  readonly observe: readonly Grant[];
  readonly undo: readonly Grant[];
}

/** No right on AWS. What an action of GitHub may do is a right of the token, which is a resource of the function and no IAM statement. */
export const NO_GRANTS: ActionGrants = { execute: [], observe: [], undo: [] };

export type Observation =
  /** The effect is certainly not there: executing is safe. */
  | { kind: 'not-started' }
  | { kind: 'happened'; receipt: Receipt }
  /** The target changed in another way since planning: executing would be wrong. */
  | { kind: 'superseded'; reason: string }
  | { kind: 'unknown'; reason: string };

export interface Verification {
  /** `advanced`: it did what it is for, which alone does not heal; what comes next is planned anew. */
  readonly state: 'recovered' | 'advanced' | 'pending' | 'failed';
  readonly summary: string;
  /** True when a failed one shows nothing of the failure itself: the target was not seen to fail again. */
  readonly inconclusive?: boolean;
  /** What was found, for the receipt and the incident's audit trail. */
  readonly facts?: Receipt['facts'];
}

export interface VerificationSchedule {
  readonly intervalSeconds: number;
  readonly maxPolls: number;
}

/**
 * What a second request would do while the effect of a first one, whose answer was lost, does not show yet. `harmless`: nothing, because it
 * changes nothing or the other side refuses it. `harmful`: the same effect again; so it is sent again only once the first must have shown.
 */
export type Repeat =
  | { readonly kind: 'harmless'; readonly because: string }
  | { readonly kind: 'harmful'; readonly showsWithinSeconds: number };

/** One remediation: everything about it in one file, plus one line in `registry.ts`. */
export interface ActionPlugin<P = unknown> {
  readonly id: string;
  readonly title: string;
  readonly family: ActionFamily;
  readonly risk: Risk;
  readonly repeat: Repeat;
  readonly parameters: z.ZodType<P>;
  /** A valid parameter set: used by the contract suite and the docs. */
  readonly sample: P;
  /** Pure. Empty when the action does not fit. */
  propose(context: ProposalContext): readonly Proposal<P>[];
  /** In plain words: what will happen to what. */
  describe(parameters: P): string;
  /** For whoever decides, in plain words: how it is taken back when it does not help, or why it cannot or need not be. */
  describeUndo(parameters: P): string;
  /** Why a person must approve it whatever policy and confidence say; null when nothing of the kind does. */
  approvalReason?(parameters: P): string | null;
  /** The changed thing: `github:acme/shop/run/1`, `lambda:checkout/live`. */
  targetKey(parameters: P): string;
  grants(configuration: Configuration): ActionGrants;
  schedule(configuration: Configuration): VerificationSchedule;
  /** Reads back whether the effect is there. Called before every execution and after every doubt. */
  observe(parameters: P, ports: ActionPorts): Promise<Observation>;
  /** Performs the effect once. Throws `Retryable` or `Refused` only when it certainly did not happen; anything else means unknown. */
  execute(parameters: P, ports: ActionPorts): Promise<Receipt>;
  verify(
    parameters: P,
    receipt: Receipt,
    context: { ports: ActionPorts; target: TargetContext; configuration: Configuration; poll: number },
  ): Promise<Verification>;
  /** Restores what was before and says what was done, in plain words. Absent when there is nothing to restore. */
  undo?(parameters: P, receipt: Receipt, ports: ActionPorts): Promise<string>;
}

/** Checks an action's shape at compile time and erases its parameter type for the registry. */
export function defineAction<P>(plugin: ActionPlugin<P>): ActionPlugin<P> {
  return plugin;
}
