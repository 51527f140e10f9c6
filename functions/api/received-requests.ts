import {
  createConnection,
  listConnections,
  type ManageConnectionsDeps,
  removeConnection,
  rotateConnection,
  showConnection,
} from '#shared/app/intake/manage-connections.ts';
import { replayEvent, type SearchEventsDeps, searchEvents, showEvent } from '#shared/app/intake/search-events.ts';
import type { SignalQueue } from '#shared/ports/cloud.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import type { ReceivedRequests } from './routes/received.ts';

export type ReceivedPorts = ManageConnectionsDeps &
  SearchEventsDeps & { readonly queue: SignalQueue; readonly log: Log };

/** The use cases behind the routes about connections and the ledger. */
export function makeReceivedRequests(deps: ReceivedPorts): ReceivedRequests {
  return {
    connections: () => listConnections(deps),
    create: (settings, caller) => createConnection(settings, caller, deps),
    show: (id) => showConnection(id, deps),
    rotate: (id, hours, caller) => rotateConnection(id, hours, caller, deps),
    remove: (id, caller) => removeConnection(id, caller, deps),
    search: (query) => searchEvents(query, deps),
    event: (id) => showEvent(id, deps),
    replay: (id, by) => replayEvent(id, by, deps),
  };
}
