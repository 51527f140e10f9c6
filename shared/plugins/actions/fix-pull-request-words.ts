import { cleanText } from '#shared/domain/incident/clean-text.ts';
import { percentOf } from '#shared/domain/kernel/percent.ts';
import { fixMarker } from '#shared/domain/patch/fix-branch.ts';
import type { AcceptedPatch } from '#shared/domain/patch/judge-patch.ts';
import { fenced, safeLine, safeProse } from '#shared/plugins/notifiers/markdown.ts';

/** What the description of a fix is made of. All prose is untrusted: a model or a log worded it. */
export interface FixStory {
  readonly fingerprint: string;
  readonly incidentId: string;
  readonly runUrl: string;
  /** Names the job that failed and must pass. */
  readonly job: string;
  readonly title: string;
  readonly explanation: string;
  /** Lines of the log that show the cause. */
  readonly evidence: readonly string[];
  /** 0 to 1. */
  readonly confidence: number;
}

const MAX_TITLE = 120;
const MAX_BODY = 60_000;
const QUOTED = 12;

/** `autofix: ...`, one line, as the title and as the subject of the commit. */
export function fixTitle({ title }: Pick<FixStory, 'title'>): string {
  const clean = cleanText(title, MAX_TITLE);
  return `autofix: ${clean === '' ? 'proposed fix' : clean.replace(/@(?=\w)/g, '@ ').replace(/#(?=\d)/g, '# ')}`;
}

/** The description: how sure, why, what to look at and how to test it. Nothing in it calls the change a fix that works. */
export function fixBody(story: FixStory, patch: AcceptedPatch): string {
  const sections = [
    fixMarker({ fingerprint: story.fingerprint, digest: patch.digest }),
    `A change proposed by Selfheal. It was **not tried** before this draft was opened, and nobody has reviewed it. Confidence: **${percentOf(story.confidence)} %**.`,
    `#### Why\n\n${safeProse(story.explanation)}`,
    story.evidence.length === 0 ? '' : `#### Evidence\n\n${fenced(story.evidence.slice(0, QUOTED).join('\n'), 'text')}`,
    `#### What it changes\n\n${patch.files.map(changeLine).join('\n')}`,
    patch.findings.length === 0
      ? ''
      : `#### Look at these lines first\n\n${patch.findings.map(({ path, line, reason }) => `- ${safeLine(`${path ?? ''}${line === null ? '' : ` line ${line}`}`)}: ${reason}`).join('\n')}`,
    `#### How to test it\n\n${testAdvice(story, patch)}`,
    `<sub>Selfheal incident ${story.incidentId}. Only source and test files can be changed this way; no test was taken away, skipped or loosened. It is never merged by itself.</sub>`,
  ];
  return sections
    .filter((part) => part !== '')
    .join('\n\n')
    .slice(0, MAX_BODY);
}

function changeLine({ path, before, stretches }: AcceptedPatch['files'][number]): string {
  const [added, removed] = [
    stretches.reduce((sum, { after }) => sum + after[1] - after[0], 0),
    stretches.reduce((sum, one) => sum + one.before[1] - one.before[0], 0),
  ];
  return `- ${safeLine(path)}: ${before === null ? 'new, ' : ''}${added} lines added, ${removed} removed`;
}

function testAdvice({ job, runUrl }: FixStory, { files }: AcceptedPatch): string {
  const run = /^https?:\/\/[^\s()<>"']+$/.test(runUrl) ? `[failed without it](${runUrl})` : 'failed without it';
  const hasTest = files.some(({ path }) => /test|spec/i.test(path));
  return [
    `- The job ${safeLine(cleanText(job, 200))} ${run}. Its run on this branch must pass: wait for it before reading on.`,
    `- Run the tests of what it changes on your machine, with and without it.`,
    hasTest
      ? '- Read the new or changed tests first: do they fail without the change of the source?'
      : '- It brings no test. Add one that fails without it.',
  ].join('\n');
}
