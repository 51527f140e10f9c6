import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';

const SYLLABLES = 'ba co da fe gi ho ja ke li mo na pe ri so tu va xe yo za cor net log api db io web'.split(' ');
const NAMES = 6_000;
const ERROR_LINES = 14;

function makeNames(): string[] {
  const next = numbersFrom(NAMES);
  const syllable = () => SYLLABLES[Math.floor(next() * SYLLABLES.length)] ?? '';
  return Array.from({ length: NAMES }, () => `${syllable()}${syllable()}${syllable()}`);
}
const KNOWN_NAMES = makeNames();

/** Draws numbers and names. A few names are frequent and most are rare (Zipf's law). */
function wordsFrom(seed: number) {
  const next = numbersFrom(seed);
  const below = (most: number) => Math.floor(next() * most);
  const name = () => KNOWN_NAMES[Math.floor(NAMES ** next()) - 1] ?? 'base';
  const type = () => `${capital(name())}${capital(name())}`;
  return { below, name, type };
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
type Words = ReturnType<typeof wordsFrom>;

/** Error messages of tools, with other names for each failure. */
const ERRORS: readonly ((words: Words) => string)[] = [
  ({ name, type, below }) =>
    `[ERROR] /app/src/main/java/com/${name()}/${type()}.java:[${below(400)},${below(80)}] cannot find symbol`,
  ({ name, type }) => `[ERROR]   symbol:   class ${type()} in package org.${name()}.${name()}`,
  ({ name, below }) =>
    `bad class file: /root/.m2/repository/org/${name()}/${name()}/${below(9)}.${below(20)}.0/${name()}-${below(9)}.${below(20)}.0.jar`,
  ({ name, below }) => `npm ERR! ERESOLVE could not resolve ${name()}-${name()}@${below(9)}.${below(20)}.${below(9)}`,
  ({ name }) => `ModuleNotFoundError: No module named '${name()}.${name()}'`,
  ({ name, type, below }) =>
    `FAILED tests/test_${name()}.py::${type()}::test_${name()} - AssertionError: assert ${below(99)} == ${below(99)}`,
  ({ name, type, below }) => `${name()}/${name()}.go:${below(900)}:${below(60)}: undefined: ${type()}`,
  ({ name, type }) => `java.lang.NoClassDefFoundError: com/${name()}/${name()}/${type()}`,
  ({ name, type, below }) =>
    `src/${name()}/${type()}.ts(${below(300)},${below(80)}): error TS${2000 + below(800)}: Property '${name()}' does not exist on type '${type()}'.`,
  ({ name }) => `connect ECONNREFUSED: service ${name()}-${name()} is not reachable`,
];
const CONTEXT: readonly ((words: Words) => string)[] = [
  ({ name, type, below }) => `\tat com.${name()}.${name()}.${type()}.${name()}(${type()}.java:${below(900)})`,
  ({ name, below }) => `[INFO] Building ${name()}-${name()} ${below(9)}.${below(9)}-SNAPSHOT`,
  ({ name, below }) => `Step ${below(30)}/30 : RUN make ${name()} ${name()}`,
  ({ name, type, below }) => `[INFO] Tests run: ${below(90)}, Failures: 0 in com.${name()}.${type()}Test`,
  ({ name }) => `warning: the option ${name()} of ${name()} is deprecated, use ${name()} instead`,
];

/** Makes the evidence of one failure: `count` lines, ordinary ones and then errors. The same seed gives the same evidence. */
export function makeFailure(seed: number, count: number): Evidence {
  const words = wordsFrom(seed);
  const pick = (from: readonly ((words: Words) => string)[]) => from[words.below(from.length)]?.(words) ?? '';
  const lines = Array.from({ length: count }, (_, at) => {
    const isError = at >= count - ERROR_LINES;
    const score = isError ? 9 + words.below(4) : 2 + words.below(7);
    return { ref: `L${at + 1}`, number: at + 1, text: pick(isError ? ERRORS : CONTEXT), score };
  });
  const sources = [{ id: 'S1', name: 'build', url: null, totalLines: count, lines }];
  return Evidence.parse({
    version: 1,
    incidentId: `gh-${String(seed).padStart(24, '0')}`,
    gatheredAt: '2026-01-02T03:04:05.000Z',
    sources,
    notes: [],
  });
}
