import type { CheckState } from '../domain/health/health-check.ts';
import type { WindowDigest } from '../domain/log-watch/window-digest.ts';

/** A digest with the place in the order of arrival after which reading goes on. */
export interface ArrivedDigest {
  readonly position: string;
  readonly digest: WindowDigest;
}

export interface KeptWatch {
  /** `ServiceWatch.state()`, as it was kept. */
  readonly state: unknown;
  /** Position up to which digests are in it. */
  readonly position: string | null;
  /** Changes with each write. */
  readonly revision: number;
}

export interface WatchedService {
  readonly service: string;
  /** Instant at which a line of it last arrived, to about a minute. */
  readonly lastSeen: string;
}

/** What logs were counted to, for a day, and what the watch knows of each service. */
export interface LogWatchStore {
  /** Keeps digests; the same ones again are harmless. */
  addDigests(digests: readonly WindowDigest[], receivedAt: Date): Promise<void>;
  /** Services that ever sent a line. */
  services(): Promise<WatchedService[]>;
  /** Digests in the order of their arrival, those after the position, and some before it that may have been written late. */
  digestsAfter(service: string, position: string | null): Promise<ArrivedDigest[]>;
  /** The latest digests, in the order of their arrival. */
  latestDigests(service: string, limit: number): Promise<ArrivedDigest[]>;
  watch(service: string): Promise<KeptWatch | null>;
  /** What is known of a health check by what it asks; null before the first answer. */
  checkState(target: string): Promise<CheckState | null>;
  keepCheckState(target: string, state: CheckState): Promise<void>;
  /** False when somebody else wrote since `revision`; null: there is none yet. */
  keepWatch(service: string, kept: Omit<KeptWatch, 'revision'>, revision: number | null): Promise<boolean>;
}
