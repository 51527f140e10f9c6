import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { safeLine } from '@selfheal/kernel/text/markdown.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { PullRequestState } from '#shared/domain/policy/closed-pull-request.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import {
  actionsSection,
  askedSection,
  diagnosisSections,
  evidenceSection,
  isSafeUrl,
  SHOWN_STATUSES,
  section,
  stoppedLine,
} from '../common/github-sections.ts';
import { writeMarkedComment } from '../common/marked-comment.ts';
import { statusOf } from '../common/status-words.ts';
import { headlineOf } from '../common/story-words.ts';
import type { IncidentStory } from '../contract.ts';
import { defineNotifier } from '../contract.ts';

/** GitHub refuses longer bodies, in characters. */
const MAX_BODY = 65_536;
const MAX_HEADLINE = 300;

/** One comment per failure on its pull request, updated as the incident proceeds. */
export const githubComment = defineNotifier({
  id: 'github-comment',
  title: 'Comment on the pull request',
  uses: { githubTokenSecret: ['secretsmanager:GetSecretValue'] },
  needs: ['codeHost'],
  takes: ['progress'],
  repeatable: true,
  isPlaced: true,
  wants: (announcement) => announcement.kind === 'progress' && hasComment(announcement.story),
  async notify(announcement, { codeHost }) {
    if (announcement.kind !== 'progress') return null;
    const { story } = announcement;
    const { incident } = story;
    const { target, intakeKey } = incident;
    if (target.kind !== 'run' || target.pullRequest === null) return null;
    // Nobody reads on there; and who merged has decided. What was written about this incident does not keep waiting.
    const isOver = (await stateOf(target.repository, target.pullRequest, codeHost)) !== 'open';
    const place = { repository: target.repository, pullRequest: target.pullRequest, marker: markerOf(intakeKey) };
    const written = await writeMarkedComment(place, codeHost, (existing) => {
      if ((story.quiet || isOver) && !existing?.body.includes(incidentWords(incident))) return null;
      return existing === null ? renderComment(story) : rewriteComment(existing.body, story);
    });
    return written === null ? null : { where: written.url };
  },
});

/** `open` where the state may not be read: a comment changes nothing. */
async function stateOf(
  repository: string,
  number: number,
  codeHost: Pick<CodeHost, 'pullRequestState'>,
): Promise<PullRequestState> {
  return (await unlessRefused(() => codeHost.pullRequestState(repository, number))) ?? 'open';
}

function hasComment({ incident: { target, status } }: IncidentStory): boolean {
  return target.kind === 'run' && target.pullRequest !== null && SHOWN_STATUSES.has(status);
}

/** Marker by which the comment is found again; invisible to readers. */
export function markerOf(intakeKey: string): string {
  return `<!-- selfheal:${intakeKey} -->`;
}

/** Marker for the run that a comment is about, and whether its failure is known; invisible to readers. */
const ABOUT = /^<!-- selfheal-run:(\d{1,20}) (known|unknown) -->$/m;
const aboutOf = (story: IncidentStory): string =>
  story.incident.target.kind === 'run'
    ? `<!-- selfheal-run:${story.incident.target.runId} ${isKnown(story) ? 'known' : 'unknown'} -->`
    : '';

/** Whether there is a log line or a cause to show. */
function isKnown({ evidence, diagnosis }: IncidentStory): boolean {
  const lines = (evidence?.sources ?? []).some(({ lines: { length } }) => length > 0);
  return lines || (diagnosis !== null && diagnosis.classification.class !== 'unknown');
}

/** Marks the line about a later run whose log could not be read. */
const LATER_RUN = '<!-- selfheal-later-run -->';

/**
 * Updates the comment with a report; null when `body` stays as it is. A late report of an older run never replaces one about a newer run. A run
 * whose log could not be read adds a line instead of replacing what is known of an earlier run. A plan that waits for a person is always shown.
 */
function rewriteComment(body: string, story: IncidentStory): RedactedText | null {
  const { incident, stage, links } = story;
  const [, runId, knowledge] = ABOUT.exec(body) ?? [];
  const isAboutThis = body.includes(incidentWords(incident));
  if (runId === undefined || isAboutThis || stage === 'asking' || incident.target.kind !== 'run')
    return renderComment(story);
  if (Number(runId) > incident.target.runId) return null;
  if (knowledge === 'unknown' || isKnown(story)) return renderComment(story);
  const url = links[0]?.url ?? '';
  const run = `run ${incident.target.runId}`;
  const later = `**A later run failed, and its log could not be read:** ${isSafeUrl(url) ? `[${run}](${url})` : run} (Selfheal incident ${incident.id}). The rest of this comment is about an earlier run. ${LATER_RUN}`;
  const [marker = '', ...rest] = body.split('\n').filter((line) => !line.endsWith(LATER_RUN));
  return redactOutgoing([marker, later, ...rest].join('\n')).slice(0, MAX_BODY);
}

/** The whole comment in Markdown, with text from logs or models neutralised. */
export function renderComment(story: IncidentStory): RedactedText {
  const { incident } = story;
  const { lead, rest } = statusOf(story);
  const [cause, ...proposals] = diagnosisSections(story);
  const head = [
    [markerOf(incident.intakeKey), aboutOf(story)].join('\n'),
    `### ${safeLine(cleanText(headlineOf(story), MAX_HEADLINE))}`,
    `**${safeLine(lead)}**${rest === '' ? '' : ` ${safeLine(rest)}`}`,
    stoppedLine(story),
    story.cameBack ? safeLine(story.cameBack) : '',
    story.quarantined ? safeLine(story.quarantined) : '',
    askedSection(story),
    cause,
  ];
  const tail = [...proposals, actionsSection(story), footerOf(story)];
  const join = (parts: readonly (string | undefined)[]) => redactOutgoing(parts.filter(Boolean).join('\n\n'));
  const whole = join([...head, evidenceSection(story), ...tail]);
  if (whole.length <= MAX_BODY) return whole;
  return join([...head, section('Evidence', 'Too long to be shown here.'), ...tail]).slice(0, MAX_BODY);
}

/** Text that marks a comment as being about an incident; commands in other comments find the incident by it. */
const incidentWords = ({ id }: IncidentStory['incident']): string => `Selfheal incident ${id},`;

function footerOf({ incident }: IncidentStory): string {
  return `<sub>${incidentWords(incident)} run attempt ${incident.runAttempt}. Selfheal updates this comment as it learns more.</sub>`;
}
