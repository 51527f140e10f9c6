import type { Circumstances } from '../policy/circumstances/circumstances.ts';

/** One thing about circumstances that may change what an action does, as one of a few values; null: not known. */
export type Aspect = (circumstances: Circumstances) => string | null;

/** Incidents of a place within a day from which on something else may be going on than by itself. */
const MANY_INCIDENTS = 4;

/** Time of the week, load, whether something was deployed within a day, and how often it has failed within a day. */
export const ASPECTS: readonly Aspect[] = [
  ({ partOfWeek }) => partOfWeek,
  ({ load }) => (load === 'unknown' ? null : load),
  ({ recentDeployments }) => {
    if (recentDeployments === null) return null;
    return recentDeployments > 0 ? 'deployed' : 'untouched';
  },
  ({ incidentsInDay }) => {
    if (incidentsInDay === 0) return 'first';
    return incidentsInDay < MANY_INCIDENTS ? 'some' : 'many';
  },
];
