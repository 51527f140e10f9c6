import { unlessRefused } from '@selfheal/kernel/errors.ts';
import type { ChangeBefore, EvidenceSource } from '@selfheal/log-reading/logs/evidence.ts';
import {
  commitId,
  joinChanges,
  placeOfJob,
  placeOfRepository,
  placeOfResource,
} from '#shared/domain/changes/change.ts';
import {
  CHANGE_DAYS,
  type FailedThing,
  pathsIn,
  type RankedChange,
  rankChanges,
} from '#shared/domain/changes/rank-changes.ts';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import { deployedResource, serviceOf } from '#shared/domain/configuration/scope.ts';
import { isForeign } from '#shared/domain/incident/home.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isAlarmOrAlert } from '#shared/domain/incident/target-context.ts';
import type { ChangeStore } from '#shared/ports/change-store.ts';

export interface ChangesBeforeDeps {
  readonly changes: Pick<ChangeStore, 'at' | 'link'>;
  readonly configuration: Configuration;
}

/** Changes that are shown of an incident. */
const SHOWN = 5;
/** Of these the graph says that the incident came after them. */
const LINKED = 3;
const MAX_OF_PLACE = 100;
const DAY = 24 * 3600 * 1000;

/**
 * What was changed before an incident, the likeliest cause first, at the places that its target is made of. Also writes which of them it came after into the
 * change graph. Evidence only: nothing is decided by it. Empty for targets elsewhere, and where the graph may not be read.
 */
export async function changesBefore(
  incident: Pick<Incident, 'id' | 'target' | 'openedAt'>,
  sources: readonly Pick<EvidenceSource, 'lines'>[],
  deps: ChangesBeforeDeps,
): Promise<readonly ChangeBefore[]> {
  const failed = failedThing(incident, sources, deps.configuration);
  if (failed === null) return [];
  const range = { from: new Date(failed.at.getTime() - CHANGE_DAYS * DAY), until: failed.at, limit: MAX_OF_PLACE };
  const places = [...failed.places, ...failed.near];
  const told = await unlessRefused(async () =>
    (await Promise.all(places.map((place) => deps.changes.at(place, range)))).flat(),
  );
  const ranked = rankChanges(joinChanges(told ?? []), failed).slice(0, SHOWN);
  await unlessRefused(() => linkTo(incident.id, ranked.slice(0, LINKED), failed.at, deps));
  return ranked.map(({ change, files }) => ({
    kind: change.kind,
    at: change.at,
    title: change.title,
    by: change.by,
    url: change.url,
    state: change.state,
    files: files.slice(0, 5).flatMap((file) => change.files.find((one) => one === file) ?? []),
    source: change.source,
  }));
}

async function linkTo(
  incidentId: string,
  ranked: readonly RankedChange[],
  at: Date,
  { changes }: Pick<ChangesBeforeDeps, 'changes'>,
): Promise<void> {
  for (const [index, { change, files }] of ranked.entries()) {
    const touched = files.length === 0 ? '' : `, and touches ${files.length} of the failing files`;
    const reason = `${index + 1}. of the changes before it by time, place and kind${touched}`;
    await changes.link(`incident:${incidentId}`, { kind: 'rang-after', to: change.id, reason }, at);
  }
}

function failedThing(
  { target, openedAt }: Pick<Incident, 'target' | 'openedAt'>,
  sources: readonly Pick<EvidenceSource, 'lines'>[],
  configuration: Configuration,
): FailedThing | null {
  const files = pathsIn(sources.flatMap(({ lines }) => lines.map(({ text }) => text)));
  if (target.kind === 'run')
    return {
      at: new Date(openedAt),
      places: new Set([placeOfRepository(target.repository)]),
      near: new Set(),
      files,
      commit: commitId(target.repository, target.headSha),
    };
  if (target.kind === 'storm' || isForeign(target, configuration.home)) return null;
  const service = serviceOf(configuration, target);
  if (service === null) return null;
  const job = target.kind === 'report' && target.job !== undefined ? [placeOfJob(target.job)] : [];
  return {
    at: new Date(isAlarmOrAlert(target) ? target.changedAt : openedAt),
    places: new Set([...job, ...resourcesOf(service, configuration)]),
    near: new Set(service.repositories.map(placeOfRepository)),
    files,
    commit: null,
  };
}

function resourcesOf({ resources, deployment }: Service, { home }: Configuration): readonly string[] {
  if (home === undefined) return [];
  const deployed = deployment === null ? [] : [deployedResource(deployment)];
  return [...new Set([...deployed, ...resources])].map((resource) => placeOfResource(resource, home));
}
