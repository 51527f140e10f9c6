import { type Collection, makeCollection } from '../server/collection.ts';
import { isoNow, type WorldTime } from '../world-time.ts';

/** One run of an SSM document. */
export interface AutomationState {
  readonly id: string;
  readonly document: string;
  readonly parameters: Readonly<Record<string, string[]>>;
  readonly token: string;
  readonly startedAt: string;
  readonly fails: boolean;
}

export interface ParameterState {
  readonly Name: string;
  readonly Value: string;
  readonly Version: number;
}

/** What Systems Manager and the company's Airflow know. */
export interface AutomationRooms {
  readonly automations: Collection<AutomationState>;
  readonly parameters: Collection<ParameterState>;
  /** By service: since when something is wrong that no deployment brought, and whether it was cleared. */
  readonly trouble: Collection<{ readonly since: string; readonly cleared: boolean }>;
  /** Documents whose runs fail. */
  readonly failing: Set<string>;
}

/** From which the gallery takes the size of its connection pool. */
const POOL: ParameterState = { Name: '/gallery/pool', Value: '20', Version: 1 };

export function openAutomationRooms(dataDir: string | undefined): AutomationRooms {
  return {
    automations: makeCollection(dataDir, 'aws/automations'),
    parameters: makeCollection(dataDir, 'aws/parameters'),
    trouble: makeCollection(dataDir, 'aws/trouble'),
    failing: new Set(),
  };
}

export function beginTrouble(
  { trouble, parameters, time }: AutomationRooms & { readonly time: WorldTime },
  service: string,
): void {
  if (service === 'gallery') parameters.put(POOL.Name, POOL);
  trouble.put(service, { since: isoNow(time), cleared: false });
}

/** Whether the failed reports ran again. */
export const areReportsCleared = ({ trouble }: AutomationRooms): boolean => trouble.get('reports')?.cleared === true;

/** Whether a document ended well on the gallery's server since its trouble began. */
export function isGalleryRestarted({ trouble, automations }: AutomationRooms): boolean {
  const since = Date.parse(trouble.get('gallery')?.since ?? '');
  return automations.all().some(({ startedAt, fails }) => !fails && Date.parse(startedAt) >= since);
}
