import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figure, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { digestOf } from '@selfheal/kernel/digest.ts';
import * as z from 'zod';
import { entitiesOf } from '#shared/domain/causality/entities.ts';
import { makeTestRunReader } from '#shared/domain/failure/tests/read-tests.ts';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import type { Suite } from './suite.ts';
import { type TaggedLine, type Token, tokensOf, trainTagger } from './token-tagger.ts';

const KINDS = ['file', 'package', 'test'] as const;
type Kind = (typeof KINDS)[number];

/** A line that names a labelled entity. `source`: the tool, project or repository that it is of. */
interface LabelledLine extends TaggedLine {
  readonly kind: Kind;
  readonly source: string;
  readonly text: string;
  /** The tags by the rules of the product. */
  readonly ruled: readonly string[];
}

const FOLDS = 5;
/** Of one log: its further lines say the same. */
const MAX_LINES = 3;
const MAX_LENGTH = 400;

/** Tags the tokens that a kind of entity covers by half. */
function ruledTags(line: string, tokens: readonly Token[], kind: Kind): string[] {
  const found = entitiesOf(line).filter((one) => one.kind === kind);
  return tokens.map(({ start, end }) =>
    found.some((one) => Math.min(end, one.end) - Math.max(start, one.start) >= (end - start) / 2) ? kind : 'O',
  );
}

function labelled(
  text: string,
  source: string,
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
  return [{ text, source, kind, tokens, tags, ruled }];
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
      return printed.split('\n').flatMap((line) => labelled(line, tool, 'file', isNamed));
    }),
  );
  return all.flat();
}

const Update = z.object({ project: z.string(), dependency: z.string(), maven_log: z.string() });

/** Packages whose new version broke a build, where its log names them. */
async function packages(dir: string): Promise<LabelledLine[]> {
  const lines: LabelledLine[] = [];
  for (const { project, dependency, maven_log } of await readLabels(dir, 'labels.jsonl', Update)) {
    const [group = '', artifact = ''] = dependency.split(':');
    const isNamed = (token: string) =>
      token === artifact ||
      token.includes(`${group}:${artifact}`) ||
      (token.startsWith(`${artifact}-`) && /^\d/.test(token.slice(artifact.length + 1)));
    const found = (await readCaseText(dir, maven_log))
      .split('\n')
      .flatMap((line) => (line.includes(artifact) ? labelled(line, project, 'package', isNamed) : []));
    lines.push(...different(found));
  }
  return lines;
}

const Log = z.object({ log: z.string(), repo: z.string().nullable(), failed_tests: z.array(z.string()).nullable() });

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
  for (const { log, repo, failed_tests } of await readLabels(dir, 'labels.jsonl', Log)) {
    if (failed_tests === null || failed_tests.length === 0) continue;
    const all = (await readCaseText(dir, log)).split(/\r\n|\r|\n/);
    const reader = makeTestRunReader();
    for (const line of all) reader.push(line);
    const [wanted, given] = [writtenNames(failed_tests), writtenNames(reader.finish().failedNames)];
    const among = (names: ReadonlySet<string>) => (token: string) =>
      names.has(token) || names.has(token.replace(/:\d+.*$/, ''));
    lines.push(...different(all.flatMap((line) => labelled(line, repo ?? log, 'test', among(wanted), among(given)))));
  }
  return lines;
}

/** The first lines of different wording. */
function different(lines: readonly LabelledLine[]): LabelledLine[] {
  const seen = new Map(lines.map((line) => [line.text.replace(/\d+/g, '0'), line] as const));
  return [...seen.values()].slice(0, MAX_LINES);
}

const foldOf = ({ source }: LabelledLine): number => Number.parseInt(digestOf(source, 8), 16) % FOLDS;

/** The tags of each line by a tagger that saw no line of its fold, and so none of its source. */
function trainedTags(lines: readonly LabelledLine[]): Map<LabelledLine, readonly string[]> {
  const tagged = new Map<LabelledLine, readonly string[]>();
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const tag = trainTagger(lines.filter((line) => foldOf(line) !== fold));
    for (const line of lines) if (foldOf(line) === fold) tagged.set(line, tag(line.tokens));
  }
  return tagged;
}

function figuresOf(
  kind: Kind,
  lines: readonly LabelledLine[],
  by: string,
  tagsOf: (line: LabelledLine) => readonly string[],
): Figure[] {
  let [right, wanted, given] = [0, 0, 0];
  for (const line of lines) {
    const tags = tagsOf(line);
    line.tags.forEach((tag, at) => {
      if (tag === kind) wanted += 1;
      if (tags[at] === kind) given += 1;
      if (tag === kind && tags[at] === kind) right += 1;
    });
  }
  const f1 = wanted + given === 0 ? 0 : (2 * right) / (wanted + given);
  return [
    { name: `${kind}, ${by}: F1`, value: f1, cases: lines.length },
    ...proportion(`  found`, right, wanted),
    ...proportion(`  right`, right, given),
  ];
}

/**
 * Names in lines by the rules of the product and by a trained tagger, for the kinds of entities of which labels exist. Services and error codes
 * have none. On a line the labelled name alone counts as right, so that "right" is low where a line names more than one.
 */
export const entities: Suite = {
  name: 'entities',
  summary:
    'names of files, packages and tests in lines: the rules, and a tagger trained on other tools and repositories',
  async run(dataDir, { progress }) {
    const lines = [
      ...(await files(join(dataDir, 'errorformat'))),
      ...(await packages(join(dataDir, 'bump'))),
      ...(await tests(join(dataDir, 'bugswarm-analyzer'))),
    ];
    progress(`training on ${lines.length} lines, ${FOLDS} times`);
    const trained = trainedTags(lines);
    return {
      figures: KINDS.flatMap((kind) => {
        const own = lines.filter((line) => line.kind === kind);
        return [
          ...figuresOf(kind, own, 'rules', ({ ruled }) => ruled),
          ...figuresOf(kind, own, 'trained', (line) => trained.get(line) ?? []),
        ];
      }),
    };
  },
};
