/** How the value of a figure is to be read. `seconds` are medians, with the 90th percentile beside them. */
type FigureUnit = 'incidents' | 'share' | 'seconds' | 'microdollars';

export interface FigureDefinition {
  readonly id: string;
  readonly label: string;
  readonly unit: FigureUnit;
  /** One sentence for people: what is counted, and of what. */
  readonly definition: string;
}

/** Days that the figures look at, today included. */
export const FIGURE_DAYS = 14;

/**
 * The figures of the overview, in the order in which they are shown: the page, the API and the command line take their words from here. They
 * are counted from the incidents' audit trails; rehearsals, actions that somebody ordered, duplicates, and alarms of other accounts and regions
 * are no incidents here.
 */
export const FIGURE_DEFINITIONS = [
  {
    id: 'open',
    label: 'Open now',
    unit: 'incidents',
    definition: 'Incidents of the last 14 days that are in progress or wait for a person, other places included.',
  },
  {
    id: 'healedToday',
    label: 'Healed today',
    unit: 'incidents',
    definition: 'Incidents that ended today because an action helped, as verified, with or without an approval.',
  },
  {
    id: 'withoutHuman',
    label: 'Without a human',
    unit: 'share',
    definition:
      'Share of ended incidents that an action healed for good and in which no person acknowledged, approved, rejected, ordered or ended anything.',
  },
  {
    id: 'falseFixes',
    label: 'False fixes',
    unit: 'incidents',
    definition:
      'Healed incidents that were reopened or came back too early without a new deployment, or that a person called wrong, however they ended.',
  },
  {
    id: 'timeToComment',
    label: 'Time to comment',
    unit: 'seconds',
    definition:
      'Median time from the opening of an incident by its first signal to the first comment on the pull request; later edits do not count.',
  },
  {
    id: 'timeToHeal',
    label: 'Time to heal',
    unit: 'seconds',
    definition: 'Median time from the opening of an incident to its end, of those that an action healed.',
  },
  {
    id: 'flaky',
    label: 'Flaky failures',
    unit: 'incidents',
    definition: 'Incidents whose failure was judged flaky in the latest attempt.',
  },
  {
    id: 'modelCost',
    label: 'Model cost',
    unit: 'microdollars',
    definition: 'Sum of what language models cost for all attempts; unknown where a model has no price.',
  },
] as const satisfies readonly FigureDefinition[];

export type FigureId = (typeof FIGURE_DEFINITIONS)[number]['id'];

/** The value of a figure; null where there is nothing to count. */
export interface FigureValue {
  readonly value: number | null;
  /** What a share or a part is of; null where it is of nothing. */
  readonly of: number | null;
  /** 90th percentile of a time in seconds; null of everything else. */
  readonly p90: number | null;
}
