import { parse, stringify, YAMLParseError } from 'yaml';
import * as z from 'zod';
import {
  exampleProblem,
  expectationOf,
  type MappedResult,
  Mapping,
  readByMapping,
  stateWordOf,
  valueAt,
} from '#shared/domain/webhooks/mapping.ts';
import { draftOf } from '#shared/domain/webhooks/mapping-draft.ts';

/** While it is written, a mapping needs no examples yet: the body beside it becomes one. */
const Draft = Mapping.extend({ examples: Mapping.shape.examples.optional() });
const MAX_EXAMPLES = 20;

/** What a mapping makes of a body, or what is wrong with either. */
export type Trial =
  | { readonly kind: 'problem'; readonly about: 'body' | 'mapping'; readonly problem: string }
  | {
      readonly kind: 'read';
      readonly id: string;
      readonly read: MappedResult;
      /** The word in the body that the table of states was asked for. */
      readonly stateWord: string;
      /** Examples of the mapping that are read otherwise than they say. */
      readonly wrongExamples: readonly string[];
      /** The mapping for `mappings` of `selfheal.json`, with the body as one of its examples. */
      readonly entry: string;
    };

/** The JSON object or list in a text; undefined where there is none. */
export function bodyIn(text: string | null): object | undefined {
  if (text === null || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** The first mapping of a body, as YAML. */
export function draftText(body: object): string {
  const textAt = (pointer: string): string => {
    const value = valueAt(body, pointer);
    return typeof value === 'object' || value === undefined ? '' : String(value);
  };
  return stringify(draftOf(body, textAt));
}

/** Tries a mapping, in YAML or JSON, on a body in JSON. */
export function tryMapping(mappingText: string, bodyText: string, now: Date): Trial {
  const body = bodyIn(bodyText);
  if (body === undefined) return problem('body', problemOfJson(bodyText));
  let content: unknown;
  try {
    content = parse(mappingText, { maxAliasCount: 0 });
  } catch (error) {
    return problem('mapping', error instanceof YAMLParseError ? `It is not YAML: ${error.message}` : String(error));
  }
  if (content === null) return problem('mapping', 'It is empty.');
  const parsed = Draft.safeParse(content);
  if (!parsed.success) return problem('mapping', z.prettifyError(parsed.error));
  const { examples = [], ...rest } = parsed.data;
  const read = readByMapping(rest, body, now);
  const isKnown = examples.some((one) => JSON.stringify(one.body) === JSON.stringify(body));
  const own = { name: `a received body ${examples.length + 1}`, body, expect: expectationOf(read) };
  const mapping: Mapping = { ...rest, examples: isKnown ? examples : [...examples, own].slice(0, MAX_EXAMPLES) };
  return {
    kind: 'read',
    id: mapping.id,
    read,
    stateWord: stateWordOf(mapping, body),
    wrongExamples: mapping.examples.flatMap((_, index) => exampleProblem(mapping, index) ?? []),
    entry: JSON.stringify(mapping, null, 2),
  };
}

const problem = (about: 'body' | 'mapping', words: string): Trial => ({ kind: 'problem', about, problem: words });

function problemOfJson(text: string): string {
  if (text.trim() === '') return 'Choose a received event, or paste a body.';
  try {
    JSON.parse(text);
    return 'It is a single value: a body is an object or a list.';
  } catch (error) {
    return `It is not JSON: ${(error as Error).message}`;
  }
}
