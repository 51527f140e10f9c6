import { makeWordingTest, problemOfWording, Wording } from '@selfheal/diagnosis/failure/wording.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { present } from '@selfheal/kernel/present.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { type LearnedPattern, patternIdOf, Tag } from '#shared/domain/learning/learned-pattern.ts';
import type { LearningNote } from '#shared/domain/learning/learning-note.ts';
import type { Learning } from '#shared/domain/learning/learning-settings.ts';
import { retire, settled, withStep } from '#shared/domain/learning/pattern-trust.ts';
import { type PastCase, type Replay, reasonAgainst, replay } from '#shared/domain/learning/replay.ts';
import { type Translation, wordingsOfExpression } from '#shared/domain/learning/wording-of-expression.ts';
import type { PatternStore, PatternVersions } from '#shared/ports/learning-stores.ts';
import { type LearningChange, noteOf } from './change-pattern.ts';
import { putNew } from './learn-patterns.ts';
import { byPerson, type PersonsWord } from './pattern-maintenance.ts';

const Text = (longest: number) => z.string().trim().min(1).max(longest);
const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'Use lower-case letters, digits and hyphens');
export const PatternId = z.string().regex(/^[0-9a-f]{12}$/, 'Must be the id of a pattern: 12 hexadecimal digits');
const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;

/** What a person knows about a kind of failure, before it is stored. */
export const PatternText = z.strictObject({
  pattern: Text(800),
  /** `wording`: text with `*` for what varies. `expression`: a simple regular expression, which is turned into a wording for each of its alternatives. */
  syntax: z.enum(['wording', 'expression']).default('wording'),
});

export const PatternOrder = PatternText.extend({
  title: Text(200),
  solution: Text(2000),
  /** `unknown`: it may match failures of every class. */
  class: FailureClass.default('unknown'),
  confidence: z.number().min(0).max(1).default(0.5),
  tags: z.array(Tag).max(15).default([]),
  severity: z.enum(SEVERITIES).nullable().default(null),
  service: Name.nullable().default(null),
  parent: PatternId.nullable().default(null),
  /** A deployed action or playbook that was the solution. */
  action: Name.nullable().default(null),
});
export type PatternOrder = z.infer<typeof PatternOrder>;

/** What a person may change later. The wording is what a pattern is: another one is another pattern. */
export const PatternEdit = z.strictObject({
  title: PatternOrder.shape.title.optional(),
  solution: PatternOrder.shape.solution.optional(),
  class: FailureClass.optional(),
  tags: z.array(Tag).max(20).optional(),
  service: Name.nullable().optional(),
  parent: PatternId.nullable().optional(),
});
export type PatternEdit = z.infer<typeof PatternEdit>;

export interface WritePatternDeps {
  readonly patterns: Pick<PatternStore, 'list' | 'get' | 'write' | 'takeNew' | 'note'>;
  readonly versions: PatternVersions;
  readonly rules: Learning;
  /** Ids of the deployed actions and playbooks. */
  readonly actionIds: readonly string[];
}

export type PatternWriting =
  | { readonly kind: 'done'; readonly pattern: LearnedPattern; readonly replay: Replay | null }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'changed-meanwhile' };

const invalid = (reason: string) => ({ kind: 'invalid', reason }) as const;

/** The wordings of what a person typed, any of which is enough, or what is wrong with it. */
export function wordingsFrom({ pattern, syntax }: z.infer<typeof PatternText>): Translation {
  if (syntax === 'wording' && pattern.length > 300) return { problem: 'it is longer than 300 characters' };
  const read = syntax === 'expression' ? wordingsOfExpression(pattern) : { wordings: [cleanText(pattern, 300)] };
  if ('problem' in read) return read;
  for (const wording of read.wordings) {
    const parsed = Wording.safeParse(wording);
    if (!parsed.success) return { problem: problemOfWording(wording) ?? 'it is longer than 300 characters' };
    if (redactOutgoing(wording) !== wording) return { problem: 'it looks like a secret: put a * in its place' };
  }
  return read;
}

