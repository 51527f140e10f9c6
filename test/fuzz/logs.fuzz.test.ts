import { fingerprintOf, templateOf } from '@selfheal/diagnosis/failure/fingerprint.ts';
import { makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import { makeRedactor, redact } from '@selfheal/redaction/redact.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { redactedText } from '#test/builders/index.ts';
import { cutAt, cuts, logLine, plantedLine } from './logs/lines.ts';
import type { PlantedSecret } from './logs/secrets.ts';
import { varyingLine } from './logs/varying.ts';
import { fuzzOptions } from './seed.ts';

const endOfLine = fc.constantFrom('\n', '\r\n');
const log = fc
  .tuple(fc.array(logLine, { maxLength: 60 }), endOfLine, fc.boolean())
  .map(([lines, end, ended]) => lines.join(end) + (ended ? end : ''));

function excerptOf(chunks: readonly string[], maxLines: number) {
  const excerpter = makeExcerpter({ maxLines, redactor: makeRedactor() });
  for (const chunk of chunks) excerpter.push(chunk);
  return excerpter.finish();
}

/** The evidence of several logs, as the gather step makes it. */
function evidenceOf(sources: readonly { name: string; chunks: readonly string[] }[]) {
  const excerpts = makeExcerpts(1);
  sources.forEach(({ name, chunks }, index) => {
    const source = excerpts.open({ id: `log-${index}`, name: redactedText(name), url: null });
    for (const chunk of chunks) source.push(chunk);
  });
  return excerpts.finish();
}

/** Half of a secret is a secret still: no part of this length may be left. */
const MAX_LEFT_LENGTH = 12;

function expectHidden(text: string, planted: readonly PlantedSecret[]): void {
  for (const { secret } of planted) {
    for (let at = 0; at + MAX_LEFT_LENGTH <= secret.length; at += 1) {
      expect(text).not.toContain(secret.slice(at, at + MAX_LEFT_LENGTH));
    }
  }
}

describe('an excerpt', () => {
  it('is the same however the log is cut into chunks', () => {
    fc.assert(
      fc.property(log, cuts, fc.integer({ min: 1, max: 40 }), (text, places, most) => {
        expect(excerptOf(cutAt(text, places), most)).toEqual(excerptOf([text], most));
      }),
      fuzzOptions(120),
    );
  });

  it('is the same however very long lines are cut into chunks', () => {
    const longLog = fc
      .array(fc.tuple(logLine, fc.constantFrom(0, 10, 1_990, 2_000, 32_760, 32_768, 33_000)), {
        minLength: 1,
        maxLength: 4,
      })
      .map((lines) => lines.map(([line, length]) => `${'.'.repeat(length)}${line}`).join('\n'));
    fc.assert(
      fc.property(longLog, cuts, (text, places) => {
        expect(excerptOf(cutAt(text, places), 10)).toEqual(excerptOf([text], 10));
      }),
      fuzzOptions(20),
    );
  });

  it('numbers every line of the log, and only those', () => {
    fc.assert(
      fc.property(fc.array(logLine, { minLength: 1, maxLength: 30 }), cuts, (lines, places) => {
        const { totalLines, lines: kept } = excerptOf(cutAt(`${lines.join('\n')}\n`, places), 1_000);
        expect(totalLines).toBe(lines.length);
        expect(kept.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 1));
      }),
      fuzzOptions(60),
    );
  });
});

describe('redaction', () => {
  it('lets no secret of a supported shape through, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(plantedLine, { minLength: 1, maxLength: 4 }), (lines) => {
        const planted = lines.flatMap((line) => line.planted);
        const text = lines.map(({ line }) => line).join('\n');
        const redacted = redact(text);
        expectHidden(redacted.text, planted);
        expect(redacted.text.split('\n')).toHaveLength(lines.length);
        expect(Object.keys(redacted.counts).length).toBeGreaterThan(0);
      }),
      fuzzOptions(150),
    );
  });

  it('changes nothing more when it is applied again', () => {
    const text = fc.array(
      fc.oneof(
        logLine,
        plantedLine.map(({ line }) => line),
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(text, (lines) => {
        const once = redact(lines.join('\n')).text;
        expect(redact(once).text).toBe(once);
      }),
      fuzzOptions(300),
    );
  });

  it('is the same line by line, and gives one secret one placeholder', () => {
    fc.assert(
      fc.property(fc.array(plantedLine, { maxLength: 4 }), (lines) => {
        const texts = [...lines, ...lines].map(({ line }) => line);
        const redactor = makeRedactor();
        const byLine = texts.map((line) => redactor.line(line));
        expect(byLine.join('\n')).toBe(redact(texts.join('\n')).text);
        expect(byLine.slice(lines.length)).toEqual(byLine.slice(0, lines.length));
      }),
      fuzzOptions(100),
    );
  });
});

