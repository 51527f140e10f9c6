/** Labels by which people find machine proposals and tell them apart. */
export const FIX_LABELS = ['autofix-bot', 'needs-review'] as const;

/** Prefix of all our branches. */
export const FIX_BRANCH_PREFIX = 'autofix-';

/** Whether a branch has the name of a fix branch: failures on it are not to be fixed. */
export function isFixBranch(branch: string): boolean {
  return /^autofix-\d{8}-\d{6}$/.test(branch);
}

const USUAL_NAME = /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[\w./+@#-]{1,200}(?<![/.])$/;

/** Whether our pull request may target the branch: it has a usual name and is none of ours. */
export function isBaseBranch(branch: string): boolean {
  return USUAL_NAME.test(branch) && !isFixBranch(branch);
}

/** The branch of a fix: `autofix-YYYYMMDD-HHMMSS`, in UTC. */
export function fixBranch(at: Date): string {
  const digits = at.toISOString().replace(/\D/g, '');
  return `${FIX_BRANCH_PREFIX}${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}

/** A fix that was proposed before, as the code host reports it. */
export interface EarlierFix {
  readonly fingerprint: string;
  /** Digest of its patch. */
  readonly digest: string;
  readonly state: 'open' | 'merged' | 'closed';
}

/** `rejected` is about this patch only: another one may be proposed. */
export type FixPermission =
  | { kind: 'open' }
  | { kind: 'withheld'; why: 'open-already' | 'rejected' | 'given-up'; reason: string };

/** Different fixes of one failure that people closed, after which no more are proposed. */
const MAX_REJECTED = 3;

/**
 * Whether a fix may be proposed: one at a time per failure, never a patch that somebody closed without merging, whatever failure it was for, and
 * none for a failure whose fixes were always closed.
 */
export function mayProposeFix(
  wanted: { fingerprint: string; digest: string },
  earlier: readonly EarlierFix[],
): FixPermission {
  const same = earlier.filter(({ fingerprint }) => fingerprint === wanted.fingerprint);
  if (same.some(({ state }) => state === 'open'))
    return { kind: 'withheld', why: 'open-already', reason: 'A fix for the same failure is open already.' };
  const rejected = new Set(same.filter(({ state }) => state === 'closed').map(({ digest }) => digest)).size;
  if (rejected >= MAX_REJECTED && !same.some(({ state }) => state === 'merged')) {
    const reason = `${rejected} different fixes of this failure were closed without merging: a person has to look.`;
    return { kind: 'withheld', why: 'given-up', reason };
  }
  if (earlier.some(({ state, digest }) => state === 'closed' && digest === wanted.digest))
    return { kind: 'withheld', why: 'rejected', reason: 'The same patch was rejected before.' };
  return { kind: 'open' };
}

const MARKER = /<!-- selfheal-fix:([0-9a-f]{8,64}):([0-9a-f]{64}) -->/;

/** Marker by which a fix is found again; invisible to readers. */
export function fixMarker({ fingerprint, digest }: { fingerprint: string; digest: string }): string {
  return `<!-- selfheal-fix:${fingerprint}:${digest} -->`;
}

/** Parses the marker in a description; null when there is none. Only for descriptions that we wrote. */
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
