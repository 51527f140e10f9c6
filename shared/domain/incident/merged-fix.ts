/** A merged pull request after which the workflow passed. */
export interface MergedFix {
  readonly pullRequest: number;
  /** ISO 8601. */
  readonly mergedAt: string;
  /** The run of the default branch that passed. */
  readonly runId: number;
}

/** Why an incident ended by a merged pull request; `isFixReason` recognises it. */
export const fixReason = ({ pullRequest, mergedAt, runId }: MergedFix): string =>
  `Fixed by pull request #${pullRequest}, merged ${mergedAt}: run ${runId} of the workflow then passed on the default branch.`;

const FIXED = /^(Fixed by pull request #\d+), merged (.+)$/s;

/** The reason in two parts, lead and rest; null for every other reason. */
export function splitFixReason(reason: string | null): { readonly lead: string; readonly rest: string } | null {
  const [, lead, rest] = FIXED.exec(reason ?? '') ?? [];
  return lead === undefined || rest === undefined ? null : { lead: `${lead}.`, rest: `Merged ${rest}` };
}

const TICKET = /\/browse\/([A-Z][A-Z0-9_]{1,30}-\d{1,9})$/;
const ISSUE = /\/([\w.-]+\/[\w.-]+)\/issues\/(\d{1,9})$/;

/** The words by which a pull request of this repository may name a ticket, from the address that a channel gave. */
export function ticketNames(where: string, repository: string): readonly string[] {
  const [, ticket] = TICKET.exec(where) ?? [];
  if (ticket !== undefined) return [ticket];
  const [, place, number] = ISSUE.exec(where) ?? [];
  if (place === undefined || number === undefined) return [];
  return place.toLowerCase() === repository.toLowerCase()
    ? [`#${number}`, `${place}#${number}`]
    : [`${place}#${number}`];
}
