/** One line of the table: what was measured against its goal. */
export interface Row {
  readonly measure: string;
  readonly goal: string;
  readonly measured: string;
  /** Null: could not be measured here. */
  readonly met: boolean | null;
}

export function renderRow({ measure, goal, measured, met }: Row): string {
  return `| ${measure} | ${goal} | ${measured} | ${met === null ? 'not measured' : met ? 'yes' : 'no'} |`;
}
