import type { ActionOutcome } from './action-experience.ts';

type Known = Pick<ActionOutcome, 'actionId' | 'scope' | 'verified' | 'at' | 'incidentId'>;

/**
 * What came of an action the last times it was done against this class of failure in this place, in one sentence for whoever decides
 * about it. Outcomes of other places are left out: they are nobody else's business.
 */
export function lastTimesWords(
  outcomes: readonly Known[],
  { actionId, scope }: { readonly actionId: string; readonly scope: string | null },
): string {
  const own = outcomes
    .filter((outcome) => outcome.actionId === actionId && outcome.scope === scope)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  const [newest] = own;
  if (newest === undefined) return 'It was not done here against this kind of failure before.';
  const helped = own.filter(({ verified }) => verified === 'recovered').length;
  const ended = newest.verified === 'recovered' ? 'it helped' : 'it did not help';
  const last = `incident ${newest.incidentId} on ${newest.at.slice(0, 10)}: ${ended}`;
  if (own.length === 1) return `It was done here once before against this kind of failure, in ${last}.`;
  return `It helped in ${helped} of the ${own.length} times it was done here against this kind of failure, the last time in ${last}.`;
}
