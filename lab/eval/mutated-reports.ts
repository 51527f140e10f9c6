import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { UnreadableReport } from '@selfheal/reports/normal-form/unreadable-report.ts';

/** A report file of the data. */
export interface ReportFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** What became of the mutants of one kind. */
export interface MutationOutcome {
  readonly kind: string;
  readonly mutants: number;
  readonly parsed: number;
  readonly refused: number;
  /** Refused without a line, although the file has one to name. */
  readonly withoutLine: number;
  /** Errors other than `UnreadableReport`, with the file. */
  readonly crashes: readonly string[];
  readonly slowestMilliseconds: number;
}

type Mutate = (bytes: Buffer, random: () => number) => Buffer;

const MAX_PART = 2_000;
const SEED = 20261125;
const at = (length: number, random: () => number): number => Math.floor(random() * Math.max(length, 1));

const MUTATIONS: Readonly<Record<string, Mutate>> = {
  'bits flipped': (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let times = 1 + at(8, random); times > 0; times--) {
      const place = at(copy.length, random);
      copy[place] = (copy[place] ?? 0) ^ (1 << at(8, random));
    }
    return copy;
  },
  'cut off': (bytes, random) => bytes.subarray(0, 1 + at(bytes.length - 1, random)),
  'a part deleted': (bytes, random) => {
    const [from, to] = partOf(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  'a part repeated': (bytes, random) => {
    const [from, to] = partOf(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  'joined with itself': (bytes) => Buffer.concat([bytes, bytes]),
  'another encoding': (bytes, random) => {
    const text = bytes.toString();
    const ways = [
      () => Buffer.from(`\ufeff${text}`, 'utf16le'),
      () => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
      () => Buffer.from(text, 'utf16le'),
      () => Buffer.from(text, 'latin1'),
      () => Buffer.from(text.replace(/encoding="[^"]*"/, 'encoding="ISO-8859-1"')),
      () => Buffer.from(text.replace(/encoding="[^"]*"/, 'encoding="no-such-code"')),
      () => Buffer.from(`\ufeff${text}`),
    ];
    return ways[at(ways.length, random)]?.() ?? bytes;
  },
  'numbers changed': (bytes, random) =>
    Buffer.from(
      bytes
        .toString('latin1')
        .replace(/\d+/g, (number) =>
          random() < 0.05
            ? (['-1', '0', '1e999', '99999999999999999999', 'NaN', `-${number}`][at(6, random)] ?? number)
            : number,
        ),
      'latin1',
    ),
  'NUL and control characters': (bytes, random) => {
    const place = at(bytes.length, random);
    return Buffer.concat([bytes.subarray(0, place), Buffer.from([at(32, random)]), bytes.subarray(place)]);
  },
};

/** An element or line if one begins near a random place, else a random stretch. */
function partOf(bytes: Buffer, random: () => number): [from: number, to: number] {
  const start = at(bytes.length, random);
  const sign = random() < 0.5 ? '<' : '\n';
  const from = Math.max(bytes.indexOf(sign, start), 0);
  const next = bytes.indexOf(sign, from + 1 + at(400, random));
  return [from, Math.min(next < 0 ? bytes.length : next, from + MAX_PART)];
}

/** Reads `count` mutants of the files, of each kind in turn, and tells what became of them. The same every time. */
export async function mutateReports(
  files: readonly ReportFile[],
  count: number,
  read: (name: string, bytes: Buffer) => Promise<unknown>,
): Promise<MutationOutcome[]> {
  const random = numbersFrom(SEED);
  const kinds = Object.entries(MUTATIONS);
  const outcomes = kinds.map(([kind]) => ({
    kind,
    mutants: 0,
    parsed: 0,
    refused: 0,
    withoutLine: 0,
    crashes: [] as string[],
    slowestMilliseconds: 0,
  }));
  for (let round = 0; round < count; round++) {
    const [, mutate] = kinds[round % kinds.length] ?? [];
    const outcome = outcomes[round % kinds.length];
    const file = files[at(files.length, random)];
    if (mutate === undefined || outcome === undefined || file === undefined) continue;
    const mutant = mutate(file.bytes, random);
    const began = performance.now();
    outcome.mutants += 1;
    try {
      await read(file.path, mutant);
      outcome.parsed += 1;
    } catch (error) {
      if (error instanceof UnreadableReport) {
        outcome.refused += 1;
        outcome.withoutLine += error.line === null ? 1 : 0;
      } else outcome.crashes.push(`${file.path}: ${String(error)}`);
    }
    outcome.slowestMilliseconds = Math.max(outcome.slowestMilliseconds, performance.now() - began);
  }
  return outcomes;
}
