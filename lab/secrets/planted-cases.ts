import { createHash } from 'node:crypto';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { HARMLESS_KINDS, type MadeSecret, nameOf, oneOf, SECRET_KINDS, type SecretKind } from './made-secrets.ts';
import { NOTATIONS, type Notation } from './notations.ts';

/**
 * `developed`: kinds and notations that rules may be written for. `unseen`: those that only the final figure may use;
 * reading its misses would spoil it.
 */
export type Half = 'developed' | 'unseen';

/** A made secret or lookalike in some lines of an ordinary log. */
export interface PlantedCase {
  readonly kind: string;
  readonly notation: string;
  readonly half: Half;
  readonly text: string;
  /** What must not remain of it. */
  readonly parts: readonly string[];
}

const SEED = 20_261_124;

/** Decided by the name alone, so that a new kind or notation moves no other. */
export function halfOf(id: string): Half {
  return (createHash('sha256').update(id).digest()[0] ?? 0) % 2 === 0 ? 'developed' : 'unseen';
}

const PREFIXES = [
  '',
  '',
  '',
  '2026-11-24T10:11:12.1234567Z ',
  '[INFO] ',
  'web_1  | ',
  '10:11:12 DEBUG [main] c.shop.Cart - ',
  '\t',
];
const AROUND = [
  '##[group]Run npm test',
  'added 812 packages in 9s',
  'HEAD is now at 3f2a91c Round the total after the discount',
  '[ 45%] Building CXX object src/CMakeFiles/cart.dir/total.cc.o',
  'ok  	example.com/shop/cart	0.412s',
  'npm warn deprecated glob@7.2.3: no longer supported',
  'Step 3/9 : COPY package.json .',
  'FAIL src/cart/total.test.ts',
  'time="2026-11-24T10:11:12Z" level=info msg="server started" port=8080',
];

/** A value as the notation writes it: in one line, or in several, with quotes escaped where it is JSON. */
function asWritten(text: string, { lines, isJson }: Notation): string {
  const quoted = isJson === true ? text.replace(/"/g, '\\"') : text;
  return lines === 'kept' ? quoted : quoted.replace(/\n/g, '\\n');
}

function planted(kind: SecretKind, notation: Notation, made: MadeSecret, random: () => number): string {
  const prefix = oneOf(random, PREFIXES);
  const written = notation.write(nameOf(kind, random), asWritten(made.text, notation));
  const lines = written.flatMap((line) => line.split('\n')).map((line) => prefix + line);
  return [oneOf(random, AROUND), ...lines, oneOf(random, AROUND)].join('\n');
}

/** Every fitting pair of a kind and a notation of the same half, `copies` times with other values. Always the same for a seed. */
function plantedCases(kinds: readonly SecretKind[], notations: readonly Notation[], copies: number): PlantedCase[] {
  return kinds.flatMap((kind) =>
    notations
      .filter(({ id }) => halfOf(id) === halfOf(kind.id))
      .flatMap((notation) =>
        Array.from({ length: copies }, (_, copy) => {
          const hash = createHash('sha256').update(`${SEED}/${kind.id}/${notation.id}/${copy}`).digest();
          const random = numbersFrom(hash.readUInt32LE());
          const made = kind.make(random);
          if (notation.fits?.(kind, made.text) === false) return [];
          const text = planted(kind, notation, made, random);
          return [
            { kind: kind.id, notation: notation.id, half: halfOf(kind.id), text, parts: made.parts ?? [made.text] },
          ];
        }).flat(),
      ),
  );
}

/** Secrets in log lines; `parts` must not remain. */
export const plantedSecrets = (copies = 2): PlantedCase[] => plantedCases(SECRET_KINDS, NOTATIONS, copies);
/** Hashes, names, references and the like in the same notations; everything must remain. */
export const plantedLookalikes = (copies = 1): PlantedCase[] =>
  plantedCases(
    HARMLESS_KINDS,
    NOTATIONS.filter(({ isTelling }) => isTelling !== true),
    copies,
  );

/** Shortest piece of a secret that counts as remaining. */
const MIN_PIECE = 8;
const PLACEHOLDER = /\[redacted:[\w-]{1,40}(?::\d{1,6})?\]/g;

/** Whether nothing of the secret of eight characters or more is left. */
export function isWhollyRedacted(redacted: string, parts: readonly string[]): boolean {
  const left = redacted.replace(PLACEHOLDER, '\n');
  return parts.every((part) => {
    const size = Math.min(MIN_PIECE, part.length);
    for (let at = 0; at + size <= part.length; at++) if (left.includes(part.slice(at, at + size))) return false;
    return true;
  });
}
