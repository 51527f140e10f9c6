import { type Collection, makeCollection } from '@selfheal/fake-server/collection.ts';
import { isoNow, type WorldTime } from '@selfheal/fake-server/world-time.ts';

/** One run of an SSM document. */
export interface AutomationState {
  readonly id: string;
  readonly document: string;
  readonly parameters: Readonly<Record<string, string[]>>;
  readonly token: string;
  readonly startedAt: string;
  readonly fails: boolean;
}

interface ParameterState {
  readonly Name: string;
  readonly Value: string;
  readonly Version: number;
}

/** State of Systems Manager and of the sample Airflow. */
export interface AutomationRecords {
  readonly automations: Collection<AutomationState>;
  readonly parameters: Collection<ParameterState>;
  /** Faults that no deployment caused, by service: since when, and whether the fault was cleared. */
  readonly faults: Collection<{ readonly since: string; readonly cleared: boolean }>;
  /** Documents whose runs fail. */
  readonly failing: Set<string>;
}

/** The parameter that holds the size of the gallery's connection pool. */
const POOL: ParameterState = { Name: '/gallery/pool', Value: '20', Version: 1 };

export function openAutomationRecords(dataDir: string | undefined): AutomationRecords {
  return {
    automations: makeCollection(dataDir, 'aws/automations'),
    parameters: makeCollection(dataDir, 'aws/parameters'),
    faults: makeCollection(dataDir, 'aws/faults'),
    failing: new Set(),
  };
}

export function beginScenario(
  { faults, parameters, time }: AutomationRecords & { readonly time: WorldTime },
  service: string,
): void {
  if (service === 'gallery') parameters.put(POOL.Name, POOL);
  faults.put(service, { since: isoNow(time), cleared: false });
}

/** Whether the failed reports have run again. */
export const areReportsCleared = ({ faults }: AutomationRecords): boolean => faults.get('reports')?.cleared === true;

/** Whether a document has succeeded on the gallery's server since its scenario began. */
export function isGalleryRestarted({ faults, automations }: AutomationRecords): boolean {
  const since = Date.parse(faults.get('gallery')?.since ?? '');
  return automations.all().some(({ startedAt, fails }) => !fails && Date.parse(startedAt) >= since);
}
