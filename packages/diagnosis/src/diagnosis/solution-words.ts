import { cleanText } from '@selfheal/redaction/clean-text.ts';

/**
 * A solution is an imperative without ids, rendered from the title of an action's descriptor: `Re-run the failed jobs.`
 * What one execution did to one target is its receipt, which advises nothing.
 */
export function solutionOfAction(title: string): string {
  const plain = cleanText(title, 300).trim();
  return /[.!?]$/.test(plain) ? plain : `${plain}.`;
}

/** Receipts of the shipped actions and of playbooks, which earlier releases stored as solutions. */
const RECEIPTS: readonly RegExp[] = [
  /^Re-ran .{1,60} of run \d+ as attempt \d+/,
  /^Pointed \S+ (?:from version \S+ back )?to version \d+/,
  /^Deployed \S+ to \S+ again, replacing /,
  /^Replaced the tasks of \S+ with new ones/,
  /^Began to replace the instances of /,
  /^Changed .{1,200} from .{1,60} to .{1,60}\.$/,
  /^Switched \S+ from .{0,100} to /,
  /^Restarted the database \S+\.$/,
  /^Asked GitHub to cancel attempt \d+ of run \d+/,
  /^Opened draft pull request #\d+/,
  /^(?:Tested|Ran the tests with) (?:a|the) proposed change on /,
  /^Issue #\d+ reports /,
  /^.{1,120}: started \S+ \([\w-]{6,}\)\.$/,
  /^.{1,120}: (?:GET|POST|PUT|PATCH|DELETE) \S+\.$/,
];

/** An id of a built-in action, stored where an action left no receipt. */
const ACTION_ID = /^[a-z]+(?:-[a-z]+)+$/;

/** Whether a stored solution says what was done once instead of what to do. */
export function isReceipt(text: string): boolean {
  const plain = text.trim();
  return RECEIPTS.some((receipt) => receipt.test(plain)) || ACTION_ID.test(plain);
}

/**
 * The advice that a stored solution gives; null when it gives none. A receipt of an earlier release is replaced by the
 * title of its action, where that is known. The past tense of people is quoted as what it is.
 */
export function adviceOfSolution(solution: string, actionTitle: string | null = null): string | null {
  const plain = solution.trim();
  if (plain === '') return null;
  if (isReceipt(plain)) return actionTitle === null ? null : solutionOfAction(actionTitle);
  return PAST_TENSE.test(plain) ? `Try what helped before: "${plain.replace(/[.\s]+$/, '')}".` : plain;
}

const PAST_TENSE =
  /^(?:(?:I|We|They|It|Selfheal|Somebody) )?(?:was|were|had|did|ran|re-ran|made|took|gave|went|put back|rolled|sent|built|rebuilt|wrote|rewrote|brought|bought|[a-z-]{2,}(?<!ne|fe|spe|she|ble|bre|see|emb|exce|proce|succe)ed)\b/i;