/** Lines that a pattern would match, by number (from 1). */
export function tryPattern(
  wordings: readonly string[],
  text: string,
): { readonly line: number; readonly text: string }[] {
  const tests = wordings.map(makeWordingTest);
  const isMatch = (line: string): boolean => tests.some((says) => says(line));
  return text.split('\n').flatMap((line, at) => (isMatch(line) ? [{ line: at + 1, text: cleanText(line, 500) }] : []));
}

/**
 * Stores what a person knows about a kind of failure, as a suggestion. It is replayed over the past incidents first, and refused when it would
 * have matched one of another class; the daily limit of new patterns applies.
 */
export async function addPattern(
  order: PatternOrder,
  change: LearningChange & { readonly past: readonly PastCase[]; readonly dryRun: boolean },
  deps: WritePatternDeps,
): Promise<PatternWriting> {
  const read = wordingsFrom(order);
  if ('problem' in read) return invalid(`pattern: ${read.problem}.`);
  const problem = await problemOfReferences(order, change.scope, deps);
  if (problem !== null) return invalid(problem);
  const pattern = writtenPattern(read.wordings, order, change);
  const result = replay(pattern, change.past);
  const existing = await deps.patterns.get(change.scope, pattern.id);
  if (existing !== null && existing.retired === null)
    return { kind: 'refused', reason: `the pattern ${pattern.id} has this wording: change that one` };
  const against = pattern.class === 'unknown' ? null : reasonAgainst(pattern, result);
  const refused = await putNew(pattern, against, change, deps);
  if (refused !== null) return { kind: 'refused', reason: refused };
  if (!change.dryRun) await deps.patterns.note(noteOf(change, 'pattern.written', pattern.id, order.title));
  return { kind: 'done', pattern, replay: result };
}

async function problemOfReferences(
  { action, parent }: Pick<PatternOrder, 'action' | 'parent'>,
  scope: string,
  { patterns, actionIds }: WritePatternDeps,
): Promise<string | null> {
  if (action !== null && !actionIds.includes(action))
    return `action: ${unknownValue('deployed action or playbook', action, actionIds)}`;
  if (parent !== null && (await patterns.get(scope, parent)) === null)
    return `parent: there is no pattern ${parent} in this scope.`;
  return null;
}

function writtenPattern(
  [wording = '', ...alternatives]: readonly string[],
  order: PatternOrder,
  { scope, by, names, at }: LearningChange,
): LearnedPattern {
  const { class: failureClass, service, confidence, severity, parent, action } = order;
  const [now, stage] = [at.toISOString(), 'suggest' as const];
  const tags = [...new Set([...order.tags, ...(severity === null ? [] : [severity])])];
  return {
    version: 1,
    id: patternIdOf(scope, wording, alternatives),
    scope,
    revision: 1,
    wording,
    ...(alternatives.length === 0 ? {} : { alternatives }),
    messages: [],
    title: cleanText(redactOutgoing(order.title), 200),
    class: failureClass,
    tags,
    service,
    solution: redactOutgoing(order.solution).slice(0, 2000),
    actionId: action,
    provenance: {
      source: 'human',
      by: by.slice(0, 200),
      at: now,
      from: null,
      ...(names === undefined ? {} : { authors: [...names] }),
    },
    approved: null,
    prior: confidence,
    cap: null,
    stage,
    confidence,
    outcomes: [],
    history: [{ at: now, confidence, stage, reason: redactOutgoing(`written down by ${by}`).slice(0, 300) }],
    written: true,
    ...(parent === null ? {} : { parent }),
    retired: null,
  };
}

/** A change to one pattern in the revision that a person saw; `revision` null: whatever it is now. */
export interface PatternTarget extends LearningChange {
  readonly id: string;
  readonly revision: number | null;
  readonly dryRun: boolean;
}

