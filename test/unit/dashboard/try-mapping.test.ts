import { describe, expect, it } from 'vitest';
import { bodyIn, draftText, tryMapping } from '#apps/dashboard/src/pages/mapping/try-mapping.ts';
import { exampleProblem, Mapping } from '#shared/domain/webhooks/mapping.ts';

const NOW = new Date('2026-11-21T10:00:00.000Z');
const BODY = { job: { id: 'orders-db', service: 'orders' }, result: 'error' };
const MAPPING = `
id: backups
title: Our backups
schemes: [bearer]
requires: [/job/id]
fields:
  id: /job/id
  state: { from: /result, values: { error: firing, done: resolved } }
  service: /job/service
  title: { template: "Backup {/job/id} failed" }
`;
const tried = (mapping: string, body: string | object) =>
  tryMapping(mapping, typeof body === 'string' ? body : JSON.stringify(body), NOW);

describe('the page that tries a mapping', () => {
  it('shows what the body becomes, and the entry for the configuration with the body as its example', () => {
    const trial = tried(MAPPING, BODY);
    if (trial.kind !== 'read') throw new Error(trial.problem);
    expect(trial.read).toMatchObject({
      alerts: [{ state: 'firing', service: 'orders', title: 'Backup orders-db failed', startedAt: NOW }],
    });
    expect(trial.wrongExamples).toEqual([]);
    const entry = Mapping.parse(JSON.parse(trial.entry));
    expect(entry.examples.map(({ body }) => body)).toEqual([BODY]);
    expect(exampleProblem(entry, 0)).toBeNull();
    // The entry is a mapping itself, whose example is not added once more.
    const again = tried(trial.entry, BODY);
    expect(again.kind === 'read' && again.entry).toBe(trial.entry);
  });

  it('says which word of the body names no state, and which example is read in another way', () => {
    expect(tried(MAPPING, { ...BODY, result: 'skipped' })).toMatchObject({
      read: { kind: 'ignored' },
      stateWord: 'skipped',
    });
    const wrong = `${MAPPING}examples: [{ name: its end, body: { job: { id: a }, result: done }, expect: { ignored: true } }]`;
    expect(tried(wrong, BODY)).toMatchObject({
      wrongExamples: [expect.stringMatching(/^its end: expected .*resolved/)],
    });
  });

  it.each([
    ['mapping', '', BODY, /^It is empty/],
    ['mapping', 'id: [', BODY, /^It is not YAML: .* line 1/s],
    ['mapping', 'id: backups', BODY, /fields/],
    ['mapping', MAPPING.replace('id: /job/id', 'id: job'), BODY, /JSON Pointer.*\n.*fields\.id/s],
    ['mapping', `${MAPPING}extra: 1`, BODY, /extra/],
    ['mapping', 'a: &a 1\nb: *a', BODY, /alias/i],
    ['body', MAPPING, '', /Choose a received event/],
    ['body', MAPPING, '{"a": ', /^It is not JSON/],
    ['body', MAPPING, '7', /single value/],
  ] as const)('names what is wrong with the %s %j', (about, mapping, body, words) => {
    expect(tried(mapping, body)).toEqual({ kind: 'problem', about, problem: expect.stringMatching(words) });
  });

  it('starts from the body', () => {
    expect(tried(draftText(BODY), BODY)).toMatchObject({ read: { alerts: [{ id: 'orders-db', service: 'orders' }] } });
  });

  it('takes objects and lists alone for bodies of events', () => {
    expect([bodyIn(null), bodyIn('the disk is full'), bodyIn('{"a":'), bodyIn('7')]).toEqual(Array(4).fill(undefined));
    expect([bodyIn(' {"a":1}'), bodyIn('[1]')]).toEqual([{ a: 1 }, [1]]);
  });
});
