import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { TargetLink } from '#shared/domain/incident/target-links.ts';
import type { AccountLookUp, CodeHost, People, RepositoryDirectory } from '#shared/ports/code-host.ts';
import type { CodeReader } from '#shared/ports/code-reader.ts';
import type { HostApi } from '#shared/ports/host-api.ts';
import type { WebhookSource } from '../sources/contract.ts';

/** What a code host may be unable to do, in words that follow "cannot". Reading runs, jobs and logs is what makes a host. */
export const CAPABILITIES = {
  'rerun-failed-jobs': 'run the failed jobs of a run again',
  'rerun-run': 'run all jobs of a run again, only those that failed',
  'cancel-run': 'cancel a run',
  comments: 'take comments',
  'comment-commands': 'take commands in comments',
  'dispatch-workflow': 'start a workflow with inputs',
  proposals: 'take branches, pull requests and issues that Selfheal writes',
} as const;
export type HostCapability = keyof typeof CAPABILITIES;

/** What a host is used through. A method that it lacks refuses; what actions need of it is in its capabilities. */
export interface ConnectedHost {
  readonly codeHost: Partial<CodeHost>;
  readonly directory: RepositoryDirectory;
  readonly codeReader?: Partial<CodeReader>;
  readonly people?: People;
  readonly accountOf?: AccountLookUp;
}

/** A code host: everything about it is in one folder, plus one line in `registry.ts`. */
export interface HostPlugin {
  /** Section of `hosts` in `selfheal.json`, prefix of its repositories' names, and path of its webhooks. */
  readonly id: string;
  /** As its makers write it. */
  readonly title: string;
  /** What it calls a change that is proposed for a branch, and what it writes before its number: `merge request !4`. */
  readonly changeRequest: { readonly name: string; readonly sign: string };
  readonly capabilities: ReadonlySet<HostCapability>;
  /** Loads what reads its webhooks, when one of them arrives; null where the source is a plug-in of its own. */
  readonly source: (() => Promise<WebhookSource>) | null;
  /** Whether its webhooks leave out the attempt and the pull request of a run, which are then asked for. */
  readonly completes: boolean;
  /** Pages of a run, made of authenticated fields only. `apiUrl`: as the configuration has it. */
  links(run: RunTarget, apiUrl: string): readonly TargetLink[];
  /** Loads its client when a run of this host needs it. Null for GitHub, whose client is an adapter of its own. */
  readonly connect: ((api: HostApi) => Promise<ConnectedHost>) | null;
}

export const defineHost = (plugin: HostPlugin): HostPlugin => plugin;
