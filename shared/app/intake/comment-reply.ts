import type { COMMENT_VERBS, CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
import { safeLine } from '#shared/plugins/notifiers/markdown.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';

/** What is answered to a command: one paragraph, and lines below it where more was asked for. */
export interface Answer {
  readonly words: string;
  readonly more?: readonly string[];
}

/** By which the one comment with answers is found again; readers do not see it. Not the marker of what is said of failures. */
const MARKER = '<!-- selfheal-reply -->';
/** Answers that the comment keeps; the newest is the first. */
const KEPT_ANSWERS = 5;
const MAX_ANSWER = 1500;
const MAX_LINE = 400;
const ENTRY = /^- <!-- (\d{1,20}) --> .{1,2000}$/;

const POSSIBLE: Readonly<Record<(typeof COMMENT_VERBS)[number], string>> = {
  approve: '`/selfheal approve <digest>`: carry out the plan that waits, if you may write and the change is not yours',
  reject: '`/selfheal reject <digest>`: leave it to people, if you may write',
  rerun: '`/selfheal rerun [incident]`: run the failed jobs again, if you may write',
  explain: '`/selfheal explain [incident]`: what was known, decided and done',
  wrong:
    '`/selfheal wrong <class> [incident]`: the diagnosis was wrong; it was of this class (`flaky_tests`, `test_failure` ...)',
  quiet: '`/selfheal quiet`: write no new comments about failures on this pull request',
  resume: '`/selfheal resume`: write again',
  help: '`/selfheal help`: this list',
};

/** Answers a command in the one comment of the pull request that is for answers: it is written once and edited from then on. */
export async function replyTo(
  command: CommentCommand,
  answer: Answer,
  codeHost: Pick<CodeHost, 'findComment' | 'createComment' | 'updateComment'>,
): Promise<void> {
  const { repository, pullRequest } = command;
  const existing = await codeHost.findComment(repository, pullRequest, MARKER);
  const body = renderReply(command, answer, existing?.body ?? '');
  if (existing === null) await codeHost.createComment(repository, pullRequest, body);
  else if (existing.body !== body) await codeHost.updateComment(repository, existing.id, body);
}

/** The comment with one more answer; earlier answers of `body` stay below it, each on its line. */
export function renderReply(command: CommentCommand, { words, more = [] }: Answer, body: string): RedactedText {
  const entry = `- <!-- ${command.commentId} --> **${safeLine(command.by)}**, ${commandOf(command)}: ${safeLine(words).slice(0, MAX_ANSWER)}`;
  const earlier = body
    .split('\n')
    .filter((line) => ENTRY.test(line) && !line.startsWith(`- <!-- ${command.commentId} -->`));
  const details = more.map((line) => `  - ${safeLine(line).slice(0, MAX_LINE)}`);
  const lines = [
    MARKER,
    '**Answers of Selfheal**, the newest first. This comment is rewritten with each.',
    '',
    entry,
    ...details,
    ...earlier.slice(0, KEPT_ANSWERS - 1),
    '',
    '<details><summary>What is possible here</summary>',
    '',
    ...Object.values(POSSIBLE).map((line) => `- ${line}`),
    '',
    '</details>',
  ];
  return redactOutgoing(lines.join('\n'));
}

/** The command as it was understood: nothing of a stranger's words is repeated. */
function commandOf({ wish }: CommentCommand): string {
  switch (wish.kind) {
    case 'decide':
      return `\`/selfheal ${wish.decision === 'approved' ? 'approve' : 'reject'} ${wish.digest.slice(0, 12)}\``;
    case 'correct':
      return `\`/selfheal wrong ${wish.class}${incidentOf(wish)}\``;
    case 'quiet':
      return `\`/selfheal ${wish.quiet ? 'quiet' : 'resume'}\``;
    case 'help':
      return '`/selfheal`';
    case 'rerun':
    case 'explain':
      return `\`/selfheal ${wish.kind}${incidentOf(wish)}\``;
    default:
      return wish satisfies never;
  }
}

const incidentOf = ({ incident }: { incident?: string | undefined }): string =>
  incident === undefined ? '' : ` ${incident.slice(0, 27)}`;

const PROBLEMS = {
  none: 'what is possible is listed below.',
  verb: 'this is no command that Selfheal knows.',
  digest: 'the digest is missing or not one: 12 to 64 digits, as the request for approval shows them.',
  class: 'the class is missing or not one that Selfheal knows.',
  incident:
    'this is no id of an incident: it begins with `gh-`, as the last line of the comment on the failure shows it.',
  'too-many-words': 'there is more on the line than the command takes.',
} as const;

/** Why what was written is no command, and what was probably meant. */
export function helpWords({ problem, meant }: Extract<CommentCommand['wish'], { kind: 'help' }>): string {
  const guess =
    meant === null
      ? ''
      : ` ${problem === 'verb' ? 'Did you mean' : 'It goes'} ${POSSIBLE[meant].split(':')[0]}${problem === 'verb' ? '?' : '.'}`;
  return `${PROBLEMS[problem].charAt(0).toUpperCase()}${PROBLEMS[problem].slice(1)}${guess}`;
}
