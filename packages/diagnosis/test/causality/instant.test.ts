import { type Instant, instantOfLine, instantsIn } from '@selfheal/log-reading/logs/instant.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const MOMENT = Date.UTC(2026, 10, 21, 3, 4, 5);
const CLOCK = ((3 * 60 + 4) * 60 + 5) * 1000;

const LAYOUTS: readonly (readonly [precision: Instant['precision'], milliseconds: number, text: string])[] = [
  ['absolute', MOMENT + 678, '2026-11-21T03:04:05.678Z'],
  ['absolute', MOMENT + 678, '2026-11-21T03:04:05.678901234Z'],
  ['absolute', MOMENT, '2026-11-21T04:04:05+01:00'],
  ['absolute', MOMENT, '2026-11-20 21:04:05 -0600'],
  ['absolute', MOMENT, '2026-11-21 03:04:05 UTC'],
  ['absolute', MOMENT, '21/Nov/2026:04:04:05 +0100'],
  ['absolute', MOMENT, 'Sat, 21 Nov 2026 03:04:05 GMT'],
  ['absolute', MOMENT, '20261121T030405Z'],
  ['absolute', MOMENT, '1795230245'],
  ['absolute', MOMENT + 678, '1795230245678'],
  ['absolute', MOMENT + 678, '1795230245678901'],
  ['absolute', MOMENT + 500, '1795230245.5'],
  ['local', MOMENT + 678, '2026-11-21 03:04:05,678'],
  ['local', MOMENT, '2026/11/21 03:04:05'],
  ['local', MOMENT, 'Sat Nov 21 03:04:05 2026'],
  ['local', MOMENT + 12, 'Sat Nov 21 03:04:05.012 2026'],
  ['local', MOMENT, 'Nov 21, 2026 3:04:05 AM'],
  ['local', MOMENT + 12 * 3_600_000, 'Nov 21, 2026 3:04:05 PM'],
  ['local', MOMENT + 678, '21-Nov-2026 03:04:05.678'],
  ['local', MOMENT, '21.11.2026 03:04:05'],
  ['local', MOMENT, '26/11/21 03:04:05'],
  ['local', MOMENT, '261121 030405 '],
  ['clock', CLOCK + 678, '03:04:05.678'],
];

describe('moments in a log line', () => {
  it.each(LAYOUTS)('[C30] reads the %s time %i from %j', (precision, milliseconds, text) => {
    expect(instantsIn(`${text} the store opened`)).toMatchObject([{ start: 0, precision, milliseconds }]);
  });

  it.each(['Nov 21 03:04:05', 'Nov  1 03:04:05', '11-21 03:04:05.678', 'E1121 03:04:05.678901'])(
    '[C30] knows the year of %j no more than the line does',
    (text) => expect(instantsIn(`${text} web1`)).toMatchObject([{ precision: 'yearless' }]),
  );

  it('orders yearless times of different months', () => {
    const at = (text: string): number => instantsIn(text)[0]?.milliseconds ?? Number.NaN;
    expect(at('Feb 29 23:59:59 x')).toBeLessThan(at('Mar  1 00:00:00 x'));
  });

  it.each([
    '2026-13-41 03:04:05',
    '99:99:99',
    'version 1.2.3',
    '10.0.0.1:8080',
    'build 1795230245 of 17952302456',
    'ff:03:04:05',
  ])('reads none from %j', (text) =>
    expect(instantsIn(text).filter(({ precision }) => precision !== 'clock')).toEqual([]),
  );

  it('takes a time in the head of a line as its own, and one further on as what the message speaks of', () => {
    expect(instantOfLine('[checkout] 2026-11-21T03:04:05Z opened')).not.toBeNull();
    expect(
      instantOfLine(`the certificate of the payments service of the shop expires at 2026-11-21T03:04:05Z`),
    ).toBeNull();
  });

  it('gives back what was written, whatever stands around it', () => {
    const date = fc.date({
      min: new Date('1970-01-01T00:00:00Z'),
      max: new Date('2099-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, fc.stringMatching(/^[a-z ]{0,20}$/), (moment, around) => {
        const text = `${around} ${moment.toISOString()} ${around}`;
        const [found] = instantsIn(text);
        expect(found?.milliseconds).toBe(moment.getTime());
        expect(text.slice(found?.start, found?.end)).toBe(moment.toISOString());
      }),
    );
  });
});
