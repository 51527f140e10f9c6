import type { KnownHere } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';

/** How often a pattern's solution helped. Only what Selfheal measured is called verified; the rest is the word of people. */
export function outcomesWords({ cases, helped, verified }: Pick<KnownHere, 'cases' | 'helped' | 'verified'>): string {
  if (cases === 0) return 'no outcome is known yet';
  const often = `${helped} of ${cases} ${cases === 1 ? 'time' : 'times'}`;
  if (helped === 0) return `helped ${often}`;
  return verified === 0
    ? `reported as helpful ${often}, not verified`
    : `helped ${often}, ${verified === 1 ? 'once' : verified === 2 ? 'twice' : `${verified} times`} verified`;
}

/** The same from a proportion of all outcomes, which may be none. */
export function helpedWords(
  helped: { readonly hits: number; readonly cases: number } | null,
  verified: number,
): string {
  return outcomesWords({ cases: helped?.cases ?? 0, helped: helped?.hits ?? 0, verified });
}
