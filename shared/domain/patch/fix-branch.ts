/** By which people find, filter and never mistake what a machine proposed. */
export const FIX_LABELS = ['autofix-bot', 'needs-review'] as const;

/** What every branch of ours begins with. */
export const FIX_BRANCH_PREFIX = 'autofix-';

/** Whether a branch is named as those of fixes are: what fails on one is no failure to fix. */
export function isFixBranch(branch: string): boolean {
  return /^autofix-\d{8}-\d{6}$/.test(branch);
}

const USUAL_NAME = /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[\w./+@#-]{1,200}(?<![/.])$/;

/** Whether a pull request of ours may be for the branch: it has a usual name, and is none of ours. */
export function isBaseBranch(branch: string): boolean {
  return USUAL_NAME.test(branch) && !isFixBranch(branch);
}

/** The branch of a fix: `autofix-YYYYMMDD-HHMMSS`, in UTC. */
export function fixBranch(at: Date): string {
  const digits = at.toISOString().replace(/\D/g, '');
  return `${FIX_BRANCH_PREFIX}${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}

/** A fix that was proposed before, as the code host knows it. */
export interface EarlierFix {
  readonly fingerprint: string;
  /** Digest of its patch. */
  readonly digest: string;
  readonly state: 'open' | 'merged' | 'closed';
}

export type FixPermission = { kind: 'open' } | { kind: 'withheld'; reason: string };

/**
 * Whether a fix may be proposed: one at a time per failure, and never again the patch that somebody closed without merging it, for whatever
 * failure it was meant.
 */
export function mayProposeFix(
  wanted: { fingerprint: string; digest: string },
  earlier: readonly EarlierFix[],
): FixPermission {
  if (earlier.some(({ state, digest }) => state === 'closed' && digest === wanted.digest)) {
    return { kind: 'withheld', reason: 'The same patch was rejected before.' };
  }
  if (earlier.some(({ state, fingerprint }) => state === 'open' && fingerprint === wanted.fingerprint)) {
    return { kind: 'withheld', reason: 'A fix for the same failure is open already.' };
  }
  return { kind: 'open' };
}

const MARKER = /<!-- selfheal-fix:([0-9a-f]{8,64}):([0-9a-f]{64}) -->/;

/** By which a fix is found again and told from others; readers do not see it. */
export function fixMarker({ fingerprint, digest }: { fingerprint: string; digest: string }): string {
  return `<!-- selfheal-fix:${fingerprint}:${digest} -->`;
}

/** What the marker in a description says, or null when there is none. Only descriptions that we wrote may be asked. */
export function readFixMarker(body: string): { fingerprint: string; digest: string } | null {
  const found = MARKER.exec(body);
  return found?.[1] === undefined || found[2] === undefined ? null : { fingerprint: found[1], digest: found[2] };
}

/** The fixes among pull requests that we wrote. */
export function earlierFixes(ours: readonly { state: EarlierFix['state']; body: string }[]): EarlierFix[] {
  return ours.flatMap(({ state, body }) => {
    const marker = readFixMarker(body);
    return marker === null ? [] : [{ ...marker, state }];
  });
}
