import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import {
  effectWords,
  type PastChange,
  type PastEvent,
  PREVIEW_DAYS,
  previewRules,
  type RuleEffect,
} from '#shared/domain/configuration/rule-preview.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { EventLedger } from '#shared/ports/event-ledger.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import { MAX_PAGE_SIZE } from '#shared/ports/incident-lists.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

export interface PreviewDeps {
  readonly lists: Pick<IncidentLists, 'list'>;
  readonly incidents: Pick<IncidentStore, 'listActions'>;
  readonly ledger: Pick<EventLedger, 'list'>;
  readonly clock: Clock;
}

/** What a change of rules would have done to the last week. */
export interface RulePreview {
  readonly days: number;
  /** What came in: the incidents that were opened, and the events of the ledger whose target is kept. */
  readonly events: number;
  readonly actions: number;
  readonly effects: readonly (RuleEffect & { readonly words: string })[];
  /** Whether only the newest part of the week was read, because there is too much of it. */
  readonly partial: boolean;
}

const DAY = 24 * 3600 * 1000;
/** Incidents that one preview reads; their actions are one request each. */
const MAX_INCIDENTS = 500;
/** Pages may be short or empty. */
const MAX_PAGES = 20;
const MAX_EVENTS = 5000;
const AT_ONCE = 20;

/** Tries the rules of `after` on what came in and was done in the last 7 days; null when no rule differs that acts on it as it comes. */
export async function previewOf(
  before: Configuration,
  after: Configuration,
  { lists, incidents: store, ledger, clock }: PreviewDeps,
): Promise<RulePreview | null> {
  if (previewRules(before, after, { events: [], actions: [] }).length === 0) return null;
  const until = clock.now();
  const from = new Date(until.getTime() - PREVIEW_DAYS * DAY);
  const [found, dropped] = await Promise.all([
    openedSince(from, lists),
    ledger.list({ from, until, limit: MAX_EVENTS }),
  ]);
  const opened = found.incidents.filter(({ target }) => target.kind !== 'storm');
  const events: PastEvent[] = [
    ...opened.map(({ target, openedAt }) => ({ target, count: 1, at: openedAt, opened: true })),
    ...dropped.flatMap(({ signal, count, firstAt }) =>
      signal === null ? [] : [{ target: signal.target, count, at: firstAt, opened: false }],
    ),
  ];
  const actions = await actionsOf(opened, store);
  const totals = { events: events.reduce((sum, { count }) => sum + count, 0), actions: actions.length };
  const effects = previewRules(before, after, { events, actions });
  return {
    days: PREVIEW_DAYS,
    ...totals,
    effects: effects.map((effect) => ({ ...effect, words: effectWords(effect, totals) })),
    partial: found.more || dropped.length === MAX_EVENTS,
  };
}

/** The newest first. */
async function openedSince(
  openedFrom: Date,
  lists: PreviewDeps['lists'],
): Promise<{ readonly incidents: readonly Incident[]; readonly more: boolean }> {
  const incidents: Incident[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    pages += 1;
    const page = await lists.list(
      { openedFrom },
      { limit: MAX_PAGE_SIZE, order: 'newest', ...(cursor === null ? {} : { cursor }) },
    );
    incidents.push(...page.incidents);
    cursor = page.next;
  } while (cursor !== null && incidents.length < MAX_INCIDENTS && pages < MAX_PAGES);
  return { incidents, more: cursor !== null };
}

async function actionsOf(incidents: readonly Incident[], store: PreviewDeps['incidents']): Promise<PastChange[]> {
  const found: PastChange[] = [];
  for (let start = 0; start < incidents.length; start += AT_ONCE) {
    const read = incidents
      .slice(start, start + AT_ONCE)
      .map(async ({ id, target }) =>
        (await store.listActions(id))
          .filter(({ state }) => state !== 'refused')
          .map(({ intendedAt }) => ({ incidentId: id, ofRun: target.kind === 'run', at: intendedAt })),
      );
    found.push(...(await Promise.all(read)).flat());
  }
  return found;
}
