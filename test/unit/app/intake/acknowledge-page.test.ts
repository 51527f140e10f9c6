import { describe, expect, it } from 'vitest';
import { acknowledgePage } from '#shared/app/intake/acknowledge-page.ts';
import type { PagerAcknowledgement } from '#shared/domain/webhooks/pager-acknowledgement.ts';
import { aConfiguration, anAlarmTarget, anIncident, aService } from '#test/builders/index.ts';
import { fakeClock, makeMemoryControlStore, makeMemoryIncidentStore } from '#test/fakes/index.ts';

async function setUp() {
  const clock = fakeClock();
  const incidents = makeMemoryIncidentStore(clock);
  const control = makeMemoryControlStore(clock);
  const incident = anIncident({ target: anAlarmTarget({ alarmName: 'checkout-errors' }), status: 'escalated' });
  await incidents.create(incident);
  const deps = { incidents, control, clock, configuration: aConfiguration({ services: [aService()] }) };
  const acknowledgement = (change: Partial<PagerAcknowledgement> = {}): PagerAcknowledgement => ({
    version: 1,
    kind: 'pager-acknowledgement',
    deliveryId: 'pagerduty:pager:1',
    incidentId: incident.id,
    by: 'Ada (PagerDuty)',
    services: null,
    ...change,
  });
  return { deps, incident, acknowledgement, read: async () => await incidents.get(incident.id) };
}

describe('an acknowledgement of a page', () => {
  it('acknowledges the incident once, and approves and ends nothing', async () => {
    const { deps, acknowledgement, read, incident } = await setUp();
    expect(await acknowledgePage(acknowledgement(), deps)).toBe('acknowledged');
    expect(await acknowledgePage(acknowledgement(), deps)).toBe('duplicate');
    expect(await read()).toMatchObject({
      status: 'escalated',
      annotations: { acknowledged: { by: 'Ada (PagerDuty)', attempt: incident.attempt } },
    });
    const trail = await deps.incidents.auditTrail(incident.id);
    expect(trail.map(({ event }) => event)).toEqual(['incident.acknowledged']);
  });

  it('by a connection of other services changes nothing, and of this service does', async () => {
    const { deps, acknowledgement, read } = await setUp();
    expect(await acknowledgePage(acknowledgement({ services: ['orders'] }), deps)).toBe('place-not-allowed');
    expect((await read())?.annotations).toBeUndefined();
    expect(await acknowledgePage(acknowledgement({ services: ['Check-Out'] }), deps)).toBe('acknowledged');
  });

  it('of an incident that is gone is left', async () => {
    const { deps, acknowledgement } = await setUp();
    expect(await acknowledgePage(acknowledgement({ incidentId: 'cw-gone0000' }), deps)).toBe('unknown-incident');
  });
});
