import * as fc from 'fast-check';
import { type PlantedSecret, plantedSecret } from './secrets.ts';

const ESC = String.fromCharCode(27);

/** What lines of real logs are made of: alarming and harmless words, marks, escapes, half of what secrets begin with. */
const PIECES = [
  ...[
    'error:',
    'FAILED',
    '##[error]Process completed with exit code 1.',
    'Traceback (most recent call last):',
    'warning',
  ],
  ...['compiled', 'src/cart.ts:12:5', '✓ ok', '0 errors', '[redacted:github-token:1]', '***', '$' + '{{ secrets.X }}'],
  ...[
    'password',
    'passwd:',
    'token=',
    '"secret": "',
    'api_key',
    '--token',
    'Bearer',
    'authorization:',
    'curl -u shop:',
  ],
  ...['gh', 'p_', 'sk-', 'ey', 'J', 'xox', 'b-', 'https://', 'shop:', '@', '.example.com', '?sig=', '=', ':', ' ', '"'],
  ...[
    '\\n',
    '%3D',
    '\t',
    '\r',
    `${ESC}[31m`,
    `${ESC}[0m`,
    '^[[1m',
    '2026-11-21T12:00:00.1234567Z ',
    'a1B2c3D4e5F6g7H8',
  ],
  ...[
    'hunter2222',
    'aaaaaaaaaaaaaaaa',
    '0a1b2c3d4e5f67890a1b2c3d4e5f6789',
    'travis_fold:start:x',
    '\u{1f600}',
    '\u00df',
  ],
];

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }).map((text) => text.replaceAll('\n', ' ')) },
);

/** A line of a log. */
export const logLine: fc.Arbitrary<string> = fc
  .array(piece, { maxLength: 10 })
  .chain((pieces) => fc.constantFrom('', ' ').map((between) => pieces.join(between)));

export interface PlantedLine {
  readonly line: string;
  readonly planted: readonly PlantedSecret[];
}

const plainWords = fc.array(
  fc.constantFrom('error:', 'build', 'failed', 'using', 'step', '(1/4)', 'is', 'given', '-'),
  {
    maxLength: 4,
  },
);

/** A line with one or two secrets among plain words. */
export const plantedLine: fc.Arbitrary<PlantedLine> = fc
  .tuple(plainWords, fc.array(fc.tuple(plantedSecret, plainWords), { minLength: 1, maxLength: 2 }))
  .map(([before, rest]) => ({
    line: [...before, ...rest.flatMap(([{ text }, after]) => [text, ...after])].join(' '),
    planted: rest.map(([secret]) => secret),
  }));

/** Cuts a text at the given places, in any order and any number of times at one place. */
export function cutAt(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, index) => text.slice(at[index], end));
}

export const cuts = fc.array(fc.nat(1_000_000), { maxLength: 40 });