export async function editPattern(
  edit: PatternEdit,
  target: PatternTarget,
  deps: WritePatternDeps,
): Promise<PatternWriting> {
  const { parent } = edit;
  if (parent === target.id) return invalid('parent: a pattern cannot refine itself.');
  const problem = await problemOfReferences({ action: null, parent: parent ?? null }, target.scope, deps);
  if (problem !== null) return invalid(problem);
  const names = Object.keys(edit);
  if (names.length === 0) return invalid('Name at least one field to change.');
  return await changeOne(target, deps, 'pattern.edited', `changed ${names.join(', ')}`, (pattern) => {
    const { parent: before, ...rest } = pattern;
    const kept = parent === undefined ? before : (parent ?? undefined);
    return {
      ...rest,
      // Whoever approved it approved what it said then.
      approved: edit.solution === undefined && edit.class === undefined ? pattern.approved : null,
      provenance: { ...pattern.provenance, ...authorsOf(pattern, target.names) },
      title: edit.title === undefined ? pattern.title : cleanText(redactOutgoing(edit.title), 200),
      solution: edit.solution === undefined ? pattern.solution : redactOutgoing(edit.solution).slice(0, 2000),
      class: edit.class ?? pattern.class,
      tags: edit.tags ?? pattern.tags,
      service: edit.service === undefined ? pattern.service : edit.service,
      ...present({ parent: kept }),
    };
  });
}

const MAX_AUTHOR_NAMES = 100;

function authorsOf({ provenance: { by, authors = [by] } }: LearnedPattern, names: readonly string[] = []) {
  return { authors: [...new Set([...authors, ...names])].slice(-MAX_AUTHOR_NAMES) };
}

/** Retires a pattern: it counts no longer, and can be restored. */
export async function removePattern(
  reason: string,
  target: PatternTarget,
  deps: WritePatternDeps,
): Promise<PatternWriting> {
  return await changeOne(target, deps, 'pattern.retired', reason, (pattern) => retire(pattern, target.at, reason));
}

/** What an earlier revision said, with the outcomes known since then. */
export async function restorePattern(
  earlier: number,
  target: PatternTarget,
  deps: WritePatternDeps,
): Promise<PatternWriting> {
  const versions = await deps.versions.of(target.scope, target.id, MAX_VERSIONS);
  const version = versions.find(({ revision }) => revision === earlier);
  if (version === undefined)
    return invalid(`revision: there is no revision ${earlier} of this pattern. List its versions.`);
  return await changeOne(
    target,
    deps,
    'pattern.restored',
    `as it was in revision ${earlier}`,
    (pattern) => {
      const { revision, outcomes, history } = pattern;
      const { parent, ...content } = version;
      const back = { ...content, ...present({ parent }), revision, outcomes, history };
      const { confidence, stage } = back;
      return withStep(back, { at: target.at.toISOString(), confidence, stage, reason: `restored revision ${earlier}` });
    },
    { retiredToo: true },
  );
}

/** A person's word about a pattern: see `byPerson`. */
export async function adjustPattern(
  word: PersonsWord,
  target: PatternTarget,
  deps: WritePatternDeps,
): Promise<PatternWriting> {
  const [event, reason] =
    word.kind === 'approve'
      ? (['pattern.approved', `approved by ${target.by}`] as const)
      : (['pattern.adjusted', word.reason] as const);
  return await changeOne(target, deps, event, reason, (pattern) => byPerson(pattern, word, target, deps.rules).after);
}

export const MAX_VERSIONS = 100;

async function changeOne(
  target: PatternTarget,
  { patterns, versions, rules }: WritePatternDeps,
  event: LearningNote['event'],
  reason: string,
  change: (pattern: LearnedPattern) => LearnedPattern,
  { retiredToo = false } = {},
): Promise<PatternWriting> {
  const { scope, id, revision, at, dryRun } = target;
  const before = await patterns.get(scope, id);
  if (before === null) return { kind: 'not-found' };
  if (revision !== null && before.revision !== revision) return { kind: 'changed-meanwhile' };
  if (before.retired !== null && !retiredToo)
    return { kind: 'refused', reason: `it was removed on ${before.retired.at.slice(0, 10)}: restore it first` };
  const after = settled(change(before), rules, at, reason);
  const next = { ...after, revision: before.revision + 1 };
  if (dryRun) return { kind: 'done', pattern: next, replay: null };
  // Kept first: a change that can be undone is the only one that is made.
  await versions.keep(before);
  if ((await patterns.write(next)) !== 'written') return { kind: 'changed-meanwhile' };
  await patterns.note(noteOf(target, event, id, reason));
  return { kind: 'done', pattern: next, replay: null };
}
