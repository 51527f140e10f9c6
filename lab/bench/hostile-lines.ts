/** Length of each hostile line: the most that is ever read of a line. */
const LENGTH = 32_768;

/** A start, a part that is repeated to fill the line, and an end that makes a backtracking pattern fail. */
const SEEDS: readonly (readonly [start: string, repeated: string, end: string])[] = [
  ['', 'a', '!'],
  ['', 'aA1', '!'],
  ['', 'A', '='],
  ['', '0', 'x'],
  ['', '0a', '-'],
  ['', ' ', 'x'],
  ['x', ' ', 'x'],
  ['', '\t', '!'],
  ['', '\t ', '!'],
  ['', '.', '!'],
  ['', '1.', '!'],
  ['', 'a.', '@'],
  ['', '-', '!'],
  ['', '--a', '='],
  ['', '_', '!'],
  ['___ ', 'a _', '!'],
  ['', '=', '!'],
  ['', 'a=', '!'],
  ['', ':', '!'],
  ['', 'a:', '@'],
  ['', '/', '!'],
  ['', '/a', '!'],
  ['', '\\', '!'],
  ['', '"', '!'],
  ['"', '\\"', '!'],
  ['', "'", '!'],
  ['', '`', '!'],
  ['', '(', '!'],
  ['', '{', '!'],
  ['', '[', '!'],
  ['', '<', '!'],
  ['', '<a>', '!'],
  ['', '@', '!'],
  ['', 'a@', '!'],
  ['', '#', '!'],
  ['', '|', '!'],
  ['', 'http://', '!'],
  ['https://', 'a:', '/'],
  ['https://a:', 'b', '/'],
  ['', 'error: ', '!'],
  ['', 'errors ', '!'],
  ['', 'expected ', '!'],
  ['', '1 failed ', '!'],
  ['', 'password=', '!'],
  ['', 'token: "', '!'],
  ['', 'secret', '!'],
  ['', 'eyJ', '!'],
  ['authorization: ', 'basic ', '!'],
  ['', '%2', '!'],
  ['', '\u001b[1;', '!'],
  ['', '2026-01-01T00:00:00.000Z ', '!'],
  ['', '\r', '!'],
  ['{"', '":{"', '}'],
  ['', 'Zm9v', '!'],
  ['', 'set-cookie:', '!'],
  ['', 'login -p ', '!'],
  ['', 'key=', '!'],
];

/** Lines on which patterns are known to backtrack. */
export const HOSTILE_LINES: readonly string[] = SEEDS.map(([start, repeated, end]) => {
  const room = LENGTH - start.length - end.length;
  return start + repeated.repeat(Math.ceil(room / repeated.length)).slice(0, room) + end;
});

/** Lines that begin like a match of a pattern but never complete it: its own wording repeated, in full and cut off. */
export function hostileWordings(wordings: readonly string[]): string[] {
  const parts = wordings.flatMap((wording) => {
    const line = wording.replaceAll('\n', ' ');
    return [line, `${line.slice(0, Math.ceil(line.length / 2))} `];
  });
  return parts.flatMap((part) => [
    `${part.repeat(Math.ceil(LENGTH / part.length)).slice(0, LENGTH - 1)}!`,
    ...['a', '0', ' ', '/a.'].map((filling) => `${(part + filling.repeat(LENGTH)).slice(0, LENGTH - 1)}!`),
  ]);
}

/** Patterns that a user may write and on which a backtracking engine takes years. */
export const HOSTILE_PATTERNS: readonly string[] = [
  ...['(a+)+$', '^(a+)+$', '(a|a)*$', '(a|aa)+$', '(a|a?)+$', '(a*)*b', '((a*)*)*b', '(.*a){20}', '(x+x+)+y'],
  ...['([a-zA-Z]+)*$', '(\\d+)*$', '^(\\w+\\s?)*$', '(.*)(.*)(.*)(.*)x', 'a*a*a*a*a*a*b', '(.*,)*$', '(\\s|\\t)+$'],
  ...[
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(a?){90}a{90}',
    '(?:[\\w.-]+)+@(?:[\\w-]+\\.)+[a-z]+$',
    '(?:/[^/]+)+/$',
    '"(?:[^"]|"")*"$',
  ],
];
