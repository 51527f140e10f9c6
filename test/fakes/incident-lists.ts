import { canonicalJson } from '@selfheal/kernel/digest.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { isAtHome } from '#shared/domain/incident/home.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isFoundBy } from '#shared/domain/incident/incident-search.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import {
  type IncidentLists,
  type IncidentQuery,
  MAX_PAGE_SIZE,
  type PageRequest,
} from '#shared/ports/incident-lists.ts';
import { HOME } from '#test/builders/index.ts';

/** Lists of what `all` returns, by looking at each of them. A cursor is the query, the order and the last incident given. */
export function makeMemoryIncidentLists(
  all: () => readonly Incident[],
  services: Configuration['services'] = [],
): IncidentLists {
  return {
    list: async (query, { limit, order, cursor }) => {
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) throw new InvalidInput('limit');
      const after = cursor === undefined ? null : positionIn(cursor, query, order);
      const direction = order === 'newest' ? -1 : 1;
      const sorted = all()
        .filter((incident) => isListed(incident, query, services))
        .sort((a, b) => direction * (positionOf(a) < positionOf(b) ? -1 : 1));
      const rest = sorted.filter(
        (one) => after === null || (direction === 1 ? positionOf(one) > after : positionOf(one) < after),
      );
      const incidents = rest.slice(0, limit);
      const last = incidents.at(-1);
      const next = last === undefined || rest.length === incidents.length ? null : cursorOf(last, query, order);
      return { incidents, next, corrupt: [] };
    },
    idsStartingWith: async (beginning, limit) =>
      beginning === ''
        ? []
        : all()
            .filter(({ id, number }) =>
              /^\d+$/.test(beginning) ? number === Number(beginning) : id.startsWith(beginning.toLowerCase()),
            )
            .map(({ id }) => id)
            .sort()
            .slice(0, limit),
  };
}

const positionOf = ({ openedAt, id }: Incident): string => `${openedAt} ${id}`;

function isListed(incident: Incident, query: IncidentQuery, services: Configuration['services']): boolean {
  const { statuses, repository, service, failureClass, openedFrom, openedBefore, search } = query;
  const { target, classification, status } = incident;
  const opened = new Date(incident.openedAt);
  const ownService =
    target.kind === 'report'
      ? target.service
      : target.kind === 'alarm'
        ? services.find(({ alarms }) => isAtHome(target, HOME) && alarms.includes(alarmNameOf(target)))?.id
        : undefined;
  const isOfRepository =
    (target.kind === 'run' || target.kind === 'report') &&
    target.repository?.toLowerCase() === repository?.toLowerCase();
  return (
    (query.simulated === true || !isSimulated(target)) &&
    (statuses === undefined || statuses.includes(status)) &&
    (repository === undefined || isOfRepository) &&
    (service === undefined || ownService === service) &&
    (failureClass === undefined || classification?.class === failureClass) &&
    (openedFrom === undefined || opened >= openedFrom) &&
    (openedBefore === undefined || opened < openedBefore) &&
    (search === undefined || isFoundBy(search, incident))
  );
}

const queryText = (query: IncidentQuery, order: PageRequest['order']): string =>
  canonicalJson([
    { ...query, statuses: query.statuses?.toSorted(), repository: query.repository?.toLowerCase() },
    order,
  ]);

const cursorOf = (last: Incident, query: IncidentQuery, order: PageRequest['order']): string =>
  Buffer.from(JSON.stringify([queryText(query, order), positionOf(last)])).toString('base64url');

function positionIn(cursor: string, query: IncidentQuery, order: PageRequest['order']): string {
  try {
    const [ofQuery, position] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
    if (ofQuery === queryText(query, order) && /Z [a-z0-9-]+$/.test(position)) return position;
  } catch {
    // Below.
  }
  throw new InvalidInput('cursor');
}
