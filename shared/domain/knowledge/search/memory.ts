import type { RememberedIncident } from './past-incident.ts';
import type { Recalled } from './recall.ts';
import type { RememberedEntry } from './remembered-entry.ts';

/** All that one index holds of a place: its past incidents, what they taught, and the playbooks that ship with the code. */
export type Memory = RememberedIncident | RememberedEntry;

export const isIncident = (memory: Memory): memory is RememberedIncident => 'past' in memory;
export const isEntry = (memory: Memory): memory is RememberedEntry => 'entry' in memory;

export const ofIncident = (one: Recalled<Memory>): one is Recalled<RememberedIncident> => isIncident(one.item);
export const ofEntry = (one: Recalled<Memory>): one is Recalled<RememberedEntry> => isEntry(one.item);
