import type { AnalyzeDeps } from './analyze.ts';

type BudgetDeps = Pick<AnalyzeDeps, 'control' | 'configuration' | 'clock'>;

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** Longer than GitHub lets a run be repeated (30 days), so that no counter expires under an incident. */
const KEPT_DAYS = 90;

const incidentScope = (incidentId: string) => `tokens#${incidentId}`;
const dayScope = (now: Date) => `tokens#day#${now.toISOString().slice(0, 10)}`;

/** Why the model may not be asked, for the reader; null while both budgets have room. */
export async function exhaustedBudget(incidentId: string, deps: BudgetDeps): Promise<string | null> {
  const { model } = deps.configuration;
  if (model.provider === 'rules') return null;
  if ((await deps.control.total(incidentScope(incidentId))) >= model.maxTokensPerIncident) {
    return 'The token budget of this incident is used up: diagnosis by the rules.';
  }
  if ((await deps.control.total(dayScope(deps.clock.now()))) >= model.maxTokensPerDay) {
    return "Today's token budget is used up: diagnosis by the rules.";
  }
  return null;
}

/** Counts spent tokens, also those of answers that were of no use. */
export async function chargeTokens(incidentId: string, tokens: number, deps: BudgetDeps): Promise<void> {
  if (tokens === 0) return;
  const now = deps.clock.now();
  await deps.control.addTo(incidentScope(incidentId), tokens, new Date(now.getTime() + KEPT_DAYS * DAY_MILLISECONDS));
  await deps.control.addTo(dayScope(now), tokens, new Date(now.getTime() + 2 * DAY_MILLISECONDS));
}
