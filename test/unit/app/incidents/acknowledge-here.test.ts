import { expect, it } from 'vitest';
import { acknowledgeHere } from '#shared/app/incidents/acknowledge-here.ts';
import { anIncident } from '#test/builders/index.ts';
import { makeMemoryIncidentStore } from '#test/fakes/incident-store.ts';

it('acknowledges here though the pagers cannot be told, and logs that without words of outsiders', async () => {
  const incidents = makeMemoryIncidentStore();
  const { id } = anIncident();
  await incidents.create(anIncident());
  const logged: unknown[] = [];
  const teller = { tellAcknowledgement: async () => Promise.reject(new Error('who knows')) };
  const log = { info: () => {}, warn: () => {}, error: (...words: unknown[]) => void logged.push(words) };
  const clock = { now: () => new Date('2026-11-21T12:00:00Z'), sleep: async () => {} };
  const result = await acknowledgeHere(id, 'ada@example.com', { incidents, teller, log, clock } as never);
  expect(result.kind).toBe('changed');
  expect((await incidents.get(id))?.annotations?.acknowledged?.by).toBe('ada@example.com');
  expect(JSON.stringify(logged)).toContain(id);
  expect(JSON.stringify(logged)).not.toContain('who knows');
});
