import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillAdvice } from '@selfheal/diagnosis/diagnosis/advice.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';

const { signatures } = await loadSignatures(join(import.meta.dirname, '../../../../shared/data'));

/** Each command of an advice that holds something of the log. */
const COMMANDS = [
  ...new Set(
    signatures.all.flatMap(
      ({
        signature: {
          advice: { fix, prevention, rootCause, summary = '' },
        },
      }) =>
        [fix, prevention, rootCause, summary].flatMap((text) => text.match(/`[a-z][\w.-]* [^`]*\{\w+\}[^`]*`/g) ?? []),
    ),
  ),
];
/** Names as whoever wrote the tests of a fork may choose them: each makes a file where a shell reads more of it than one word. */
const HOSTILE_NAMES = [
  'x"; touch made; echo "',
  "x'; touch made; echo '",
  'x; touch made',
  '$(touch made)',
  'x[$(touch made)]',
  `${'$'}{IFS}x && touch made`,
  'a | touch made',
  'a > made',
  'a\\"; touch made; "',
  `it's '"; touch made #`,
  '!!; touch made',
  '~/x & touch made &',
  'a\ntouch made',
  '`touch made`',
];

const folder = mkdtempSync(join(tmpdir(), 'selfheal-advice-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The words that a shell makes of a command, which it does not run. */
const wordsOf = (command: string): string[] =>
  execFileSync('sh', ['-c', `set -- ${command}\nprintf '%s\\n' "$@"`], { cwd: folder, encoding: 'utf8' })
    .trimEnd()
    .split('\n');

describe('a command in an advice, which people copy', () => {
  it('is there', () => {
    expect(COMMANDS.length).toBeGreaterThan(4);
  });

  it.each(COMMANDS)('holds a name of a log as one word: %s', (template) => {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
    const filledWith = (text: string) =>
      fillAdvice(template, Object.fromEntries(names.map((name) => [name, text]))).slice(1, -1);
    const count = wordsOf(filledWith('plain')).length;
    for (const hostile of HOSTILE_NAMES) expect(wordsOf(filledWith(hostile)), hostile).toHaveLength(count);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('holds no name that a program would take for an option', () => {
    expect(fillAdvice('Run it[: `go test -run {test}`].', { test: '--exec=touch' })).toBe('Run it.');
  });

  it('reads as people write it where nothing is special', () => {
    const run = (test: string) => fillAdvice('`pytest {test}`, `node --pattern="{test}"`', { test });
    expect(run('tests/test_a.py::test_b[1-2]')).toBe(
      '`pytest tests/test_a.py::test_b[1-2]`, `node --pattern="tests/test_a.py::test_b[1-2]"`',
    );
    expect(run('adds up 3 lines')).toBe('`pytest "adds up 3 lines"`, `node --pattern="adds up 3 lines"`');
    expect(run('costs $3')).toBe("`pytest 'costs $3'`, `node --pattern='costs $3'`");
  });
});
