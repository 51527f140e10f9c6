import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIntakeMessage } from '#shared/app/intake/ingest-message.ts';
import { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import { EVENT_SOURCES } from '#shared/plugins/sources/registry.ts';
import { anAlarmTarget, aSignal } from '#test/builders/index.ts';
import { CLOUDWATCH_SAMPLES, changedFields, hostileText } from './payloads/deliveries.ts';
import { byteMutations, jsonMutation, mutatedBytes, mutatedJson } from './payloads/json-mutations.ts';
import { fuzzOptions } from './seed.ts';

const NOW = new Date('2026-11-21T12:00:00.000Z');

const instant = fc
  .tuple(
    fc.oneof(fc.constantFrom('0000', '0001', '9999', '+275760', '-000001', '2026'), fc.string({ maxLength: 6 })),
    fc.constantFrom('-01-01T00:00:00', '-12-31T23:59:59.999', '-02-30T10:00:00', '-06-15T12:00', ''),
    fc.constantFrom('Z', '+0000', '-2359', '+23:59', '+9999', ''),
  )
  .map((parts) => parts.join(''));

const intakeBody = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .record({
        sample: fc.constantFrom(...CLOUDWATCH_SAMPLES),
        at: fc.array(fc.nat(20), { minLength: 1 }),
        text: instant,
      })
      .map(({ sample, at, text }) => {
        const mutations = at.map((place) => ({
          at: place,
          change: { kind: 'replace' as const, text: JSON.stringify(text) },
        }));
        return mutatedJson(sample, mutations, ['timestamp', 'time']);
      }),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({
        document: fc.constantFrom<unknown>(...CLOUDWATCH_SAMPLES, aSignal(), aSignal({ target: anAlarmTarget() })),
        mutations: fc.array(jsonMutation(), { maxLength: 4 }),
        fields: changedFields,
        bytes: byteMutations(),
      })
      .map(({ document, mutations, fields, bytes }) =>
        mutatedBytes(Buffer.from(mutatedJson(document, mutations, fields)), bytes).toString('utf8'),
      ),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

/** The message that was read, or the name of the error. */
function readSafely(body: string) {
  try {
    return readIntakeMessage(body, EVENT_SOURCES, NOW);
  } catch (error) {
    return { kind: 'thrown' as const, name: error instanceof Error ? error.name : 'no error' };
  }
}

describe('any message on the intake queue', () => {
  it('is a signal, is ignored by a static reason, or is refused as invalid input', () => {
    fc.assert(
      fc.property(intakeBody, (body) => {
        const read = readSafely(body);
        if (read.kind === 'thrown') expect(read.name).toBe('InvalidInput');
        else if (read.kind === 'ignored') expect(read.reason).toMatch(/^[a-z-]{1,40}$/);
        else if (read.kind === 'command') expect(CommentCommand.parse(JSON.parse(body))).toEqual(read.command);
        else if (read.kind === 'change') expect(JSON.parse(body)).toBeDefined();
        else if (read.kind === 'signal') {
          const queued = JSON.stringify(read.signal);
          expect(Signal.parse(JSON.parse(queued))).toEqual(JSON.parse(queued));
          const sent = JSON.parse(body) as { detail?: { state?: { value?: string } } };
          const raised = read.signal.kind === 'alarm-raised';
          if (sent.detail !== undefined) expect(sent.detail.state?.value).toBe(raised ? 'ALARM' : 'OK');
        } else {
          const order = read.kind === 'slack' ? read.order : read.acknowledgement;
          expect(JSON.parse(body)).toEqual(order);
        }
      }),
      fuzzOptions(600),
    );
  });

  it('keeps the alarm it speaks of whatever its texts say', () => {
    const worded = fc.array(fc.record({ at: fc.nat(1000), text: hostileText }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...CLOUDWATCH_SAMPLES), worded, (sample, changes) => {
        const mutations = changes.map(({ at, text }) => ({
          at,
          change: { kind: 'replace' as const, text: JSON.stringify(text) },
        }));
        const [before, after] = [JSON.stringify(sample), mutatedJson(sample, mutations, ['reason', 'description'])].map(
          readSafely,
        );
        if (before?.kind !== 'signal') expect(after).toEqual(before);
        else expect(after).toMatchObject({ signal: { target: before.signal.target, kind: before.signal.kind } });
      }),
      fuzzOptions(400),
    );
  });
});
