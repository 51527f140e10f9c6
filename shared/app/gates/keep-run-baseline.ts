import { BASELINES_DOCUMENT, Baselines } from '@selfheal/pull-request-quality/domain/gates/baseline.ts';
import { runBaselineOf } from '@selfheal/pull-request-quality/domain/gates/run-baseline.ts';
import type { StatsStore } from '#shared/ports/test-store.ts';

/** Keeps what a written document `baselines` says for the workflow's diagnoses. Other documents, and other contents, are left alone. */
export async function keepRunBaseline(
  { repository, document, text }: { readonly repository: string; readonly document: string; readonly text: string },
  stats: Pick<StatsStore, 'keepRunBaseline'>,
): Promise<void> {
  if (document !== BASELINES_DOCUMENT) return;
  const parsed = Baselines.safeParse(jsonOf(text));
  const baseline = parsed.success ? runBaselineOf(parsed.data) : null;
  if (baseline !== null) await stats.keepRunBaseline(repository, baseline);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
