/** One row of the table: a measurement and its goal. */
export interface Row {
  readonly measure: string;
  readonly goal: string;
  readonly measured: string;
  /** Null when it could not be measured on this machine. */
  readonly met: boolean | null;
}

export function renderRow({ measure, goal, measured, met }: Row): string {
  return `| ${measure} | ${goal} | ${measured} | ${met === null ? 'not measured' : met ? 'yes' : 'no'} |`;
}
