import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import { fenced, safeLine, safeProse } from '@selfheal/kernel/text/markdown.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { fixMarker } from '@selfheal/patch-guard/fix-branch.ts';
import type { ProposedFix } from '@selfheal/patch-guard/proposed-fix.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';

/** Content of the description of a fix. All prose is untrusted, because a model or a log worded it. */
export interface FixStory extends Omit<ProposedFix, 'version' | 'files' | 'diff' | 'baseSha' | 'source'> {
  /** The run without the change, and the run with it. */
  readonly failedUrl: string;
  readonly passedUrl: string;
  /** Names of the jobs that failed and now pass. */
  readonly jobs: readonly string[];
}

const MAX_BODY = 60_000;
const QUOTED = 12;
const MAX_JOBS = 5;

/**
 * The description of the pull request: what was seen, confidence, reasons, what to check and how to test it. It never calls the change correct.
 */
export function fixBody(story: FixStory): RedactedText {
  const { changes, evidence } = story;
  const findings = [...story.inspection.reasons, ...story.findings];
  const sections = [
    fixMarker({ fingerprint: story.fingerprint, digest: story.patchDigest }),
    `A change proposed by Selfheal. ${seenWords(story)} Nobody has reviewed yet whether it is right. Confidence: **${percentOf(story.confidence)} %**.`,
    `#### Why\n\n${safeProse(story.explanation)}`,
    evidence.length === 0 ? '' : `#### Evidence\n\n${fenced(evidence.slice(0, QUOTED).join('\n'), 'text')}`,
    `#### What it changes\n\n${changes.map(changeLine).join('\n')}`,
    findings.length === 0 ? '' : `#### Look at these lines first\n\n${findings.map(findingLine).join('\n')}`,
    `#### How to test it\n\n${testAdvice(story)}`,
    `<sub>Selfheal incident ${story.incidentId}. Such a change only touches source and test files, and removes, skips or loosens no test. Selfheal never merges it. Close it to reject it: the same change is then not proposed again.</sub>`,
  ];
  return redactOutgoing(sections.filter((part) => part !== '').join('\n\n')).slice(0, MAX_BODY);
}

function seenWords({ jobs, failedUrl, passedUrl }: FixStory): string {
  const names = jobs.slice(0, MAX_JOBS).map((job) => safeLine(cleanText(job, 200)));
  const more = jobs.length > MAX_JOBS ? ` and ${jobs.length - MAX_JOBS} more` : '';
  const which = names.length === 1 ? `The job ${names[0]}` : `The jobs ${names.join(', ')}${more}`;
  return `${which} ${linked('failed without it', failedUrl)} and ${linked('passed with it', passedUrl)}.`;
}

function linked(words: string, url: string): string {
  return /^https?:\/\/[^\s()<>"']+$/.test(url) ? `[${words}](${url})` : words;
}

function changeLine({ path, isNew, added, removed }: FixStory['changes'][number]): string {
  return `- ${safeLine(path)}: ${isNew ? 'new, ' : ''}${counted(added, 'line')} added, ${removed} removed`;
}

function findingLine({ path, line, reason }: FixStory['findings'][number]): string {
  return `- ${safeLine(`${path ?? ''}${line === null ? '' : ` line ${line}`}`)}: ${reason}`;
}

function testAdvice({ changes }: FixStory): string {
  const hasTest = changes.some(({ path }) => /test|spec/i.test(path));
  return [
    '- Run the tests of the changed code on your machine, with and without the change.',
    hasTest
      ? '- Read the new or changed tests first: do they fail without the change of the source?'
      : '- It has no test. Add one that fails without it.',
  ].join('\n');
}
