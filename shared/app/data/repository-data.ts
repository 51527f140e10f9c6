import type { Clock } from '@selfheal/kernel/time.ts';
import type { WorkflowEngine } from '#shared/ports/cloud.ts';
import type {
  DataTrail,
  Deletion,
  Deletions,
  HeldData,
  HeldIncident,
  HeldKind,
  HeldRecord,
  WalkPosition,
} from '#shared/ports/held-data.ts';
import type { DataAnswer, DataRequest, HeldCounts } from '#shared/ports/repository-data.ts';

export interface RepositoryDataDeps {
  readonly data: HeldData;
  readonly deletions: Deletions;
  readonly trail: DataTrail;
  readonly workflow: Pick<WorkflowEngine, 'status' | 'stop'>;
  readonly clock: Clock;
}

/** No further part is begun after this time: the API waits for 25 seconds. */
const BUDGET_MILLISECONDS = 12_000;
/** The longest that a step of the workflow may still run when its execution is stopped. */
export const SETTLE_SECONDS = 65;

type ExportOrder = Extract<DataRequest, { kind: 'export' }>;
type DeleteOrder = Extract<DataRequest, { kind: 'delete' }>;

/** One page of an export: the next records of the walk. Pages without any are skipped, so that only the end is empty. */
export async function exportRepository(order: ExportOrder, deps: RepositoryDataDeps): Promise<DataAnswer> {
  const repository = order.repository.toLowerCase();
  const isOver = timeLimit(deps.clock);
  let from = order.from;
  for (;;) {
    const { held, next } = await deps.data.page(repository, from);
    if (held.length > 0 || (next !== null && isOver())) return { kind: 'exported', records: [...held], next };
    if (next === null) return order.from === null ? { kind: 'unknown' } : { kind: 'exported', records: [], next };
    from = next;
  }
}

/**
 * A part of a deletion, as much as the time allows; to be asked for again until it is done. A record of it keeps what later steps need, so that a
 * deletion that was cut off goes on where it was. It walks over everything until a walk finds nothing, and ends with one audit entry. Refuses while an
 * incident of the repository is open or its workflow runs; with `force` stops the workflows first, and waits until the steps under way have ended.
 */
export async function deleteRepository(order: DeleteOrder, deps: RepositoryDataDeps): Promise<DataAnswer> {
  const repository = order.repository.toLowerCase();
  const open = await stillOpen(await deps.data.newest(repository), deps);
  if (open.length > 0 && !order.force) return { kind: 'open', incidents: open.map(({ id }) => id) };
  const known = await deps.deletions.get(repository);
  if (known === null && (await isUnknown(repository, deps))) return { kind: 'unknown' };
  const deletion = known ?? newDeletion(repository, order, deps);
  if (known === null) await deps.deletions.put(deletion);
  const stopped = await stopRunning(open, deletion, deps);
  if (stopped !== null) return stopped;
  const waitSeconds = secondsToSettle(deletion, deps);
  if (waitSeconds > 0) return { kind: 'stopping', incidents: [], waitSeconds };
  return await removePages(deletion, order, deps);
}

function newDeletion(repository: string, { by }: DeleteOrder, { clock }: RepositoryDataDeps): Deletion {
  return {
    version: 1,
    repository,
    startedAt: clock.now().toISOString(),
    by: by.name,
    byId: by.id,
    byKind: by.kind,
    keys: [],
    counts: {},
    position: null,
    found: 0,
    stoppedAt: null,
  };
}

