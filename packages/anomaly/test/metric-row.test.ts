import { makeMetricRowParser } from '@selfheal/anomaly/metric-row.ts';
import { describe, expect, it } from 'vitest';

const parse = (...lines: string[]) => {
  const parser = makeMetricRowParser();
  return lines.map((line) => parser.next(line));
};

describe('rows of a metric file', () => {
  it.each([
    '2026-04-01 00:05:00',
    '2026-04-01T00:05:00Z',
    '2026-04-01T00:05:00.250+02:00',
    '2026-04-01 00:05',
    '2026-04-01',
    '1774915500',
    '1774915500000',
  ])('may have the time %s', (timestamp) => {
    expect(parse(`${timestamp},1.5`)).toEqual([{ kind: 'row', row: { timestamp, value: 1.5 } }]);
  });

  it.each(['1', '-2.5', '+3', '.5', '1e-7', '12.'])('may have the value %s', (value) => {
    expect(parse(`2026-04-01,${value}`)).toEqual([
      { kind: 'row', row: { timestamp: '2026-04-01', value: Number(value) } },
    ]);
  });

  it.each(['', 'NaN', 'null', 'n/a'])('have no value when it says "%s"', (value) => {
    expect(parse(`2026-04-01,${value}`)).toEqual([{ kind: 'row', row: { timestamp: '2026-04-01', value: undefined } }]);
  });

  it('follow the columns a header names, and may do without one', () => {
    const [header, row] = parse('host,value,timestamp', 'web,7,2026-04-01 00:00:00\r');
    expect(header).toEqual({ kind: 'header' });
    expect(row).toEqual({ kind: 'row', row: { timestamp: '2026-04-01 00:00:00', value: 7 } });
    expect(parse('\uFEFF"timestamp","value"', '"2026-04-01","7"')[1]).toMatchObject({ row: { value: 7 } });
  });

  it.each([
    ['yesterday,1', '"yesterday" is no time'],
    ['2026-13-01,1', 'no time'],
    ['2026-04-01 25:00:00,1', 'no time'],
    ['2026-04-01,many', '"many" is no number'],
    ['2026-04-01,0x10', 'no number'],
    ['2026-04-01,1e999', 'no number'],
    ['2026-04-01', 'no two columns'],
    [`2026-04-01,${'9'.repeat(10)}${'x'.repeat(5000)}`, '..." is no number'],
  ])('are bad, with the reason, when they read %.30s', (line, reason) => {
    const [, bad] = parse('2026-04-01,1', line);
    expect(bad).toMatchObject({ kind: 'bad', reason: expect.stringContaining(reason) });
    expect(JSON.stringify(bad).length).toBeLessThan(200);
  });

  it('are none where a line is blank', () => {
    expect(parse('', '  \r')).toEqual([{ kind: 'blank' }, { kind: 'blank' }]);
  });
});
