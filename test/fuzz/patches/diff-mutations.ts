import * as fc from 'fast-check';
import { HOSTILE_PATHS } from '../../../packages/patch-guard/test/hostile-paths.ts';

/** One change of a diff's text, at the `at`-th of its lines. */
interface DiffMutation {
  readonly at: number;
  readonly how: 'cut' | 'repeat' | 'swap' | 'put-in' | 'replace' | 'prefix' | 'character';
  readonly text: string;
}

const PATHS = Object.values(HOSTILE_PATHS).flat();

/** Lines that mean something in a diff, with the paths that nobody may write to. */
const line = fc.oneof(
  fc.constantFrom(
    'diff --git a/src/cart.ts b/src/cart.ts',
    'old mode 100644',
    'new mode 100755',
    'new file mode 120000',
    'deleted file mode 100644',
    'similarity index 100%',
    'GIT binary patch',
    '--- /dev/null',
    '+++ /dev/null',
    '@@ -0,0 +1 @@',
    '@@ -1,3 +1,3 @@ x',
    '@@ -99999999,1 +1 @@',
    '\\ No newline at end of file',
    '',
    '+',
    '-',
    ' ',
    '+\u202ehidden',
    "+process.exit(0); it.only('x', () => {});",
  ),
  fc
    .constantFrom(...PATHS)
    .chain((path) =>
      fc.constantFrom(
        `--- a/${path}`,
        `+++ b/${path}`,
        `rename from ${path}`,
        `rename to ${path}`,
        `diff --git a/${path} b/${path}`,
        `copy to ${path}`,
      ),
    ),
  fc.string({ unit: 'binary', maxLength: 80 }),
);

const mutation: fc.Arbitrary<DiffMutation> = fc.record({
  at: fc.nat(400),
  how: fc.constantFrom('cut', 'repeat', 'swap', 'put-in', 'replace', 'prefix', 'character'),
  text: line,
});

function mutated(lines: readonly string[], { at, how, text }: DiffMutation): string[] {
  const place = lines.length === 0 ? 0 : at % lines.length;
  const [current = '', next = ''] = lines.slice(place);
  const around = (...middle: string[]) => [...lines.slice(0, place), ...middle, ...lines.slice(place + 1)];
  switch (how) {
    case 'cut':
      return around();
    case 'repeat':
      return around(current, current);
    case 'swap':
      return [...lines.slice(0, place), next, current, ...lines.slice(place + 2)];
    case 'put-in':
      return around(text, current);
    case 'replace':
      return around(text);
    case 'prefix':
      return around(`${text.slice(0, 1)}${current.slice(1)}`);
    case 'character': {
      const column = current.length === 0 ? 0 : at % current.length;
      return around(`${current.slice(0, column)}${text.slice(0, 2)}${current.slice(column + 1)}`);
    }
    default:
      return how satisfies never;
  }
}

/** A diff with up to six changes; none of them is as likely as any other number. */
export function mutatedDiff(diffs: readonly string[]): fc.Arbitrary<string> {
  return fc
    .record({
      diff: fc.constantFrom(...diffs),
      second: fc.option(fc.constantFrom(...diffs)),
      mutations: fc.array(mutation, { maxLength: 6 }),
    })
    .map(({ diff, second, mutations }) => mutations.reduce(mutated, `${diff}${second ?? ''}`.split('\n')).join('\n'));
}
