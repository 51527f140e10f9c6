import { makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import { makeLastLines } from '@selfheal/log-reading/logs/last-lines.ts';
import { LogReading, lineRulesOf } from '@selfheal/log-reading/logs/line-rules.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';

const engine = await loadRe2Engine();
const rulesOf = (settings: object) => lineRulesOf(LogReading.parse(settings), engine);

function excerptOf(log: string, settings: object) {
  const excerpter = makeExcerpter({ maxLines: 50, redactor: makeRedactor(), rules: rulesOf(settings) });
  for (let at = 0; at < log.length; at += 1000) excerpter.push(log.slice(at, at + 1000));
  return excerpter.finish();
}
const textsOf = (log: string, settings: object) => excerptOf(log, settings).lines.map(({ text }) => text);

describe('lines that a configuration leaves out', () => {
  const LOG = '2026-01-02 DEBUG error: probe 1\nERROR real\nINFO error count 0\nheartbeat error 7\nERROR again\n';

  it('are none unless it says so', () => {
    expect(rulesOf({})).toBeNull();
    expect(textsOf(LOG, {})).toHaveLength(5);
  });

  it('[A33] are those of a level, of a pattern or of both, and the others keep their numbers', () => {
    expect(textsOf(LOG, { skipLevels: ['debug'] })).not.toContain('2026-01-02 DEBUG error: probe 1');
    expect(textsOf(LOG, { skipLines: ['^heartbeat (error )+\\d'] })).not.toContain('heartbeat error 7');
    const { lines, totalLines, notes } = excerptOf(LOG, { skipLevels: ['debug', 'info'], skipLines: ['^heartbeat'] });
    expect(lines.map(({ number, text }) => [number, text])).toEqual([
      [2, 'ERROR real'],
      [5, 'ERROR again'],
    ]);
    expect([totalLines, notes]).toEqual([5, ['3 lines were not read, as configured.']]);
  });

  it('never open a private key: what stands between its left-out ends is redacted', () => {
    const body = `${'QUJDREVGR0hJSktM'.repeat(4)}\n`;
    const key = `DEBUG ${['-----BEGIN', 'PRIVATE KEY-----'].join(' ')}\n${body.repeat(3)}-----END PRIVATE KEY-----\nERROR x\n`;
    for (const settings of [{ skipLevels: ['debug'] }, { cut: { longerThan: 1000, keepLast: 500 } }]) {
      const shown = textsOf(`${'x\n'.repeat(300)}${key.repeat(3)}`, settings).join('\n');
      expect(shown).toContain('ERROR x');
      expect(shown).not.toContain('QUJDREVG');
    }
  });

  it('are named when their pattern is none', () => {
    expect(() => rulesOf({ skipLines: ['(?=a)'] })).toThrow(/^logReading\.skipLines: \(\?=a\): .*unsupported/);
  });
});

describe('a log that is longer than the configuration allows', () => {
  const log = (lines: number) => Array.from({ length: lines }, (_, at) => `error number ${at}\n`).join('');

  it('[A34] is read from its last characters on, by default the last 5,000 of more than 10,000', () => {
    const { lines, notes, totalLines } = excerptOf(`${log(999)}panic: the last line\n`, { cut: {} });
    expect(totalLines).toBe(1000);
    expect(Math.min(...lines.map(({ number }) => number))).toBeGreaterThan(1000 - 5000 / 'error number 9\n'.length);
    expect(lines.at(-1)).toMatchObject({ number: 1000, text: 'panic: the last line' });
    expect(notes).toEqual([expect.stringMatching(/^\d+ lines were not read, as configured\.$/)]);
  });

  it('[A34] is read whole below the limit, which can be set', () => {
    expect(excerptOf(log(400), { cut: {} }).notes).toEqual([]);
    expect(excerptOf(log(400), { cut: { longerThan: 2000, keepLast: 1000 } }).notes).toHaveLength(1);
    expect(LogReading.safeParse({ cut: { longerThan: 2000, keepLast: 3000 } }).success).toBe(false);
  });

  it('gives each line once, in order, to whoever drops or keeps it, and keeps no more than it may', () => {
    const anyLengths = fc.array(fc.nat(300), { maxLength: 80 });
    fc.assert(
      fc.property(anyLengths, fc.integer({ min: 1, max: 2000 }), fc.nat(2000), (lengths, longerThan, less) => {
        const keepLast = Math.max(1, longerThan - less);
        const dropped: number[] = [];
        const last = makeLastLines({ longerThan, keepLast }, ({ number }) => dropped.push(number));
        for (const [at, length] of lengths.entries())
          last.push({ number: at, raw: 'x'.repeat(length), marks: 0, tail: null });
        const kept = last.end();
        const characters = (count: number) => lengths.slice(-count).reduce((sum, length) => sum + length + 1, 0);
        expect([...dropped, ...kept.map(({ number }) => number)]).toEqual(lengths.map((_, at) => at));
        if (characters(lengths.length) <= longerThan) expect(last.cut).toBe(false);
        else expect(kept.length === 1 || characters(kept.length) <= keepLast).toBe(true);
      }),
    );
  });
});
