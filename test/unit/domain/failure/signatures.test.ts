import { join } from 'node:path';
import { parseSignatures, type SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { FAMILY_OF, type FailureClass } from '@selfheal/kernel/failure-class.ts';
import { problemOfPattern } from '@selfheal/log-reading/logs/pattern-safety.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPlaybooks, loadSignatures } from '#shared/adapters/archive/data-files.ts';

const DATA = join(import.meta.dirname, '../../../../shared/data');
const { signatures, problems } = await loadSignatures(DATA);

function matches(set: SignatureSet, id: string, text: string): boolean {
  return set.candidates(text).some((one) => one.signature.id === id && one.regExp.test(text));
}

describe('the built-in signatures', () => {
  it('all load, and there are at least 250', () => {
    expect(problems).toEqual([]);
    expect(signatures.all.length).toBeGreaterThanOrEqual(250);
  });

  it('know every class but unknown', () => {
    const classes = new Set(signatures.all.map((one) => one.signature.class));
    const wanted = (Object.keys(FAMILY_OF) as FailureClass[]).filter((one) => one !== 'unknown');
    expect(wanted.filter((one) => !classes.has(one))).toEqual([]);
  });

  it.each(signatures.all.map((one) => one.signature))(
    '$id matches its examples and nothing of its counter-examples',
    (one) => {
      for (const text of one.examples.matches) expect(matches(signatures, one.id, text), text).toBe(true);
      for (const text of one.examples.rejects) expect(matches(signatures, one.id, text), text).toBe(false);
    },
  );

  it('stay linear on texts made of their own examples, repeated and broken off', () => {
    for (const { signature, regExp, literals } of signatures.all) {
      for (const example of [...signature.examples.matches, ...literals]) {
        for (const cut of [1, 0.5]) {
          const part = example.slice(0, Math.max(1, example.length * cut));
          const hostile = part.repeat(Math.ceil(2_000 / part.length)).slice(0, 2_000);
          // More than linear time on any of them would not end within the test's time; the bench times them.
          expect(typeof regExp.test(`${hostile}!`), signature.id).toBe('boolean');
        }
      }
    }
  });
});

describe('a file of signatures', () => {
  const sound = {
    id: 'sound-one',
    title: 'Sound',
    class: 'test_failure',
    verdict: 'regression',
    confidence: 0.5,
    literals: ['sound'],
    pattern: 'sound (?<name>[a-z]{1,9})',
    examples: { matches: ['sound a', 'sound b'], rejects: ['silence', 'sounds'] },
    advice: { rootCause: 'It is {name}.', fix: 'Mend it.', prevention: 'Test it.' },
  };

  it.each([
    [
      'a dangerous pattern',
      { ...sound, id: 'bad', pattern: '(?:a+)+b' },
      'bad.yaml, signature bad: pattern: a repeated group repeats inside',
    ],
    ['a back-reference', { ...sound, id: 'bad', pattern: '(?<name>a)\\k<name>' }, 'back-references are not linear'],
    [
      'advice without its capture',
      { ...sound, id: 'bad', advice: { ...sound.advice, fix: 'Mend {place}.' } },
      'advice names {place}, which the pattern does not capture',
    ],
    ['an unknown class', { ...sound, id: 'bad', class: 'bad_luck' }, 'bad.yaml, signature bad: class'],
    ['an id that is taken', sound, 'bad.yaml, signature sound-one: the id is already taken'],
    ['nothing', null, 'bad.yaml, signature number 1'],
  ])('with %s is named and the others still load', (_, bad, reason) => {
    const parsed = parseSignatures([
      { name: 'good.yaml', content: { signatures: [sound] } },
      { name: 'bad.yaml', content: { signatures: [bad] } },
    ]);
    expect(parsed.signatures.all.map((one) => one.signature.id)).toEqual(['sound-one']);
    expect(parsed.problems).toHaveLength(1);
    expect(parsed.problems[0]).toContain(reason);
  });

  it('without a list is named', () => {
    expect(parseSignatures([{ name: 'odd.yaml', content: 7 }]).problems).toEqual([
      'odd.yaml: needs a list named "signatures"',
    ]);
  });
});

describe('a signature that says what it must not match', () => {
  const parse = (not: string) =>
    parseSignatures([
      {
        name: 'bounded.yaml',
        content: {
          signatures: [
            {
              id: 'bounded',
              title: 'Bounded',
              class: 'compilation_error',
              verdict: 'regression',
              confidence: 0.5,
              pattern: 'error (?<code>[A-Z]{2}\\d{4}): ',
              not,
              examples: { matches: ['error MS1000: a', 'error MS2000: b'], rejects: ['error', 'MS1'] },
              advice: { rootCause: 'It is {code}.', fix: 'Mend it.', prevention: 'Test it.' },
            },
          ],
        },
      },
    ]);

  it('matches only outside of that context', () => {
    const { signatures: set } = parse('error MS1003|in a test');
    expect(matches(set, 'bounded', 'error MS1001: no target')).toBe(true);
    expect(matches(set, 'bounded', 'error MS1003: no project')).toBe(false);
    expect(matches(set, 'bounded', 'error MS1001: seen in a test')).toBe(false);
    expect(set.all[0]?.regExp.exec('error MS1003: no project')).toBeNull();
    expect(set.all[0]?.regExp.exec('error MS1001: no target')?.groups?.code).toBe('MS1001');
  });

  it('is refused by name where that is no safe pattern', () => {
    expect(parse('(?:a+)+b').problems).toEqual([
      'bounded.yaml, signature bounded: not: a repeated group repeats inside',
    ]);
  });
});

describe('the check of a pattern', () => {
  it.each(['(a*)*', '(?:a|b*)+', '(?=a)b', '(?<!a)b', '.*x', '(a)\\1', '(a', 'a)'])('refuses %s', (pattern) => {
    expect(problemOfPattern(pattern)).not.toBeNull();
  });
  it.each(['a{1,20}b', '(?:ab)?c', '[^x\\n]{0,80}', '(?<n>\\w+): \\d+', '(?:\\n[^\\n]{0,300}){0,8}?x'])(
    'accepts %s',
    (pattern) => {
      expect(problemOfPattern(pattern)).toBeNull();
    },
  );
});

describe('the built-in playbooks', () => {
  let loaded: Awaited<ReturnType<typeof loadPlaybooks>>;
  beforeAll(async () => {
    loaded = await loadPlaybooks(DATA);
  });
  it('all load, and there are at least twenty', () => {
    expect(loaded.problems).toEqual([]);
    expect(loaded.entries.length).toBeGreaterThanOrEqual(20);
    expect(loaded.entries.every((entry) => entry.origin === 'playbook')).toBe(true);
  });
});
