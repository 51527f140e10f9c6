import { safeLine } from '@selfheal/kernel/text/markdown.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { COMMENT_VERBS, CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { changeRequestOf } from '#shared/plugins/hosts/registry.ts';
import { writeMarkedComment } from '#shared/plugins/notifiers/common/marked-comment.ts';
import type { CodeHost, People } from '#shared/ports/code-host.ts';

/** The answer to a command: one paragraph, and further lines where the command asks for them. */
export interface Answer {
  readonly words: string;
  readonly more?: readonly string[];
}

/**
 * Marker by which the comment with answers is found again; invisible to readers. It differs from the marker of comments about failures.
 */
const MARKER = '<!-- selfheal-reply -->';
/** How many answers the comment keeps, newest first. */
const KEPT_ANSWERS = 5;
const MAX_ANSWER = 1500;
const MAX_LINE = 400;
const ENTRY = /^- <!-- (\d{1,20}) --> .{1,2000}$/;

const POSSIBLE: Readonly<Record<(typeof COMMENT_VERBS)[number], string>> = {
  approve:
    '`/selfheal approve <digest>`: carry out the waiting plan; needs write access, and the change must not be yours',
  reject: '`/selfheal reject <digest>`: leave it to people; needs write access',
  rerun: '`/selfheal rerun [incident]`: re-run the failed jobs; needs write access',
  explain: '`/selfheal explain [incident]`: what was known, decided and done',
  wrong:
    '`/selfheal wrong <class> [incident]`: the diagnosis was wrong, and this class is right (`flaky_tests`, `test_failure` ...)',
  quiet: '`/selfheal quiet`: write no new comments about failures on this pull request',
  resume: '`/selfheal resume`: write new comments again',
  help: '`/selfheal help`: this list',
};

export interface ReplyDeps {
  readonly codeHost: Pick<CodeHost, 'findComment' | 'createComment' | 'updateComment'>;
  readonly people: Pick<People, 'replyInThread'>;
}

/**
 * Answers a command: in its thread, where the host has threads; else in the pull request's one comment for answers, which is created once and
 * edited afterwards. A repeat writes no second answer.
 */
export async function replyTo(command: CommentCommand, answer: Answer, { codeHost, people }: ReplyDeps): Promise<void> {
  const { repository, pullRequest, thread, commentId } = command;
  if (thread !== undefined) {
    const marker = `<!-- selfheal-reply ${commentId} -->`;
    if ((await codeHost.findComment(repository, pullRequest, marker)) === null)
      await people.replyInThread(repository, pullRequest, thread, renderThreadReply(command, answer, marker));
    return;
  }
  const place = { repository, pullRequest, marker: MARKER };
  await writeMarkedComment(place, codeHost, (existing) => renderReply(command, answer, existing?.body ?? ''));
}

/** The answer alone; the list of commands where it was asked for. */
function renderThreadReply(command: CommentCommand, { words, more = [] }: Answer, marker: string): RedactedText {
  const steps = more.map((line) => `- ${safeLine(line).slice(0, MAX_LINE)}`);
  const lines = [
    marker,
    `${commandOf(command)}: ${safeLine(words).slice(0, MAX_ANSWER)}`,
    ...(steps.length === 0 ? [] : ['', ...steps]),
    ...(command.request.kind === 'help' ? ['', ...possible(command).map((line) => `- ${line}`)] : []),
  ];
  return redactOutgoing(lines.join('\n'));
}

/** Renders the comment with one more answer; earlier answers in `body` stay below it, one per line. */
function renderReply(command: CommentCommand, { words, more = [] }: Answer, body: string): RedactedText {
  const entry = `- <!-- ${command.commentId} --> **${safeLine(command.by)}**, ${commandOf(command)}: ${safeLine(words).slice(0, MAX_ANSWER)}`;
  const earlier = body
    .split('\n')
    .filter((line) => ENTRY.test(line) && !line.startsWith(`- <!-- ${command.commentId} -->`));
  const details = more.map((line) => `  - ${safeLine(line).slice(0, MAX_LINE)}`);
  const lines = [
    MARKER,
    '**Answers of Selfheal**, newest first. Selfheal updates this comment with each answer.',
    '',
    entry,
    ...details,
    ...earlier.slice(0, KEPT_ANSWERS - 1),
    '',
    '<details><summary>Available commands</summary>',
    '',
    ...possible(command).map((line) => `- ${line}`),
    '',
    '</details>',
  ];
  return redactOutgoing(lines.join('\n'));
}

const possible = ({ repository }: CommentCommand): string[] =>
  Object.values(POSSIBLE).map((line) => line.replace('pull request', changeRequestOf(repository)));

/** The command as understood; never repeats the author's own words. */
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
  none: 'the available commands are listed below.',
  verb: 'Selfheal does not know this command.',
  digest: 'the digest is missing or invalid: it has 12 to 64 digits, as in the request for approval.',
  class: 'the class is missing or unknown.',
  incident:
    'the incident id is invalid: it begins with `gh-` or `run-`, as in the last line of the comment on the failure.',
  'too-many-words': 'the line has more words than the command takes.',
} as const;

/** Why the text is not a command, and which command was probably meant. */
export function helpWords({ problem, meant }: Extract<CommentCommand['request'], { kind: 'help' }>): string {
  const guess =
    meant === null
      ? ''
      : ` ${problem === 'verb' ? 'Did you mean' : 'Write'} ${POSSIBLE[meant].split(':')[0]}${problem === 'verb' ? '?' : '.'}`;
  return `${PROBLEMS[problem].charAt(0).toUpperCase()}${PROBLEMS[problem].slice(1)}${guess}`;
}
