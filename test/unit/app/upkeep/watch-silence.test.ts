import { describe, expect, it } from 'vitest';
import { watchSilence } from '#shared/app/upkeep/watch-silence.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Connection } from '#shared/domain/webhooks/connection.ts';
import { fakeClock, makeMemoryControlStore, makeMemorySignalQueue, makeRecordingMeter } from '#test/fakes/index.ts';

const START = new Date('2026-11-26T10:00:00.000Z');
const aConnection = (id: string, silentAfterMinutes: number | null): Connection => ({
  version: 1,
  id,
  source: 'alertmanager',
  scheme: 'bearer',
  header: null,
  services: null,
  perMinute: 100,
  secret: 'derived',
  silentAfterMinutes,
  generation: 1,
  previousUntil: null,
  createdBy: 'admin@example.com',
  createdAt: START.toISOString(),
});

function setUp(connections: readonly Connection[]) {
  const clock = fakeClock(START);
  const queue = makeMemorySignalQueue();
  const seen = new Map<string, string>();
  const deps = {
    connections: { list: async () => [...connections] },
    activity: { lastSeen: async (id: string) => seen.get(id) ?? null },
    control: makeMemoryControlStore(clock),
    queue,
    clock,
    meter: makeRecordingMeter(),
  };
  const speak = (id: string) => void seen.set(id, clock.now().toISOString());
  return { clock, sent: queue.sent, speak, watch: () => watchSilence(deps) };
}

describe('a connection that used to speak and stopped', () => {
  it('is told of once, and is over when it speaks again', async () => {
    const { clock, sent, speak, watch } = setUp([aConnection('prometheus-eu', 30)]);
    speak('prometheus-eu');
    clock.advance(29 * 60_000);
    await watch();
    expect(sent).toEqual([]);
    clock.advance(2 * 60_000);
    await watch();
    clock.advance(5 * 60_000);
    await watch();
    expect(sent).toMatchObject([
      {
        kind: 'alarm-raised',
        tainted: { title: 'Connection prometheus-eu is silent' },
        occurredAt: '2026-11-26T10:30:00.000Z',
      },
    ]);
    speak('prometheus-eu');
    await watch();
    await watch();
    expect(sent.map(({ kind }) => kind)).toEqual(['alarm-raised', 'alarm-cleared']);
    const [raised, cleared] = sent;
    if (raised === undefined || cleared === undefined) throw new Error('Both were sent.');
    expect(identify(cleared).incidentId).toBe(identify(raised).incidentId);
  });

  it('is told of again when it falls silent again, as another incident', async () => {
    const { clock, sent, speak, watch } = setUp([aConnection('prometheus-eu', 30)]);
    for (let round = 0; round < 2; round += 1) {
      speak('prometheus-eu');
      await watch();
      clock.advance(31 * 60_000);
      await watch();
    }
    const raised = sent.filter(({ kind }) => kind === 'alarm-raised').map((signal) => identify(signal).incidentId);
    expect(new Set(raised).size).toBe(2);
  });

  it('is none that never spoke, nor one that nobody watches', async () => {
    const { clock, sent, speak, watch } = setUp([aConnection('never-spoke', 5), aConnection('not-watched', null)]);
    speak('not-watched');
    clock.advance(24 * 3_600_000);
    await watch();
    expect(sent).toEqual([]);
  });
});