describe('gathered evidence', () => {
  it('holds no secret, however the logs are cut and wherever they break off', () => {
    const source = fc.record({
      name: fc.oneof(
        fc.constant('build'),
        plantedLine.map(({ line }) => line),
      ),
      lines: fc.array(plantedLine, { maxLength: 3 }),
      places: cuts,
      ended: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 3 }), (sources) => {
        const { sources: read, notes } = evidenceOf(
          sources.map(({ name, lines, places, ended }) => ({
            name,
            chunks: cutAt(lines.map(({ line }) => line).join('\n') + (ended ? '\n' : ''), places),
          })),
        );
        const planted = sources.flatMap(({ lines }) => lines.flatMap((line) => line.planted));
        expectHidden(JSON.stringify([read, notes]), planted);
      }),
      fuzzOptions(60),
    );
  });

  it('holds nothing of a private key, also of one that breaks off with its log', () => {
    const base64 = fc.array(fc.constantFrom(...'abcdefghijkABCDEFGHIJK0123456789+/'), { minLength: 64, maxLength: 64 });
    const key = fc.array(
      base64.map((chars) => chars.join('')),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(
        key,
        fc.nat(10),
        fc.boolean(),
        cuts,
        fc.constantFrom('', 'EC ', 'OPENSSH '),
        (body, kept, ended, places, type) => {
          const block = [`-----BEGIN ${type}${'PRIVATE'} KEY-----`, ...body, `-----END ${type}${'PRIVATE'} KEY-----`];
          const text = block.slice(0, 1 + kept).join('\n') + (ended ? '\n' : '');
          const { sources } = evidenceOf([
            { name: 'first', chunks: cutAt(text, places) },
            { name: 'second', chunks: ['FAILED\nerror: another log\n'] },
          ]);
          for (const line of body) expect(JSON.stringify(sources)).not.toContain(line.slice(0, 40));
          expect(sources[1]?.lines.map((line) => line.text)).toEqual(['FAILED', 'error: another log']);
        },
      ),
      fuzzOptions(60),
    );
  });

  it('holds no beginning of a secret at which a very long line was cut', () => {
    const place = fc.integer({ min: -200, max: 5 });
    fc.assert(
      fc.property(plantedLine, place, fc.constantFrom('.', 'x ', '50%\r'), (planted, offset, filling) => {
        const before = filling.repeat(32_768 / filling.length).slice(0, 32_768 + offset);
        const { sources } = evidenceOf([{ name: 'build', chunks: [`${before} ${planted.line} ${'y'.repeat(300)}`] }]);
        expectHidden(JSON.stringify(sources), planted.planted);
      }),
      fuzzOptions(40),
    );
  });
});

describe('a fingerprint', () => {
  it('is the same when only numbers, times, ids, sizes and addresses differ', () => {
    fc.assert(
      fc.property(fc.array(varyingLine, { minLength: 1, maxLength: 3 }), (lines) => {
        for (const { first, second } of lines) expect(templateOf(second)).toBe(templateOf(first));
        const [first, second] = [lines.map((line) => line.first), lines.map((line) => line.second)];
        expect(fingerprintOf('unknown', second)).toBe(fingerprintOf('unknown', first));
      }),
      fuzzOptions(300),
    );
  });

  it('differs when another word stands in the line', () => {
    fc.assert(
      fc.property(varyingLine, fc.nat(), ({ first, words }, at) => {
        const word = words[at % words.length] ?? '';
        const other = first.replace(word, `un${word}`);
        fc.pre(first.length < 300);
        expect(templateOf(other)).not.toBe(templateOf(first));
        expect(fingerprintOf('unknown', [other])).not.toBe(fingerprintOf('unknown', [first]));
      }),
      fuzzOptions(100),
    );
  });
});
