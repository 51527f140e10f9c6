import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { hostOfRepository, RepositoryName } from './target-context.ts';

/** A login as GitHub, or a user name as GitLab allows it. */
const Login = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}$/);

export const COMMENT_VERBS = ['approve', 'reject', 'rerun', 'explain', 'wrong', 'quiet', 'resume', 'help'] as const;
type Verb = (typeof COMMENT_VERBS)[number];

/**
 * Beginning of an incident's id, where a pull request has several failures. Absent: the newest failure that is not
 * over.
 */
const IncidentPrefix = z
  .string()
  .regex(/^(?:gh|run|rq)-[0-9a-f]{4,57}$/)
  .optional();

/** What a comment asks for. */
const CommandRequest = z.discriminatedUnion('kind', [
  /** A digest belongs to one plan. Its beginning, as mail and comment show it, or the whole. */
  z.strictObject({
    kind: z.literal('decide'),
    decision: z.enum(['approved', 'rejected']),
    digest: z.string().regex(/^[0-9a-f]{12,64}$/),
  }),
  /** The last prediction about this pull request was wrong; this is the right class. */
  z.strictObject({
    kind: z.literal('correct'),
    class: FailureClass.exclude(['unknown']),
    incident: IncidentPrefix,
  }),
  /** Re-run the failed jobs. */
  z.strictObject({ kind: z.literal('rerun'), incident: IncidentPrefix }),
  /** What was known, decided and done. */
  z.strictObject({ kind: z.literal('explain'), incident: IncidentPrefix }),
  /** Write no new comments about failures on this pull request, or write them again. */
  z.strictObject({ kind: z.literal('quiet'), quiet: z.boolean() }),
  /** List the commands; or the text is no command, and `meant` is the closest one. Nothing of the text is kept. */
  z.strictObject({
    kind: z.literal('help'),
    problem: z.enum(['none', 'verb', 'digest', 'class', 'incident', 'too-many-words']),
    meant: z.enum(COMMENT_VERBS).nullable(),
  }),
]);

/** A command from a comment on a pull or merge request. Whether its author may give it is checked with the code host when it is handled. */
export const CommentCommand = z.strictObject({
  version: z.literal(1),
  kind: z.literal('comment-command'),
  deliveryId: z.string().min(1).max(200),
  repository: RepositoryName,
  repositoryId: z.number().int().nonnegative(),
  pullRequest: z.number().int().positive(),
  commentId: z.number().int().positive(),
  /** Id of the thread that the comment is in, where the host has threads and answers go there. */
  thread: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
  /** Login of the comment's author. */
  by: Login,
  /** Number of their account, which stays when the login changes; earlier records lack it. */
  byId: z.number().int().positive().optional(),
  request: CommandRequest,
});
export type CommentCommand = z.infer<typeof CommentCommand>;

/** Who wrote a comment, with the host of the account: `github:octocat`, `gitlab:tanuki`. */
export const authorOf = ({ by, repository }: Pick<CommentCommand, 'by' | 'repository'>): string =>
  `${hostOfRepository(repository)}:${by}`;

/**
 * Parses the command in a comment's first line (`/selfheal approve 1a2b3c4d5e6f`), in any case. Null when it is not a
 * command; a mistyped command is a request for help.
 */
export function requestIn(comment: string): CommentCommand['request'] | null {
  const first =
    comment
      .slice(0, 4000)
      .split(/\r\n|\r|\n/)
      .find((line) => line.trim() !== '') ?? '';
  const [name, verb, operand, ...more] = first.trim().toLowerCase().split(/\s+/);
  if (name !== '/selfheal') return null;
  if (verb === undefined) return help('none', null);
  const known = COMMENT_VERBS.find((one) => one === verb);
  if (known === undefined) return help('verb', closestVerb(verb));
  const operands = [operand, ...more].filter((one) => one !== undefined);
  if (operands.length > MAX_OPERANDS[known]) return help('too-many-words', known);
  const request = CommandRequest.safeParse(requestOf(known, operands));
  return request.success ? request.data : help(problemOf(request.error), known);
}

const MAX_OPERANDS: Readonly<Record<Verb, number>> = {
  approve: 1,
  reject: 1,
  rerun: 1,
  explain: 1,
  wrong: 2,
  quiet: 0,
  resume: 0,
  help: 0,
};

function problemOf({ issues }: z.ZodError): Help['problem'] {
  const field = issues[0]?.path[0];
  return field === 'class' || field === 'incident' ? field : 'digest';
}

function requestOf(verb: Verb, [operand, more]: readonly string[]): unknown {
  switch (verb) {
    case 'approve':
      return { kind: 'decide', decision: 'approved', digest: operand };
    case 'reject':
      return { kind: 'decide', decision: 'rejected', digest: operand };
    case 'wrong':
      return { kind: 'correct', class: operand, incident: more };
    case 'rerun':
    case 'explain':
      return { kind: verb, incident: operand };
    case 'quiet':
    case 'resume':
      return { kind: 'quiet', quiet: verb === 'quiet' };
    case 'help':
      return help('none', null);
    default:
      return verb satisfies never;
  }
}

type Help = Extract<CommentCommand['request'], { kind: 'help' }>;
const help = (problem: Help['problem'], meant: Verb | null): Help => ({ kind: 'help', problem, meant });

const MAX_SLIPS = 2;

/** The verb with the smallest edit distance, two at most and less than half its length; null when there is none. */
function closestVerb(said: string): Verb | null {
  if (said.length > 20) return null;
  const [best] = COMMENT_VERBS.map((verb) => ({ verb, slips: editDistance(said, verb) })).sort(
    (a, b) => a.slips - b.slips,
  );
  return best !== undefined && best.slips <= MAX_SLIPS && best.slips * 2 < best.verb.length ? best.verb : null;
}

/** Levenshtein distance (V. Levenshtein, 1966), computed one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_one, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const kept = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, kept));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
