import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Severity } from '#shared/domain/incident/target-context.ts';
import type { JobCursor } from '#shared/domain/jobs/job-cursor.ts';
import type { EndpointCaller } from '#shared/ports/playbook-effects.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type ReportIncidentDeps, type ReportOrder, reportIncident } from '../incidents/report-incident.ts';

export interface WatchJobsDeps extends ReportIncidentDeps {
  readonly endpoints: Pick<EndpointCaller, 'read' | 'readText'>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** How jobs of one kind are watched; `W` is what is known of one system between two rounds. */
export interface JobSystem<W extends JobCursor> {
  /** Begins ids and counters: `airflow`. */
  readonly id: string;
  /** Of one server, as people name it: `Airflow`. */
  readonly title: string;
  /** The same at the beginning of a sentence: `An Airflow`. */
  readonly one: string;
  /** Who reports, in the words of the incident's page. */
  readonly reporter: string;
  /** Not seen while a server cannot be read: `failed tasks`. */
  readonly unseen: string;
  readonly sources: readonly { readonly endpoint: string; readonly service: string }[];
  /** What is known of the server with this endpoint; before its first round what a watch begins with. */
  known(endpoint: string, now: Date): Promise<W>;
  keep(endpoint: string, watch: W): Promise<void>;
  /** Reports what failed since the last round. Throws `Refused` or `Retryable` when the server cannot be read. */
  look(endpoint: string, before: W, round: RoundTime): Promise<W>;
}

/** Rounds in a row, a minute apart, after which people are told that a server cannot be read. */
const TOLD_AFTER_ROUNDS = 3;

/** One round over every server of a kind. One that cannot be read does not stop the others; people are told after three rounds. */
export async function watchJobs<W extends JobCursor>(system: JobSystem<W>, deps: WatchJobsDeps): Promise<void> {
  const names = new Set(system.sources.map(({ endpoint }) => endpoint));
  await Promise.all([...names].map(async (name) => await watchSafely(name, system, deps)));
}

async function watchSafely<W extends JobCursor>(name: string, system: JobSystem<W>, deps: WatchJobsDeps) {
  const now = deps.clock.now();
  const before = await system.known(name, now);
  try {
    const after = await system.look(name, before, beginRound(deps));
    await system.keep(name, { ...after, failed: 0, since: null });
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Retryable)) throw error;
    deps.meter.count(`${system.id}-unreadable`);
    deps.log.warn(`${system.one} could not be read; the next round tries again.`, {
      part: redactName(name, 40),
      error: error.name,
    });
    const failed = before.failed + 1;
    const since = before.since ?? now.toISOString();
    // Reported before the state is kept: a crash in between reports the same again, which opens nothing twice.
    if (failed === TOLD_AFTER_ROUNDS) await reportUnreadable(name, { since, reason: error.message }, system, deps);
    await system.keep(name, { ...before, failed, since });
  }
}

async function reportUnreadable(
  name: string,
  { since, reason }: { readonly since: string; readonly reason: string },
  system: Reporting,
  deps: WatchJobsDeps,
): Promise<void> {
  const report = {
    requestId: `${system.id}-away#${name}#${since}`,
    title: `${system.title} (${name}) cannot be read`,
    description: `${counted(TOLD_AFTER_ROUNDS, 'round')} in a row failed, the first at ${since}: ${system.unseen} are not seen meanwhile. The last: ${reason}`,
    lines: [],
    service: serviceAt(name, system),
  };
  await reportJob(report, system, deps);
}

type Reporting = Pick<JobSystem<JobCursor>, 'id' | 'title' | 'reporter' | 'unseen' | 'sources'>;

/** The service of the first entry at an endpoint. */
export const serviceAt = (name: string, { sources }: Pick<Reporting, 'sources'>): string | null =>
  sources.find(({ endpoint }) => endpoint === name)?.service ?? null;

interface JobReport extends Pick<ReportOrder, 'requestId' | 'title' | 'description' | 'lines' | 'job' | 'service'> {
  /** By default the criticality of the service. */
  readonly severity?: Severity;
}

/** Id of the incident that is opened, or null where the service's mode is off. */
export async function reportJob(
  report: JobReport,
  { id, reporter }: Pick<Reporting, 'id' | 'reporter'>,
  deps: WatchJobsDeps,
): Promise<string | null> {
  const service = deps.configuration.services.find((one) => one.id === report.service);
  const severity = report.severity ?? service?.criticality ?? 'medium';
  const outcome = await reportIncident({ ...report, severity, repository: null, simulated: false }, reporter, deps);
  deps.meter.count(outcome.kind === 'opened' ? `${id}-incident-opened` : `${id}-incident-refused`);
  return outcome.kind === 'opened' ? outcome.incident.id : null;
}

/** The log of a job, empty where it cannot be read, and why not, in words. */
export interface JobLog {
  readonly log: string;
  readonly unread: string | null;
}

/** Reads the log of a job. A failure is reported without it, too. */
export async function readJobLog(read: () => Promise<string>): Promise<JobLog> {
  try {
    return { log: await read(), unread: null };
  } catch (error) {
    if (error instanceof Refused || error instanceof Retryable)
      return { log: '', unread: `Its log could not be read: ${error.message}` };
    throw error;
  }
}

/** A round begins nothing new after this time, and asks for nothing any more after `MAX_ROUND_MS`: the function has other things to do in its minute. */
const ENOUGH_MS = 12_000;
const MAX_ROUND_MS = 25_000;

export interface RoundTime {
  /** Whether what is left is better done in the next round. */
  isOver(): boolean;
  /** Reads of this round alone; they throw `Retryable` when it has lasted too long. */
  readonly endpoints: Pick<EndpointCaller, 'read' | 'readText'>;
}

/** Begins a round that asks one server. */
function beginRound({ endpoints, clock }: Pick<WatchJobsDeps, 'endpoints' | 'clock'>): RoundTime {
  const begunAt = clock.now().getTime();
  const lasted = (): number => clock.now().getTime() - begunAt;
  const goOn = (endpoint: string): void => {
    if (lasted() > MAX_ROUND_MS)
      throw new Retryable(`${endpoint}: the server answers too slowly; the round was ended.`);
  };
  return {
    isOver: () => lasted() > ENOUGH_MS,
    endpoints: {
      read: async (endpoint, timeoutSeconds, options) => {
        goOn(endpoint);
        return await endpoints.read(endpoint, timeoutSeconds, options);
      },
      readText: async (endpoint, timeoutSeconds, options) => {
        goOn(endpoint);
        return await endpoints.readText(endpoint, timeoutSeconds, options);
      },
    },
  };
}
