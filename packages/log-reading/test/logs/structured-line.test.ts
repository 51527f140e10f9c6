import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlatformNoise, scoreLine } from '../../src/logs/line-score.ts';
import { readStructuredLine, spokenLine } from '../../src/logs/structured-line.ts';

describe('a structured line', () => {
  it.each([
    [
      '{"level":"ERROR","message":"Statement took longer than 5000 ms","statement":"close_period","ms":8200}',
      'ERROR Statement took longer than 5000 ms (statement=close_period, ms=8200)',
    ],
    [
      '{"level":50,"time":1795000000000,"pid":7,"hostname":"a1","msg":"no route","err":{"type":"TypeError","message":"x is not a function","stack":"TypeError: x\\n    at a (b.js:1:2)"}}',
      'ERROR no route: TypeError: x is not a function',
    ],
    [
      '{"level":"error","msg":"insert failed","error":"column \\"slot\\" does not exist","code":"42703"}',
      'ERROR insert failed: column "slot" does not exist (code=42703)',
    ],
    [
      'ERROR\tInvoke Error\t{"errorType":"TypeError","errorMessage":"Cannot read it","stack":["TypeError: Cannot read it","    at f (a.mjs:1:2)"]}',
      'ERROR TypeError: Cannot read it',
    ],
    ['{"severity":"WARNING","message":"p99 is high"}', 'WARN p99 is high'],
    ['time="2026-11-21T09:41:12Z" level=error msg="failed to save" err="disk full"', 'ERROR failed to save: disk full'],
  ])('%s is said in a sentence', (line, spoken) => {
    expect(spokenLine(line)).toBe(spoken);
  });

  it.each(['plain words', '{"a":1}', '{"message":""}', 'echo {"message": }', '[1,2]', '{}', 'msg=level='])(
    'is not %j',
    (line) => expect(readStructuredLine(line)).toBeNull(),
  );

  it('gives its stack as frames', () => {
    expect(
      readStructuredLine('{"msg":"a","stack":"Error: a\\n    at f (src/a.ts:1:2)\\n    at g (src/b.ts:3:4)"}')?.stack,
    ).toEqual(['at f (src/a.ts:1:2)', 'at g (src/b.ts:3:4)']);
  });

  it('is read without an error whatever it holds', () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ maxLength: 40 }), (json, prefix) => {
        expect(() => spokenLine(`${prefix}${json}`)).not.toThrow();
      }),
    );
  });

  it('counts as alarming by its level, whatever its fields are called', () => {
    expect(scoreLine('{"level":"error","message":"the books stay open"}').score).toBeGreaterThanOrEqual(8);
    expect(scoreLine('{"level":"info","message":"no error was found","failed":0}').score).toBeLessThanOrEqual(1);
    expect(scoreLine('{"level":"info","message":"order paid","errorBudget":0.4}').score).toBeLessThanOrEqual(1);
  });

  it('of the platform says nothing unless the request ended badly', () => {
    expect(isPlatformNoise('REPORT RequestId: 8f2c\tDuration: 12.00 ms')).toBe(true);
    expect(isPlatformNoise('REPORT RequestId: 8f2c\tDuration: 3000.00 ms\tStatus: timeout')).toBe(false);
  });
});
