import type { PatternChange } from '#shared/domain/learning/apply-pattern-changes.ts';
import { type ImportOrder, importedPattern, type PatternExport } from '#shared/domain/learning/exchange-patterns.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import type { Learning } from '#shared/domain/learning/learning-settings.ts';
import { settled } from '#shared/domain/learning/pattern-trust.ts';
import { type PastCase, reasonAgainst, replay } from '#shared/domain/learning/replay.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';
import { type LearningChange, noteOf } from './change-pattern.ts';
import { putNew } from './learn-patterns.ts';

type Writer = Pick<PatternStore, 'write' | 'note'>;

/** A change and its result; `skipped` because the pattern was changed meanwhile. */
export interface ChangeResult {
  readonly patternId: string;
  readonly wording: string;
  readonly event: PatternChange['event'];
  readonly reason: string;
  readonly before: Pick<LearnedPattern, 'confidence' | 'stage'>;
  /** A retired pattern is used no longer, and can be restored. */
  readonly after: Pick<LearnedPattern, 'confidence' | 'stage'> & { readonly retired: boolean };
  readonly done: 'done' | 'dry-run' | 'skipped';
}

/**
 * Applies changes to patterns, each to the state that it was decided on, and notes them. Repeatable: an applied change is not decided again.
 */
export async function applyChanges(
  changes: readonly PatternChange[],
  order: LearningChange & { readonly dryRun: boolean },
  patterns: Writer,
): Promise<ChangeResult[]> {
  const results: ChangeResult[] = [];
  for (const { before, after, event, reason } of changes) {
    const face = ({ confidence, stage }: LearnedPattern) => ({ confidence, stage });
    const entry = {
      patternId: before.id,
      wording: before.wording,
      event,
      reason,
      before: face(before),
      after: { ...face(after), retired: after.retired !== null },
    };
    if (order.dryRun) {
      results.push({ ...entry, done: 'dry-run' });
      continue;
    }
    const written = await patterns.write({ ...after, revision: before.revision + 1 });
    if (written === 'written') await patterns.note(noteOf(order, event, before.id, reason));
    results.push({ ...entry, done: written === 'written' ? 'done' : 'skipped' });
  }
  return results;
}

/** What a person says about a pattern: an approval, or a confidence. */
export type PersonsWord = { kind: 'approve' } | { kind: 'confidence'; confidence: number; reason: string };

/**
 * Applies a person's word to a pattern. A lower confidence takes effect at once and becomes the pattern's maximum; a higher one only lets it
 * rise with its outcomes, within the weekly limit.
 */
export function byPerson(
  pattern: LearnedPattern,
  word: PersonsWord,
  { by, at }: Pick<LearningChange, 'by' | 'at'>,
  rules: Learning,
): PatternChange {
  if (word.kind === 'approve') {
    const approved = { by, at: at.toISOString() };
    const after = settled({ ...pattern, approved }, rules, at, `approved by ${by}`);
    return { before: pattern, after, event: 'pattern.approved', reason: `approved by ${by}` };
  }
  const { confidence, reason } = word;
  const cap = confidence < pattern.confidence ? confidence : null;
  const after = settled({ ...pattern, prior: confidence, cap }, rules, at, reason);
  return { before: pattern, after, event: 'pattern.adjusted', reason };
}

export interface ImportResult {
  readonly patternId: string;
  readonly wording: string;
  readonly kind: 'imported' | 'known' | 'refused';
  readonly confidence: number;
  readonly reason: string;
}

/** Imports patterns from elsewhere, only to be observed. Each is first replayed over this scope's past incidents; the daily limit applies. */
export async function importPatterns(
  file: PatternExport,
  order: ImportOrder & { readonly dryRun: boolean; readonly past: readonly PastCase[] },
  deps: { readonly patterns: Pick<PatternStore, 'list' | 'write' | 'takeNew' | 'note'>; readonly rules: Learning },
): Promise<ImportResult[]> {
  const known = new Set((await deps.patterns.list(order.scope)).map(({ id }) => id));
  const results: ImportResult[] = [];
  for (const one of file.patterns) {
    const pattern = importedPattern(one, order);
    const { id: patternId, wording, confidence } = pattern;
    if (known.has(patternId)) {
      results.push({
        patternId,
        wording,
        confidence,
        kind: 'known',
        reason: 'the pattern is already known here, and its own outcomes count',
      });
      continue;
    }
    const problem = reasonAgainst(pattern, replay(pattern, order.past));
    const refused = await putNew(pattern, problem, order, deps);
    const reason = refused ?? pattern.history[0]?.reason ?? '';
    if (!order.dryRun) {
      const event = refused === null ? 'pattern.imported' : 'pattern.refused';
      await deps.patterns.note(noteOf(order, event, patternId, reason));
    }
    results.push({ patternId, wording, confidence, kind: refused === null ? 'imported' : 'refused', reason });
  }
  return results;
}
