import { CausalChain, causalChainOf } from '@selfheal/diagnosis/causality/chain.ts';
import { chainLines, isInformative } from '@selfheal/diagnosis/causality/chain-words.ts';
import { alarmEvents } from '@selfheal/diagnosis/causality/stated-events.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anEvidence, anEvidenceLine, someAlarmFacts } from '#test/builders/index.ts';
import { FIRST_CAUSES } from './first-causes.ts';

/** The line that is taken for the first cause. */
function causeOf(lines: readonly string[]): string | undefined {
  return causalChainOf(anEvidence({ texts: lines }))?.cause.text;
}

describe('the first cause', () => {
  it.each(FIRST_CAUSES)('[C37] is %s', (_, lines, cause) => expect(causeOf(lines)).toBe(cause));

  it('is none of a log that ends with nothing but an exit code, or in which nothing goes wrong', () => {
    expect(causeOf(['built', '##[error]Process completed with exit code 1.'])).toBeUndefined();
    expect(causeOf(['built', '0 errors'])).toBeUndefined();
    expect(causalChainOf(anEvidence({ sources: [] }))).toBeNull();
  });

  it('is no connection that was refused only until the database was ready', () => {
    expect(
      causeOf([
        'connect ECONNREFUSED db:5432, retrying',
        'connect ECONNREFUSED db:5432, retrying',
        'WARN connected to db:5432 after 2 retries',
        'src/cart.ts:12:5: error: total does not compile',
      ]),
    ).toContain('does not compile');
  });
});

describe('what followed', () => {
  const chain = causalChainOf(anEvidence({ texts: FIRST_CAUSES[0]?.[1] ?? [] }));

  it('[C37] has order, time, text, entities, severity and why', () => {
    expect(chain?.cause).toMatchObject({ ref: 'L1', at: '2026-11-21T03:04:00.000Z', severity: 'error', link: null });
    expect(chain?.cause.entities).toContainEqual({ kind: 'host', value: 'db:5432' });
    expect(chain?.followed.map(({ ref, link }) => [ref, link])).toEqual([
      ['L2', 'same-name'],
      ['L3', 'cascade'],
      ['L4', 'cascade'],
    ]);
    expect(chain?.followed[0]?.why).toBe('it also mentions db');
  });

  it('puts summaries last and counts repeats', () => {
    const texts = ['2 failed, 3 passed', ...Array.from({ length: 5 }, (_, at) => `request ${at} to db:5432 timed out`)];
    const { cause, followed } = causalChainOf(anEvidence({ texts: ['connect ECONNREFUSED db:5432', ...texts] })) ?? {};
    expect(cause?.times).toBe(1);
    expect(followed?.map(({ link, times }) => [link, times])).toEqual([
      ['same-name', 5],
      ['summary', 1],
    ]);
  });

  it('is told in words with clock and reason, and only where it says more than the lines do', () => {
    expect(chain === null ? [] : chainLines(chain)).toEqual([
      expect.stringMatching(/^First, 03:04:00 UTC: `.*ECONNREFUSED db:5432`: .*\.$/),
      expect.stringContaining(
        'Then, 03:04:05 UTC: `ERROR query timed out after 5000 ms at db:5432`: it also mentions db.',
      ),
      expect.stringContaining('a call that cannot connect times out'),
      expect.stringContaining('a service that cannot connect becomes unhealthy'),
    ]);
    const plain = causalChainOf(anEvidence({ texts: ['error: a', '##[error]Process completed with exit code 1.'] }));
    expect(plain === null || isInformative(plain)).toBe(false);
  });

  const word = fc.constantFrom(
    'ERROR',
    'connect refused',
    'db:5432',
    'timed out',
    'Caused by: x.YException: z',
    '  at a.b(C.java:3)',
    'x'.repeat(3000),
    'Process completed with exit code 1.',
    'FAILED tests/a.py::b',
    'warning: slow',
    '10.0.0.1:80',
    '2026-11-21T03:04:05Z',
  );
  const anyLine = fc.oneof(
    fc.array(word, { maxLength: 5 }).map((words) => words.join(' ')),
    fc.string(),
  );

  it('keeps its bounds and cites lines that exist, whatever the log says', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 60 }), (texts) => {
        const found = causalChainOf(anEvidence({ texts }));
        if (found === null) return;
        CausalChain.parse(found);
        const refs = new Set(texts.map((_, at) => `L${at + 1}`));
        for (const { ref } of [found.cause, ...found.followed]) expect(refs.has(ref ?? '')).toBe(true);
      }),
    );
  });

  it('tells failures that differ in an address or a file alone as one', () => {
    const failed = (name: string) =>
      `npm http fetch GET https://npm.example.com/${name} attempt 2 failed with ECONNRESET`;
    const lines = ['proxy-addr', 'router', 'qs', 'wrappy'].map(failed);
    const chain = causalChainOf(anEvidence({ texts: [...lines, 'npm error code ECONNRESET'] }));
    expect(chain?.cause).toMatchObject({ text: lines[0], times: 4 });
    expect(chain?.followed.map(({ text }) => text)).not.toContain(lines[1]);
  });

  it('is the same in whatever order lines with times of their own come', () => {
    const lines = (FIRST_CAUSES[0]?.[1] ?? []).concat(FIRST_CAUSES[1]?.[1] ?? []);
    const chainOfLines = (some: readonly string[]) => {
      const [source] = anEvidence().sources;
      const told = some.map((text, at) => anEvidenceLine({ ref: `L${lines.indexOf(text)}`, number: at + 1, text }));
      const evidence = anEvidence({ sources: source === undefined ? [] : [{ ...source, lines: told }] });
      const found = causalChainOf(evidence);
      return [found?.cause, ...(found?.followed ?? [])].map((event) => [event?.at, event?.text]);
    };
    const expected = chainOfLines(lines);
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
        expect(chainOfLines(shuffled)).toEqual(expected);
      }),
    );
  });
});

describe('the chain of an alarm', () => {
  const facts = someAlarmFacts();
  const changedAt = '2026-11-21T11:58:00.000Z';
  const evidence = anEvidence({
    texts: [
      '2026-11-21T11:55:00Z ERROR TypeError: total is not a function at cart.js:3',
      '2026-11-21T11:56:00Z ERROR 502 Bad Gateway',
    ],
  });

  it('[C37] begins with the deployment after which the errors came, and has the alarm at its place in time', () => {
    const chain = causalChainOf(evidence, [], alarmEvents(facts, 'checkout-errors', changedAt));
    expect(chain?.cause).toMatchObject({
      ref: null,
      at: '2026-11-21T11:00:00.000Z',
      text: 'Version 8 of checkout was deployed to live',
    });
    expect(chain?.followed.map(({ text }) => text)).toEqual([
      expect.stringContaining('TypeError'),
      expect.stringContaining('502'),
      'The alarm checkout-errors went off',
    ]);
    expect(chain !== null && isInformative(chain)).toBe(true);
  });

  it.each(['2026-11-19T11:00:00.000Z', '2026-11-21T11:59:00.000Z'])('leaves out a deployment at %s', (deployedAt) => {
    const deployment = facts.deployment === null ? null : { ...facts.deployment, deployedAt };
    const told = alarmEvents({ ...facts, deployment }, 'checkout-errors', changedAt);
    expect(told.map(({ text }) => text)).toEqual(['The alarm checkout-errors went off']);
  });
});
