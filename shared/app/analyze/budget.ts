import { microdollarsOf, modelSettingsOf, type Tokens } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Limits } from '#shared/ports/control-store.ts';
import type { ModelBudget } from '#shared/ports/diagnosis-model.ts';

export interface BudgetDeps {
  readonly control: Pick<Limits, 'addTo'>;
  readonly configuration: Pick<Configuration, 'model'>;
  readonly clock: Clock;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** Longer than GitHub allows re-runs (30 days), so that no counter expires while an incident is open. */
const KEPT_DAYS = 90;
const MICRO = 1_000_000;

/** One counter and its limit. */
interface Budget {
  readonly scope: string;
  readonly limit: number;
  readonly keptDays: number;
  /** The message when it is used up. */
  readonly reason: string;
  amountOf(tokens: Tokens, modelId: string): number;
}

/**
 * The model budget of one incident: limits on tokens and money, per incident and per day, and on calls per minute. An estimate is counted before each request and
 * corrected afterwards, so that neither a crash nor many concurrent incidents overspend.
 */
export function openModelBudget(incidentId: string, deps: BudgetDeps): ModelBudget {
  const add = ({ scope, keptDays }: Budget, amount: number): Promise<number> =>
    deps.control.addTo(scope, amount, new Date(deps.clock.now().getTime() + keptDays * DAY_MILLISECONDS));
  return {
    async reserve(modelId, estimate) {
      const taken: { budget: Budget; amount: number }[] = [];
      // Anew for each call: a diagnosis may last into the next minute, and day.
      for (const budget of budgetsOf(incidentId, deps)) {
        const amount = budget.amountOf(estimate, modelId);
        taken.push({ budget, amount });
        if ((await add(budget, amount)) <= budget.limit) continue;
        for (const each of taken) await add(each.budget, -each.amount);
        return { kind: 'empty', reason: budget.reason };
      }
      return {
        kind: 'reserved',
        async settle(spent) {
          if (spent === null) return;
          for (const { budget, amount } of taken) await add(budget, budget.amountOf(spent, modelId) - amount);
        },
      };
    },
  };
}

function budgetsOf(incidentId: string, { configuration, clock }: BudgetDeps): Budget[] {
  const settings = modelSettingsOf(configuration);
  if (settings === null) return [];
  const minute = clock.now().toISOString().slice(0, 16);
  const day = minute.slice(0, 10);
  const places = [
    { key: incidentId, keptDays: KEPT_DAYS, words: ['The', 'of this incident'] },
    { key: `day#${day}`, keptDays: 2, words: ["Today's", ''] },
  ] as const;
  const limits = [
    [settings.maxTokensPerIncident, settings.maxDollarsPerIncident],
    [settings.maxTokensPerDay, settings.maxDollarsPerDay],
  ] as const;
  const ofCalls: Budget[] =
    settings.maxCallsPerMinute === undefined
      ? []
      : [
          {
            scope: `calls#${minute}`,
            limit: settings.maxCallsPerMinute,
            keptDays: 1,
            reason: `The language model is asked at most ${settings.maxCallsPerMinute} times a minute (maxCallsPerMinute).`,
            amountOf: () => 1,
          },
        ];
  const ofPlaces = places.flatMap(({ key, keptDays, words }, at) => {
    const [tokens, dollars] = limits[at] ?? [0, 0];
    const reason = (what: string) =>
      `${[words[0], what, 'budget', words[1]].join(' ').trim()} has no room for the language model.`;
    const ofTokens: Budget = {
      scope: `tokens#${key}`,
      limit: tokens,
      keptDays,
      reason: reason('token'),
      amountOf: ({ input, output }) => input + output,
    };
    if (dollars === undefined) return [ofTokens];
    const ofMoney: Budget = {
      scope: `microdollars#${key}`,
      limit: Math.floor(dollars * MICRO),
      keptDays,
      reason: reason('money'),
      amountOf: (spent, modelId) => {
        const price = settings.prices[modelId];
        // Where money is limited, the configuration schema requires a price for each model.
        return price === undefined ? Number.MAX_SAFE_INTEGER : microdollarsOf(spent, price);
      },
    };
    return [ofTokens, ofMoney];
  });
  return [...ofCalls, ...ofPlaces];
}
