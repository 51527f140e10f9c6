import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { IncidentTeller } from '#shared/ports/incident-teller.ts';

/** Remembers what was asked for, and notes as the functions do that one channel told people. */
export function makeFakeIncidentTeller(
  incidents: Pick<IncidentStore, 'recordNotification'>,
  { channel = 'teams', at = '2026-11-21T12:00:00.000Z' } = {},
) {
  const handedOver: { readonly incidentId: string; readonly by: string; readonly reason: string }[] = [];
  const ended: string[] = [];
  const acknowledged: string[] = [];
  const teller: IncidentTeller = {
    async handOver(incidentId, asked) {
      handedOver.push({ incidentId, ...asked });
      await incidents.recordNotification({ version: 1, incidentId, channel, key: 'asked#1', at, gist: null });
    },
    tellEnd: async (incidentId) => void ended.push(incidentId),
    tellAcknowledgement: async (incidentId) => void acknowledged.push(incidentId),
  };
  return { teller, handedOver, ended, acknowledged };
}
