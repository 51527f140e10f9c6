import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTemplateMiner, type TemplateMatch } from '../../src/templates/template-miner.ts';
import { readTemplateMinerState } from '../../src/templates/template-state.ts';

function filled(template: string, parameters: readonly string[]): string {
  let at = 0;
  return template.replaceAll('<*>', () => parameters[at++] ?? 'MISSING');
}

/** A match with everything in it. */
const read = ({ cluster, template, parameters }: TemplateMatch) => ({ cluster, template, parameters });

const WORD = fc.constantFrom(
  ...[
    'open',
    'closed',
    'user',
    'from',
    'alice',
    'bob',
    'READY',
    'DONE',
    'db.main',
    'node-7',
    'ssh2',
    '10.0.0.1:80',
    '/srv/a.txt',
  ],
  ...[
    '42',
    '0x1f',
    'k=v',
    'id=9',
    '(a)',
    '()',
    '12 KB',
    '<1 sec',
    '"x y"',
    '<*>',
    'CPU#3',
    '#4',
    'Mon',
    'Jun 3',
    'cache:',
    'web:8080',
    'é',
  ],
);
const LINE = fc.array(WORD, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));

describe('a template miner', () => {
  it('gives the message back when the parameters are put into the template', () => {
    fc.assert(
      fc.property(fc.array(LINE, { minLength: 1, maxLength: 25 }), (lines) => {
        const miner = makeTemplateMiner();
        for (const line of lines) miner.add(line);
        for (const line of lines) {
          const { template, parameters } = miner.match(line);
          expect(filled(template, parameters)).toBe(line);
        }
      }),
    );
  });

  it('loses nothing of a message but its white space', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const { template, parameters } = makeTemplateMiner().add(`x ${text}`);
        expect(filled(template, parameters)).toBe(`x ${text}`.replace(/[\0-\x20]+/g, ' ').trimEnd());
      }),
    );
  });

  it('answers a learnt line with the cluster it was put into', () => {
    fc.assert(
      fc.property(fc.array(LINE, { minLength: 1, maxLength: 40 }), (lines) => {
        const miner = makeTemplateMiner();
        const added = lines.map((line) => miner.add(line).cluster);
        const clusters = new Set(miner.clusters().map(({ cluster }) => cluster));
        for (const [at, line] of lines.entries()) {
          expect(miner.match(line).cluster).toBe(miner.clusterOf(added[at] ?? 0));
          expect(clusters).toContain(miner.match(line).cluster);
        }
        expect(miner.clusters().reduce((sum, cluster) => sum + cluster.lines, 0)).toBe(lines.length);
      }),
    );
  });

  it('goes on from a kept state as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.array(LINE, { maxLength: 30 }), fc.array(LINE, { maxLength: 30 }), (before, after) => {
        const whole = makeTemplateMiner();
        for (const line of before) whole.add(line);
        const kept: unknown = JSON.parse(JSON.stringify(whole.state()));
        const resumed = makeTemplateMiner({}, readTemplateMinerState(kept));
        expect(after.map((line) => read(resumed.add(line)))).toEqual(after.map((line) => read(whole.add(line))));
        expect(resumed.clusters()).toEqual(whole.clusters());
      }),
    );
  });

  it('keeps the older number when two clusters turn out to be one', () => {
    const miner = makeTemplateMiner();
    const numbers = ['anna', 'bert', 'cleo'].map((name) => miner.add(`login of user ${name} failed`).cluster);
    expect(numbers).toEqual([1, 2, 1]);
    expect(miner.clusterOf(2)).toBe(1);
    expect(miner.clusters()).toEqual([{ cluster: 1, template: 'login of user <*> failed', lines: 3 }]);
  });

  it('forgets the longest unseen templates when there are too many', () => {
    const miner = makeTemplateMiner({ maxClusters: 50 });
    const word = (at: number): string => String.fromCharCode(97 + (at % 26), 97 + (Math.trunc(at / 26) % 26));
    for (let at = 0; at < 3_000; at += 1) {
      miner.add(`${word(at * 7)}${word(at)} ${word(at * 11)}${word(at + 3)} happened ${word(at * 3)}`);
      miner.add('seen all the time');
    }
    expect(miner.clusters().length).toBeLessThanOrEqual(50);
    const { cluster } = miner.match('seen all the time');
    expect(miner.clusters().find((one) => one.cluster === cluster)?.lines).toBe(3_000);
    expect(JSON.stringify(miner.state()).length).toBeLessThan(300_000);
  });

  it('answers an unknown line as it reads, and learns nothing from it', () => {
    const miner = makeTemplateMiner();
    miner.add('one line');
    const { cluster, template } = miner.match('another line with 5 words');
    expect({ cluster, template }).toEqual({ cluster: 0, template: 'another line with <*> words' });
    expect(miner.clusters()).toHaveLength(1);
  });

  it('reads lines that no log should have in a moment', () => {
    const lines = [
      '',
      '   ',
      '\u0001\u0002',
      'a'.repeat(200_000),
      '('.repeat(50_000),
      '1 a '.repeat(30_000),
      '='.repeat(9_000),
    ];
    const miner = makeTemplateMiner();
    // More than linear time on any of them would not end within the test's time.
    expect(lines.map((line) => miner.add(line))).toHaveLength(lines.length);
  });

  it('refuses a state of another version', () => {
    expect(() => readTemplateMinerState({ version: 1 })).toThrow(/template state: .*Mine the templates again/s);
  });
});

describe('lines that differ in digits alone', () => {
  it.each([
    ['2026-11-21 03:04:05 took 17 ms\tfor 3 items ', '2026-11-22 13:14:15 took 23 ms\tfor 9 items '],
    ['1700000000 worker3 of node-7 done', '2700000000 worker8 of node-2 done'],
    ['job "run 12" in /srv/a1/b2.txt  k=v1', 'job "run 98" in /srv/a9/b8.txt  k=v7'],
    ["user='job4 of ops' left 10.0.0.1:80", "user='job9 of ops' left 10.0.0.7:81"],
  ])('are read as if each had come alone: %j, then %j', (first, second) => {
    const miner = makeTemplateMiner();
    miner.add(first);
    const after = miner.add(second);
    const alone = makeTemplateMiner({}, readTemplateMinerState(JSON.parse(JSON.stringify(stateAfter(first))))).add(
      second,
    );
    expect(read(after)).toEqual(read(alone));
    expect(miner.add(second).cluster).toBe(after.cluster);
    const { template, parameters } = miner.match(second);
    expect(second.replace(/\s+/g, ' ').trim().endsWith(filled(template, parameters))).toBe(true);
  });

  function stateAfter(line: string) {
    const miner = makeTemplateMiner();
    miner.add(line);
    return miner.state();
  }

  it('are read alike by a miner that has read many and by one that goes on from its state', () => {
    const line = fc
      .tuple(
        fc.constantFrom('took % ms at node%', 'user u% from 10.0.0.%', '% open\tfor %', '[%] k=% done'),
        fc.array(fc.nat(99), { minLength: 2, maxLength: 2 }),
      )
      .map(([form, numbers]) => form.replaceAll('%', () => String(numbers.pop() ?? 0)));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (some) => {
        const miner = makeTemplateMiner();
        for (const one of some) {
          const fresh = makeTemplateMiner({}, readTemplateMinerState(JSON.parse(JSON.stringify(miner.state()))));
          expect(read(miner.add(one))).toEqual(read(fresh.add(one)));
        }
      }),
      { numRuns: 60 },
    );
  });
});
