import { canonicalJson } from '@selfheal/kernel/digest.ts';
import * as z from 'zod';
import { Severity } from '../incident/target-context.ts';
import type { Alert } from './alert.ts';
import { SCHEMES, SourceId } from './connection.ts';
import { instantOf } from './instant.ts';
import { severityOfWord } from './severity-word.ts';

/** JSON Pointer (RFC 6901); the empty one is the whole body. */
const Pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'Must be a JSON Pointer such as /alert/id');
const Word = z.string().max(200);

/** Where a text is. */
const TextRule = z.union([
  Pointer,
  z.strictObject({ constant: z.string().max(500) }),
  /** `{/pointer}` stands for what is there. */
  z.strictObject({ template: z.string().min(1).max(1000) }),
  /** The first that is there and not empty. */
  z.strictObject({ first: z.array(Pointer).min(1).max(10) }),
]);
type TextRule = z.infer<typeof TextRule>;

/** A text that is looked up in a table of values, whose keys are compared without regard to case. */
const chosen = <T extends z.ZodType>(values: T) =>
  z.strictObject({ from: TextRule, values: z.record(Word, values), otherwise: values.optional() });

const State = z.enum(['firing', 'resolved', 'ignored']);
const Expectation = z.union([
  z.strictObject({ refused: z.literal(true) }),
  z.strictObject({ ignored: z.literal(true) }),
  z.strictObject({
    state: z.enum(['firing', 'resolved']),
    severity: Severity,
    service: z.string().nullable(),
    title: z.string(),
  }),
]);

/**
 * How the alerts of a tool are read, as data: where each field is, by JSON Pointer, constant, template or table of values. It holds no code.
 * Its examples are its test.
 */
export const Mapping = z.strictObject({
  id: SourceId,
  title: z.string().min(1).max(100),
  schemes: z.array(z.enum(SCHEMES)).min(1),
  /** What a body of this tool has; one that lacks any of it is refused. */
  requires: z.array(Pointer).min(1).max(10),
  fields: z.strictObject({
    id: TextRule,
    /** A state that no value names is ignored unless `otherwise` says more. */
    state: chosen(State),
    /** Without it, and for a word that it does not name: `medium`. */
    severity: z.union([chosen(Severity), TextRule]).optional(),
    service: TextRule.optional(),
    title: TextRule,
    text: TextRule.optional(),
    link: TextRule.optional(),
    /** ISO 8601, or seconds to nanoseconds since 1970; without it, the time of arrival. */
    startedAt: TextRule.optional(),
    changedAt: TextRule.optional(),
  }),
  examples: z
    .array(z.strictObject({ name: z.string().min(1).max(100), body: z.unknown(), expect: Expectation }))
    .min(1)
    .max(20),
});
export type Mapping = z.infer<typeof Mapping>;

export type MappedResult =
  | { readonly kind: 'alerts'; readonly alerts: readonly Alert[] }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: string };

/** Reads a body by a mapping. Pure. */
export function readByMapping(
  { requires, fields }: Pick<Mapping, 'requires' | 'fields'>,
  body: unknown,
  receivedAt: Date,
): MappedResult {
  const missing = requires.find((pointer) => valueAt(body, pointer) === undefined);
  if (missing !== undefined) return { kind: 'rejected', reason: `${missing}: missing` };
  const text = (rule: TextRule | undefined): string => (rule === undefined ? '' : textOf(rule, body));
  const state = lookUp(fields.state, body) ?? 'ignored';
  if (state === 'ignored') return { kind: 'ignored', reason: 'state' };
  const [id, title] = [text(fields.id), text(fields.title)];
  if (id === '') return { kind: 'rejected', reason: 'id: nothing is where the mapping looks for it' };
  const startedAt = instantOf(text(fields.startedAt)) ?? instantOf(text(fields.changedAt)) ?? receivedAt;
  const changedAt = state === 'firing' ? startedAt : (instantOf(text(fields.changedAt)) ?? receivedAt);
  return {
    kind: 'alerts',
    alerts: [
      {
        id,
        state,
        severity: severityIn(fields.severity, body),
        service: text(fields.service) || null,
        title: title === '' ? id : title,
        text: text(fields.text),
        url: text(fields.link) || null,
        startedAt,
        changedAt,
      },
    ],
  };
}

/** What an example has to expect of a body that was read so. */
export function expectationOf(read: MappedResult): z.infer<typeof Expectation> {
  if (read.kind === 'rejected') return { refused: true };
  const [alert] = read.kind === 'alerts' ? read.alerts : [];
  if (alert === undefined) return { ignored: true };
  const { state, severity, service, title } = alert;
  return { state, severity, service, title };
}

/** The text in a body that the table of states is asked for; empty where there is none. */
export const stateWordOf = ({ fields }: Pick<Mapping, 'fields'>, body: unknown): string =>
  textOf(fields.state.from, body);

/** What an example of a mapping gives, where that is not what it expects; null where it is. */
export function exampleProblem(mapping: Mapping, index: number): string | null {
  const example = mapping.examples[index];
  if (example === undefined) return `There is no example ${index}.`;
  const read = readByMapping(mapping, example.body, new Date(0));
  const found = expectationOf(read);
  return canonicalJson(found) === canonicalJson(example.expect)
    ? null
    : `${example.name}: expected ${JSON.stringify(example.expect)}, and found ${JSON.stringify(found)}`;
}

function severityIn(rule: Mapping['fields']['severity'], body: unknown): Severity {
  if (rule === undefined) return 'medium';
  const named = typeof rule === 'object' && 'values' in rule ? lookUp(rule, body) : severityOfWord(textOf(rule, body));
  return named ?? 'medium';
}

function lookUp<T>(
  { from, values, otherwise }: { from: TextRule; values: Readonly<Record<string, T>>; otherwise?: T | undefined },
  body: unknown,
): T | undefined {
  const word = textOf(from, body).trim().toLowerCase();
  const entry = Object.entries(values).find(([name]) => name.toLowerCase() === word);
  return entry === undefined ? otherwise : entry[1];
}

function textOf(rule: TextRule, body: unknown): string {
  if (typeof rule === 'string') return wordsOf(valueAt(body, rule));
  if ('constant' in rule) return rule.constant;
  if ('first' in rule)
    return rule.first.map((pointer) => wordsOf(valueAt(body, pointer))).find((one) => one !== '') ?? '';
  return rule.template.replaceAll(/\{(\/[^{}]*)\}/g, (_, pointer: string) => wordsOf(valueAt(body, pointer))).trim();
}

/** A text, number or truth value as text; of a list its members with commas; nothing for an object. */
function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? value.map(wordsOf).filter(Boolean).join(', ') : '';
}

/** What a JSON Pointer leads to; undefined where nothing is. Only own members are looked at. */
export function valueAt(body: unknown, pointer: string): unknown {
  let value: unknown = body;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
