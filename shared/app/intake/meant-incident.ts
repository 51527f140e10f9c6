import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { identityOf, isSameRepository } from '#shared/domain/incident/repository-identity.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import { changeRequestOf } from '#shared/plugins/hosts/registry.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

interface MeantDeps {
  readonly codeHost: Pick<CodeHost, 'listComments'>;
  readonly incidents: Pick<IncidentStore, 'get'>;
}

/** Whether the target is a run of the pull request that the command was written on. */
export function isAbout(command: CommentCommand, target: TargetContext): boolean {
  if (target.kind !== 'run' || target.pullRequest !== command.pullRequest) return false;
  return isSameRepository(identityOf(target), identityOf(command));
}

/** How many comments are searched for incidents: a pull request has one for each failed workflow. */
const MAX_INCIDENTS = 30;

/** The incidents named in our own comments on the pull request, newest first. */
export async function incidentsHere(command: CommentCommand, { codeHost, incidents }: MeantDeps): Promise<Incident[]> {
  const comments = await codeHost.listComments(command.repository, command.pullRequest, '<!-- selfheal:');
  const ids = comments.flatMap(
    ({ body }) => /Selfheal incident ((?:gh|run|rq)-[0-9a-f]{8,57})\b/.exec(body)?.[1] ?? [],
  );
  const read = await Promise.all([...new Set(ids)].slice(-MAX_INCIDENTS).map((id) => incidents.get(id)));
  return read
    .filter((one) => one !== null)
    .filter(({ target }) => isAbout(command, target))
    .sort((a, b) => Date.parse(b.openedAt) - Date.parse(a.openedAt));
}

/**
 * The incident that a command means. Without an id it is the newest one that has not ended, or else the newest. The answer names it and the
 * others.
 */
interface Meant {
  readonly incident: Incident | null;
  readonly others: readonly Incident[];
}
export type WithIncident = Extract<CommentCommand['request'], { kind: 'rerun' | 'explain' | 'correct' }>;

export async function meant(
  { incident: prefix }: WithIncident,
  command: CommentCommand,
  deps: MeantDeps,
): Promise<Meant> {
  const here = await incidentsHere(command, deps);
  const fitting = here.filter(({ id }) => id.startsWith(prefix ?? ''));
  const isOver = ({ status }: Incident) => status === 'resolved' || status === 'healed';
  const incident =
    prefix === undefined
      ? (fitting.find((one) => !isOver(one)) ?? fitting[0] ?? null)
      : fitting.length === 1
        ? (fitting[0] ?? null)
        : null;
  return { incident, others: here.filter((one) => one !== incident) };
}

const SHORT_ID = 11;
/** As code, because other references are broken up and could not be copied. */
export const shortId = ({ id }: Incident): string => `\`${id.slice(0, SHORT_ID)}\``;

/** Lists the pull request's other failures, so that nobody confuses them. */
export function othersWords(others: readonly Incident[], { repository }: CommentCommand): string {
  if (others.length === 0) return '';
  const each = others.map((one) => `${shortId(one)} (${one.status})`).join(', ');
  return ` Other failures of this ${changeRequestOf(repository)}: ${each}. To mean one of them, write its id after the command.`;
}

/** The incident's own repository, for which permissions are checked whatever the comment says. */
export function repositoryOf({ repository }: CommentCommand, incident: Incident | null): string {
  return incident?.target.kind === 'run' ? incident.target.repository : repository;
}
