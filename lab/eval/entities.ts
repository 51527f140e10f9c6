import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figure, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { entitiesOf } from '@selfheal/diagnosis/causality/entities.ts';
import { makeTestRunReader } from '@selfheal/diagnosis/failure/tests/read-tests.ts';
import * as z from 'zod';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import type { Suite } from './suite.ts';

const KINDS = ['file', 'package', 'test'] as const;
type Kind = (typeof KINDS)[number];

/** A token of a line: its text without brackets, quotes and the stops after it, and where it stands. */
interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A line that names a labelled entity, with one tag for each of its tokens; `O` for a token that is no entity. */
interface LabelledLine {
  readonly kind: Kind;
  readonly tags: readonly string[];
  readonly text: string;
  /** The tags by the rules of the product. */
  readonly ruled: readonly string[];
}

/** Of one log: its further lines say the same. */
const MAX_LINES = 3;
const MAX_LENGTH = 400;

function tokensOf(line: string): Token[] {
  return [...line.matchAll(/[^\s"'`,;|<>[\]{}=]+/g)].flatMap((match) => {
    const text = match[0]
      .replace(/^[(]+/, '')
      .replace(/[.:!?)]+$/, (stops) => (match[0].includes('(') ? stops.replace(/[.:!?]+$/, '') : ''));
    const start = match.index + match[0].indexOf(text);
    return text === '' ? [] : [{ text, start, end: start + text.length }];
  });
}

/** Tags the tokens that a kind of entity covers by half. */
function ruledTags(line: string, tokens: readonly Token[], kind: Kind): string[] {
  const found = entitiesOf(line).filter((one) => one.kind === kind);
  return tokens.map(({ start, end }) =>
    found.some((one) => Math.min(end, one.end) - Math.max(start, one.start) >= (end - start) / 2) ? kind : 'O',
  );
}

function labelled(
  text: string,
  kind: Kind,
  isNamed: (token: string) => boolean,
  ruledBy?: (token: string) => boolean,
): LabelledLine[] {
  if (text.length > MAX_LENGTH) return [];
  const tokens = tokensOf(text);
  const tags = tokens.map((token) => (isNamed(token.text) ? kind : 'O'));
  if (!tags.includes(kind)) return [];
  const ruled =
    ruledBy === undefined ? ruledTags(text, tokens, kind) : tokens.map((token) => (ruledBy(token.text) ? kind : 'O'));
  return [{ text, kind, tags, ruled }];
}

/** Files that 49 tools name, as reviewdog parses their output. */
async function files(dir: string): Promise<LabelledLine[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.ok'));
  const all = await Promise.all(
    names.map(async (name) => {
      const tool = name.slice(0, -'.ok'.length);
      const parsed = await readFile(join(dir, name), 'utf8');
      const named = new Set(parsed.split('\n').flatMap((line) => /^([^|]+)\|/.exec(line)?.[1]?.trim() ?? []));
      const printed = await readFile(join(dir, `${tool}.in`), 'utf8');
      const isNamed = (token: string) => named.has(token) || named.has(token.replace(/[:(]\d+.*$/, ''));
      return printed.split('\n').flatMap((line) => labelled(line, 'file', isNamed));
    }),
  );
  return all.flat();
}

const Update = z.object({ dependency: z.string(), maven_log: z.string() });

/** Packages whose new version broke a build, where its log names them. */
async function packages(dir: string): Promise<LabelledLine[]> {
  const lines: LabelledLine[] = [];
  for (const { dependency, maven_log } of await readLabels(dir, 'labels.jsonl', Update)) {
    const [group = '', artifact = ''] = dependency.split(':');
    const isNamed = (token: string) =>
      token === artifact ||
      token.includes(`${group}:${artifact}`) ||
      (token.startsWith(`${artifact}-`) && /^\d/.test(token.slice(artifact.length + 1)));
    const found = (await readCaseText(dir, maven_log))
      .split('\n')
      .flatMap((line) => (line.includes(artifact) ? labelled(line, 'package', isNamed) : []));
    lines.push(...different(found));
  }
  return lines;
}

const Log = z.object({ log: z.string(), failed_tests: z.array(z.string()).nullable() });

/** How lines write a test: its whole name, or the parts that a runner puts together. */
function writtenNames(names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => {
      const [, method = '', type = ''] = /^([\w$]+)\(([\w$.]+)\)$/.exec(name) ?? [];
      const simple = type.split('.').at(-1) ?? '';
      return method === ''
        ? [name, ...name.split(/\s+/).filter((part) => /\w[.:]\w/.test(part))]
        : [name, `${simple}.${method}`, `${type}.${method}`];
    }),
  );
}

/** Failed tests of seven kinds of runners; the rules are the readers of test reports, which read the whole log. */
async function tests(dir: string): Promise<LabelledLine[]> {
  const lines: LabelledLine[] = [];
  for (const { log, failed_tests } of await readLabels(dir, 'labels.jsonl', Log)) {
    if (failed_tests === null || failed_tests.length === 0) continue;
    const all = (await readCaseText(dir, log)).split(/\r\n|\r|\n/);
    const reader = makeTestRunReader();
    for (const line of all) reader.push(line);
    const [wanted, given] = [writtenNames(failed_tests), writtenNames(reader.finish().failedNames)];
    const among = (names: ReadonlySet<string>) => (token: string) =>
      names.has(token) || names.has(token.replace(/:\d+.*$/, ''));
    lines.push(...different(all.flatMap((line) => labelled(line, 'test', among(wanted), among(given)))));
  }
  return lines;
}

/** The first lines of different wording. */
function different(lines: readonly LabelledLine[]): LabelledLine[] {
  const seen = new Map(lines.map((line) => [line.text.replace(/\d+/g, '0'), line] as const));
  return [...seen.values()].slice(0, MAX_LINES);
}

function figuresOf(kind: Kind, lines: readonly LabelledLine[]): Figure[] {
  let [right, wanted, given] = [0, 0, 0];
  for (const { tags, ruled } of lines)
    tags.forEach((tag, at) => {
      if (tag === kind) wanted += 1;
      if (ruled[at] === kind) given += 1;
      if (tag === kind && ruled[at] === kind) right += 1;
    });
  const f1 = wanted + given === 0 ? 0 : (2 * right) / (wanted + given);
  return [
    { name: `${kind}: F1`, value: f1, cases: lines.length },
    ...proportion(`  found`, right, wanted),
    ...proportion(`  right`, right, given),
  ];
}

/**
 * Names in lines by the rules of the product, for the kinds of entities of which labels exist. Services and error codes have none. On a line the
 * labelled name alone counts as right, so that "right" is low where a line names more than one.
 */
export const entities: Suite = {
  name: 'entities',
  summary: 'names of files, packages and tests in lines',
  async run(dataDir) {
    const lines = [
      ...(await files(join(dataDir, 'errorformat'))),
      ...(await packages(join(dataDir, 'bump'))),
      ...(await tests(join(dataDir, 'bugswarm-analyzer'))),
    ];
    const ofKind = (kind: Kind) => lines.filter((line) => line.kind === kind);
    return { figures: KINDS.flatMap((kind) => figuresOf(kind, ofKind(kind))) };
  },
};
