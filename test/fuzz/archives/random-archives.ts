import { crc32 } from 'node:zlib';
import { joinZip, packEntry, writeZip } from '@selfheal/fake-github/zip/zip-writer.ts';
import * as fc from 'fast-check';
import {
  aDamagedArchive,
  aLinkingArchive,
  aLogArchive,
  anArchiveOfUnknownMethod,
  anEmptyArchive,
  anEncryptedArchive,
  aTraversingArchive,
  aTruncatedArchive,
  notAnArchive,
} from '#test/builders/archives.ts';

/** A job of a well-formed archive: its steps' texts, and whether the archive also holds them as one file at the top. */
export interface SampleJob {
  readonly name: string;
  readonly steps: readonly string[];
  readonly whole: boolean;
}

export interface SampleArchive {
  readonly jobs: readonly SampleJob[];
  readonly bytes: Buffer;
}

const text = fc.oneof(
  fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 40 }).map((lines) => lines.join('\n')),
  fc.nat(20_000).map((length) => 'compiled one more unit\n'.repeat(length / 23)),
);
/** Characters of several bytes, longer than what a stream hands out at a time, so that chunks end within them. */
const wideText = fc
  .tuple(fc.nat(3), fc.nat(40_000))
  .map(([shift, length]) => 'x'.repeat(shift) + '\u{1f600}'.repeat(length));
const jobName = fc
  .string({
    unit: fc.constantFrom(...'abcXYZ 0123456789.-_(),\u00e4\u00df\u{1f600}'),
    minLength: 1,
    maxLength: 30,
  })
  .filter((name) => !/^\.{1,2}$/.test(name));

function entriesOf(jobs: readonly SampleJob[]): { name: string; content: string }[] {
  return jobs.flatMap(({ name, steps, whole }, index) => [
    ...(whole ? [{ name: `${index}_${name}.txt`, content: steps.join('') }] : []),
    ...(whole ? [] : [{ name: `${name}/`, content: '' }]),
    ...steps.map((content, step) => ({ name: `${name}/${step + 1}_step.txt`, content })),
  ]);
}

/** Deflated or stored, as the flag says. */
function packed(entry: { name: string; content: string }, stored: boolean) {
  const bytes = Buffer.from(entry.content, 'utf8');
  return stored
    ? {
        name: entry.name,
        packed: bytes,
        method: 0,
        crc: crc32(bytes),
        size: bytes.length,
        flags: 0x0800,
        mode: 0o100644,
      }
    : packEntry(entry);
}

/** Archives as GitHub makes them, with what is in them. */
export const sampleArchive: fc.Arbitrary<SampleArchive> = fc
  .record({
    jobs: fc.uniqueArray(
      fc.record({
        name: jobName,
        steps: fc.array(fc.oneof({ weight: 8, arbitrary: text }, { weight: 1, arbitrary: wideText }), {
          minLength: 1,
          maxLength: 4,
        }),
        whole: fc.boolean(),
      }),
      { maxLength: 5, selector: ({ name }) => name },
    ),
    stored: fc.boolean(),
    backwards: fc.boolean(),
  })
  .map(({ jobs, stored, backwards }) => {
    const entries = entriesOf(jobs).map((entry) => packed(entry, stored));
    return { jobs, bytes: joinZip(backwards ? entries.reverse() : entries) };
  });

/** Names that have the form of a job's log and point outside the archive. */
const LEAVING_NAMES = [
  '../1_step.txt',
  '0_..\\up.txt',
  '..\\..\\job/1_step.txt',
  'C:/1_step.txt',
  'C:\\job/2_step.txt',
];

/** Made once: what is hostile by construction is the starting point of further damage. */
const BROKEN: readonly Buffer[] = [
  writeZip(LEAVING_NAMES.map((name) => ({ name, content: 'error: outside\n' }))),
  aLogArchive(30),
  aTruncatedArchive(),
  aLinkingArchive(),
  aTraversingArchive(),
  anEncryptedArchive(),
  anArchiveOfUnknownMethod(),
  aDamagedArchive(),
  anEmptyArchive(),
  notAnArchive(),
];

type Damage =
  | { kind: 'bytes'; changes: readonly { at: number; byte: number }[] }
  /** Where the directory is: near the end. */
  | { kind: 'end-bytes'; changes: readonly { at: number; byte: number }[] }
  | { kind: 'cut'; from: number; to: number }
  | { kind: 'twice' }
  | { kind: 'around'; before: Uint8Array; after: Uint8Array };

const changes = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 12 });
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('bytes' as const), changes }),
  fc.record({ kind: fc.constant('end-bytes' as const), changes }),
  fc.record({ kind: fc.constant('cut' as const), from: fc.nat(), to: fc.nat() }),
  fc.record({ kind: fc.constant('twice' as const) }),
  fc.record({
    kind: fc.constant('around' as const),
    before: fc.uint8Array({ maxLength: 80 }),
    after: fc.uint8Array({ maxLength: 80 }),
  }),
);

const NEAR_END = 300;

function damaged(bytes: Buffer, how: Damage): Buffer {
  const { length } = bytes;
  if (length === 0) return bytes;
  switch (how.kind) {
    case 'bytes':
    case 'end-bytes': {
      const copy = Buffer.from(bytes);
      const reach = how.kind === 'bytes' ? length : Math.min(length, NEAR_END);
      for (const { at, byte } of how.changes) copy[length - 1 - (at % reach)] = byte;
      return copy;
    }
    case 'cut': {
      const [from, to] = [how.from % length, how.to % length].sort((a, b) => a - b);
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    }
    case 'twice':
      return Buffer.concat([bytes, bytes]);
    case 'around':
      return Buffer.concat([how.before, bytes, how.after]);
    default:
      return how satisfies never;
  }
}

/** Anything that could come in place of a log archive. */
export const anyArchive: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(sampleArchive, fc.constantFrom(null, ...BROKEN), fc.array(damage, { minLength: 1, maxLength: 3 }))
      .map(([sample, broken, damages]) => damages.reduce(damaged, broken ?? sample.bytes)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(sampleArchive, sampleArchive).map(([a, b]) => Buffer.concat([a.bytes, b.bytes])),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    // Begins and ends like an archive, with nothing but noise between.
    arbitrary: fc
      .uint8Array({ maxLength: 300 })
      .map((noise) => Buffer.concat([Buffer.from('PK\u0003\u0004'), noise, anEmptyArchive()])),
  },
);
