import type { COMMENT_VERBS, CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
import { safeLine } from '#shared/plugins/notifiers/common/markdown.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';

/** The answer to a command: one paragraph, and further lines where more was requested. */
export interface Answer {
  readonly words: string;
  readonly more?: readonly string[];
}

/**
 * Marker by which the comment with answers is found again; invisible to readers. Not the marker of comments about
 * failures.
 */
const MARKER = '<!-- selfheal-reply -->';
/** Answers that the comment keeps, newest first. */
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

/** Answers a command in the pull request's one comment for answers: it is created once and edited from then on. */
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

/** The comment with one more answer; earlier answers of `body` stay below it, one per line. */
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

/** The command as understood: none of a stranger's words are repeated. */
function commandOf({ request }: CommentCommand): string {
  switch (request.kind) {
    case 'decide':
      return `\`/selfheal ${request.decision === 'approved' ? 'approve' : 'reject'} ${request.digest.slice(0, 12)}\``;
    case 'correct':
      return `\`/selfheal wrong ${request.class}${incidentOf(request)}\``;
    case 'quiet':
      return `\`/selfheal ${request.quiet ? 'quiet' : 'resume'}\``;
    case 'help':
      return '`/selfheal`';
    case 'rerun':
    case 'explain':
      return `\`/selfheal ${request.kind}${incidentOf(request)}\``;
    default:
      return request satisfies never;
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

/** Why the text is not a command, and what was probably meant. */
export function helpWords({ problem, meant }: Extract<CommentCommand['request'], { kind: 'help' }>): string {
  const guess =
    meant === null
      ? ''
      : ` ${problem === 'verb' ? 'Did you mean' : 'It goes'} ${POSSIBLE[meant].split(':')[0]}${problem === 'verb' ? '?' : '.'}`;
  return `${PROBLEMS[problem].charAt(0).toUpperCase()}${PROBLEMS[problem].slice(1)}${guess}`;
}
