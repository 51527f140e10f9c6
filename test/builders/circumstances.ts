import { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';

/** A quiet hour of work: nothing was deployed, nothing else failed. */
export function someCircumstances(change: Partial<Circumstances> = {}): Circumstances {
  return Circumstances.parse({
    partOfWeek: 'working-hours',
    load: 'normal',
    recentDeployments: 0,
    minutesSinceDeployment: null,
    incidentsInDay: 0,
    ...change,
  });
}
