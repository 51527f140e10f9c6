import { quantileOf } from '@selfheal/kernel/numbers/sample.ts';
import type { Performance } from './performance-settings.ts';

/** A paid resource and its use over time, in the same unit. */
export interface Provision {
  readonly resource: string;
  readonly kind: 'memory' | 'cpu' | 'instances';
  readonly provisioned: number;
  readonly unit: string;
  readonly used: readonly number[];
  /** Monthly cost, if known; proportional to the size. */
  readonly monthlyCost: number | null;
  /** Minimum size, whatever the use (for example two instances). */
  readonly least: number;
}

export interface CostSuggestion {
  readonly resource: string;
  readonly kind: Provision['kind'];
  readonly provisioned: number;
  readonly enough: number;
  readonly unit: string;
  readonly saving: { readonly percent: number; readonly monthly: number | null };
  readonly reason: string;
}

/** With fewer values nothing is suggested. */
const MIN_VALUES = 100;
/** A smaller saving is not worth a change. */
const MIN_SAVING = 0.2;

/**
 * Sufficient sizes for the observed use: the 99th percentile with headroom, and at least the highest value. Largest
 * saving first.
 */
export function costSuggestions(provisions: readonly Provision[], { headroomPercent }: Performance): CostSuggestion[] {
  return provisions
    .flatMap((provision): CostSuggestion[] => {
      const { resource, kind, provisioned, unit, used, monthlyCost } = provision;
      if (used.length < MIN_VALUES) return [];
      const enough = enoughFor(provision, headroomPercent);
      const share = 1 - enough / provisioned;
      if (share < MIN_SAVING) return [];
      const reason = `99 of 100 values were ${shown(quantileOf(used, 0.99))} ${unit} or less; with ${headroomPercent} % headroom ${shown(enough)} ${unit} are enough`;
      const monthly = monthlyCost === null ? null : Number((share * monthlyCost).toFixed(2));
      return [
        { resource, kind, provisioned, enough, unit, saving: { percent: Math.round(100 * share), monthly }, reason },
      ];
    })
    .sort((a, b) => (b.saving.monthly ?? 0) - (a.saving.monthly ?? 0) || b.saving.percent - a.saving.percent);
}

function enoughFor({ kind, used, least }: Provision, headroomPercent: number): number {
  const highest = used.reduce((most, value) => Math.max(most, value), 0);
  const wanted = Math.max(quantileOf(used, 0.99) * (1 + headroomPercent / 100), highest, least);
  return kind === 'cpu' ? Math.ceil(4 * wanted) / 4 : Math.ceil(wanted);
}

const shown = (value: number): string => String(Number(value.toPrecision(4)));
