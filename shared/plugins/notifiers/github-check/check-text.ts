import { safeLine, safeProse } from '@selfheal/kernel/text/markdown.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { cutAtSentence } from '@selfheal/kernel/text/shortened-text.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { CheckText } from '#shared/ports/code-host.ts';
import {
  actionsSection,
  askedSection,
  causePlace,
  diagnosisSections,
  evidenceSection,
  isSafeUrl,
  section,
  stoppedLine,
} from '../common/github-sections.ts';
import { githubTitle } from '../common/github-title.ts';
import { statusOf } from '../common/status-words.ts';
import { headlineOf, summaryOf } from '../common/story-words.ts';
import type { IncidentStory } from '../contract.ts';

/** GitHub refuses longer ones, in characters. */
export const MAX_PART = 65_535;
const MAX_TITLE = 140;
const MAX_NAME = 60;
const MAX_MESSAGE = 200;
/** Escaping makes a character at most eight. */
const MAX_RAW = Math.floor(MAX_PART / 10);

/** What the check run of an incident says, and where: a run of another workflow on the same commit has a check run of its own. */
export function checkTextOf(story: IncidentStory, target: Pick<RunTarget, 'headSha'>): CheckText {
  const { incident, page } = story;
  const place = causePlace(story);
  return {
    headSha: target.headSha,
    name: nameOf(story),
    externalId: incident.id,
    detailsUrl: page !== undefined && isSafeUrl(page) ? page : null,
    title: redactOutgoing(githubTitle(cutAtSentence(cleanText(headlineOf(story), 1000), MAX_TITLE))),
    summary: summaryTextOf(story),
    text: detailsOf(story),
    annotation:
      place === null
        ? null
        : {
            path: place.file,
            line: place.line,
            message: redactOutgoing(
              githubTitle(cutAtSentence(cleanText(summaryOf(story.diagnosis) ?? '', 1000), MAX_MESSAGE)),
            ),
          },
  };
}

/** `Selfheal: CI`, after the workflow: it stays the same as long as the incident does. */
function nameOf({ incident: { tainted } }: IncidentStory): string {
  const [workflow = ''] = tainted.title.split(': ');
  return `Selfheal: ${githubTitle(cleanText(workflow, MAX_NAME))}`;
}

/** The state, the cause and the links. When it is too long, the cause and the first link stay. */
function summaryTextOf(story: IncidentStory): RedactedText {
  const { lead, rest } = statusOf(story);
  const [cause = ''] = diagnosisSections(story);
  const [first = '', ...others] = linksOf(story);
  const status = `**${safeLine(lead)}**${rest === '' ? '' : ` ${safeLine(rest)}`}`;
  const said = [stoppedLine(story), safeLine(story.cameBack ?? ''), safeLine(story.quarantined ?? '')];
  const whole = joined([status, ...said, cause, [first, ...others].join(' · ')]);
  if (whole.length <= MAX_PART) return whole;
  const short = safeProse(cutAtSentence(story.diagnosis?.rootCause ?? '', MAX_RAW));
  return joined([`**${safeLine(cutAtSentence(lead, 300))}**`, section('Root Cause Analysis', short), first]);
}

/** What the comment on a pull request says besides. Whole sections are left out, from the longest evidence to the last: half a block would not end. */
function detailsOf(story: IncidentStory): RedactedText {
  const [, ...proposals] = diagnosisSections(story);
  const known = [askedSection(story), ...proposals, actionsSection(story)];
  const whole = joined([...known, evidenceSection(story)]);
  if (whole.length <= MAX_PART) return whole;
  const sections = [...known.filter((part) => part !== ''), section('Evidence', 'Too long to be shown here.')];
  while (sections.length > 1 && joined(sections).length > MAX_PART) sections.splice(-2, 1);
  return joined(sections);
}

const joined = (parts: readonly string[]): RedactedText =>
  redactOutgoing(parts.filter((part) => part !== '').join('\n\n'));

/** The incident first, then the run. */
function linksOf({ page, links, incident }: IncidentStory): string[] {
  const own = page === undefined ? [] : [{ name: `Incident ${incident.id}`, url: page }];
  return [...own, ...links].filter(({ url }) => isSafeUrl(url)).map(({ name, url }) => `[${safeLine(name)}](${url})`);
}
