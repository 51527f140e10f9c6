import { present } from '@selfheal/kernel/present.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import type { Incident, IncidentStatus } from '#shared/domain/incident/incident.ts';
import { fixReason, type MergedFix, ticketNames } from '#shared/domain/incident/merged-fix.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { ControlSettings } from '#shared/ports/control-store.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { MergedPullRequest, MergeReader } from '#shared/ports/merge-reader.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type AnnounceIncidentDeps, announceOnce } from '../notify/announce.ts';
import { readStory, type StoryDeps } from '../notify/report.ts';
import { governed } from '../policy/governed.ts';
import { type WatchHealingDeps, watchHealing } from '../record/recurrence-watch.ts';

export interface WatchFixesDeps extends AnnounceIncidentDeps, Omit<StoryDeps, 'control'>, WatchHealingDeps {
  readonly incidents: AnnounceIncidentDeps['incidents'] &
    StoryDeps['incidents'] &
    WatchHealingDeps['incidents'] &
    Pick<IncidentStore, 'get' | 'update' | 'audit'> &
    AuditReader;
  readonly control: AnnounceIncidentDeps['control'] & Pick<ControlSettings, 'cursor' | 'setCursor' | 'controls'>;
  readonly lists: Pick<IncidentLists, 'list'>;
  readonly merges: MergeReader;
  readonly codeHost: NonNullable<AnnounceIncidentDeps['codeHost']> & Pick<CodeHost, 'listDefaultBranchRuns'>;
  readonly policy: PolicyReader;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

type RunIncident = Incident & { readonly target: RunTarget };

/** Ends that leave something for people to mend. */
const UNMENDED: readonly IncidentStatus[] = ['suggested', 'escalated'];
const DAY = 24 * 3600 * 1000;
/** Older incidents are not watched any more. */
const WATCHED_DAYS = 30;
const EVERY_MILLISECONDS = 14 * 60_000;
const MAX_PAGES = 3;
const PAGE = 100;
const LOOKED_AT_RUNS = 20;
const CURSOR = 'watch-fixes';

/**
 * Ends incidents that people mended: a pull request that names the incident or its ticket, or that the run was of, was merged, and the newest run of the
 * workflow on the default branch since then passed. Everybody who was told of the incident is told, so that tickets close. The failure is watched from
 * then on, like every resolved one. Looks every quarter of an hour; returns how many it ended.
 */
export async function watchFixes(given: WatchFixesDeps): Promise<number> {
  const now = given.clock.now();
  const last = Date.parse((await given.control.cursor(CURSOR)) ?? '');
  if (now.getTime() - last < EVERY_MILLISECONDS) return 0;
  const deps = await governed(given);
  await deps.control.setCursor(CURSOR, now.toISOString());
  const places = Map.groupBy(await unmended(deps, now), ({ target }) => target.repository);
  let ended = 0;
  for (const [repository, incidents] of places) ended += await watchRepository(repository, incidents, deps);
  deps.meter.count('incident-fixed', ended);
  return ended;
}

async function unmended({ lists, configuration }: WatchFixesDeps, now: Date): Promise<RunIncident[]> {
  const query = { statuses: UNMENDED, openedFrom: new Date(now.getTime() - WATCHED_DAYS * DAY) };
  const found: Incident[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const listed = await lists.list(query, {
      limit: PAGE,
      order: 'newest',
      ...present({ cursor }),
    });
    found.push(...listed.incidents);
    if (listed.next === null) break;
    cursor = listed.next;
  }
  return found.filter(isWatched).filter(({ target }) => ['suggest', 'act'].includes(modeOf(configuration, target)));
}

const isWatched = (incident: Incident): incident is RunIncident =>
  incident.target.kind === 'run' && incident.target.host === 'github' && incident.request === undefined;

/** One repository that does not answer does not stop the others; it is asked again in the next round. */
async function watchRepository(
  repository: string,
  incidents: readonly RunIncident[],
  deps: WatchFixesDeps,
): Promise<number> {
  let ended = 0;
  try {
    const oldest = Math.min(...incidents.map(({ openedAt }) => Date.parse(openedAt)));
    const merged = await deps.merges.mergedSince(repository, new Date(oldest));
    if (merged.length === 0) return 0;
    for (const incident of incidents) {
      const fix = await fixOf(incident, merged, deps);
      if (fix !== null && (await endByFix(incident, fix, deps))) ended += 1;
    }
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    deps.log.error('Merged pull requests could not be looked at.', { error: name });
  }
  return ended;
}

async function fixOf(
  incident: RunIncident,
  merged: readonly MergedPullRequest[],
  { codeHost, incidents }: WatchFixesDeps,
): Promise<MergedFix | null> {
  const { id, openedAt, target } = incident;
  const { repository, workflowId, pullRequest } = target;
  const later = merged.filter(({ mergedAt }) => Date.parse(mergedAt) > Date.parse(openedAt));
  if (later.length === 0) return null;
  const told = (await incidents.auditTrail(id)).filter(({ event }) => event === 'incident.notified');
  const words = [id, ...told.flatMap(({ facts }) => ticketNames(String(facts.where), repository))];
  const fix = later.find(({ number, names }) => number === pullRequest || words.some(names));
  if (fix === undefined) return null;
  const runs = await codeHost.listDefaultBranchRuns(repository, workflowId, LOOKED_AT_RUNS);
  const newest = runs.find(({ createdAt }) => Date.parse(createdAt) >= Date.parse(fix.mergedAt));
  if (newest?.conclusion !== 'success') return null;
  return { pullRequest: fix.number, mergedAt: fix.mergedAt, runId: newest.id };
}

/** Tells first and closes last: after a crash in between, whoever was told is not told again, and the incident is still found. */
async function endByFix(listed: RunIncident, fix: MergedFix, deps: WatchFixesDeps): Promise<boolean> {
  const { clock, incidents } = deps;
  const incident = await incidents.get(listed.id);
  if (incident === null || !UNMENDED.includes(incident.status) || incident.attempt !== listed.attempt) return false;
  const outcomeReason = redactOutgoing(fixReason(fix));
  const end = { status: 'resolved', outcomeReason } as const;
  const story = await readStory({ ...incident, ...end }, 'final', deps);
  const key = `final#fixed#${incident.attempt}`;
  await announceOnce(
    { kind: 'progress', story },
    { key, ending: 'resolved', skipSimilar: false, limited: false },
    deps,
  );
  const at = clock.now();
  await incidents.audit(incident.id, `fixed#${incident.attempt}`, {
    at: at.toISOString(),
    event: 'fix.verified',
    facts: { attempt: incident.attempt, pullRequest: fix.pullRequest, mergedAt: fix.mergedAt, run: fix.runId },
  });
  const updated = await incidents.update(incident.id, end, { ifStatus: UNMENDED, ifAttempt: incident.attempt, at });
  if (updated !== 'updated') return false;
  await watchHealing({ ...incident, ...end }, await incidents.listActions(incident.id), deps);
  return true;
}
