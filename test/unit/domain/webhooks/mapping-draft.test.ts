import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readByMapping, valueAt } from '#shared/domain/webhooks/mapping.ts';
import { draftOf, placesIn } from '#shared/domain/webhooks/mapping-draft.ts';

const draft = (body: unknown) => draftOf(body, (pointer) => String(valueAt(body, pointer) ?? ''));

describe('a first mapping', () => {
  it.each([
    [
      'a flat body',
      {
        check_id: 'c-7',
        status: 'DOWN',
        priority: 'P1',
        host: 'web-3',
        name: 'Web is down',
        url: 'https://up.example.com/7',
      },
      {
        id: 'c-7',
        state: 'firing',
        severity: 'critical',
        service: 'web-3',
        title: 'Web is down',
        url: 'https://up.example.com/7',
      },
    ],
    [
      'a nested body',
      { data: { alert: { uuid: 'u-1', state: 'open' }, monitor: { service: 'orders', title: 'Orders are slow' } } },
      { id: 'u-1', state: 'firing', severity: 'medium', service: 'orders', title: 'Orders are slow', url: null },
    ],
  ])('reads %s by the names of its fields', (_name, body, wanted) => {
    const read = readByMapping(draft(body), body, new Date(0));
    expect(read).toMatchObject({ kind: 'alerts', alerts: [wanted] });
  });

  it('takes a field near the top before one of the same name below, and escapes names', () => {
    expect(draft({ 'a/b~c': { id: 'inner' }, id: 'outer' }).fields.id).toBe('/id');
    expect(draft({ 'a/b~c': { id: 'inner' } }).fields.id).toBe('/a~1b~0c/id');
  });

  it('asks of a body that names nothing for what a mapping needs', () => {
    const read = readByMapping(draft({ foo: 1 }), { foo: 1 }, new Date(0));
    expect(read).toEqual({ kind: 'rejected', reason: '/id: missing' });
  });

  it('finds only places that are there, of any body', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        for (const place of placesIn(body)) expect(valueAt(body, place)).toBeDefined();
        draft(body);
      }),
    );
  });
});