async function removePages(begun: Deletion, order: DeleteOrder, deps: RepositoryDataDeps): Promise<DataAnswer> {
  const { repository } = begun;
  const isOver = timeLimit(deps.clock);
  let deletion = begun;
  do {
    const page = await deps.data.page(repository, deletion.position, deletion.keys);
    const open = await stillOpen(page.incidents, deps);
    if (open.length > 0 && !order.force) return { kind: 'open', incidents: open.map(({ id }) => id) };
    const stopped = await stopRunning(open, deletion, deps);
    if (stopped !== null) return stopped;
    // Written before the records are gone that lead to these keys.
    if (page.keys.length > deletion.keys.length) {
      deletion = { ...deletion, keys: [...page.keys] };
      await deps.deletions.put(deletion);
    }
    await deps.data.remove(page.held);
    const found = deletion.found + page.held.length;
    const counts = addedTo(deletion.counts, page.held);
    if (page.next === null && found === 0) {
      await endDeletion({ ...deletion, counts }, deps);
      return { kind: 'deleted', counts, done: true };
    }
    const isEnd = page.next === null;
    deletion = { ...deletion, counts, position: page.next, found: isEnd ? 0 : found };
    await deps.deletions.put(deletion);
  } while (!isOver());
  return { kind: 'deleted', counts: deletion.counts, done: false };
}

/** The entry is written before the record of the deletion goes: a repeat in between finds the entry by its key. */
async function endDeletion(deletion: Deletion, { trail, deletions, clock }: RepositoryDataDeps): Promise<void> {
  const { repository, startedAt, by, byId, byKind, counts } = deletion;
  const words = Object.entries(counts).map(([kind, count]) => `${kind}: ${count}`);
  await trail.append(`deleted#${repository}#${startedAt}`, {
    at: clock.now().toISOString(),
    event: 'data.deleted',
    facts: { repository, startedAt, counts: words.join(', '), by, byId, byKind },
  });
  await deletions.end(repository);
}

function timeLimit(clock: Clock): () => boolean {
  const end = clock.now().getTime() + BUDGET_MILLISECONDS;
  return () => clock.now().getTime() >= end;
}

function addedTo(counts: HeldCounts, held: readonly HeldRecord[]): HeldCounts {
  const sums = new Map<HeldKind, number>(Object.entries(counts) as [HeldKind, number][]);
  for (const { kind } of held) sums.set(kind, (sums.get(kind) ?? 0) + 1);
  return Object.fromEntries(sums);
}

/** Whether a walk finds nothing at all. */
async function isUnknown(repository: string, { data }: RepositoryDataDeps): Promise<boolean> {
  let from: WalkPosition | null = null;
  do {
    const { held, next } = await data.page(repository, from);
    if (held.length > 0) return false;
    from = next;
  } while (from !== null);
  return true;
}

/** A workflow that ended its incident sends the last messages within this time. */
const ENDING_MILLISECONDS = 24 * 3600 * 1000;

/** The open ones, and those whose workflow has not ended: it still writes and announces. */
async function stillOpen(
  incidents: readonly HeldIncident[],
  { workflow, clock }: Pick<RepositoryDataDeps, 'workflow' | 'clock'>,
): Promise<HeldIncident[]> {
  const since = clock.now().getTime() - ENDING_MILLISECONDS;
  const states = await Promise.all(
    incidents.map(
      async ({ id, attempt, status, updatedAt }) =>
        status === 'open' || (Date.parse(updatedAt) >= since && (await workflow.status(id, attempt)) === 'running'),
    ),
  );
  return incidents.filter((_, at) => states[at]);
}

/** Stops the workflows that run. Null when none did. */
async function stopRunning(
  incidents: readonly HeldIncident[],
  deletion: Deletion,
  { workflow, deletions, clock }: RepositoryDataDeps,
): Promise<DataAnswer | null> {
  const running: string[] = [];
  for (const { id, attempt } of incidents) {
    if ((await workflow.status(id, attempt)) !== 'running') continue;
    await workflow.stop(id, attempt, 'The data of its repository is deleted.');
    running.push(id);
  }
  if (running.length === 0) return null;
  await deletions.put({ ...deletion, stoppedAt: clock.now().toISOString() });
  return { kind: 'stopping', incidents: running, waitSeconds: SETTLE_SECONDS };
}

function secondsToSettle({ stoppedAt }: Deletion, { clock }: RepositoryDataDeps): number {
  if (stoppedAt === null) return 0;
  const passed = (clock.now().getTime() - Date.parse(stoppedAt)) / 1000;
  return passed >= SETTLE_SECONDS ? 0 : Math.ceil(SETTLE_SECONDS - passed);
}
