import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { codeSpan } from '@selfheal/kernel/text/markdown.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';

/** A merged fix after which the workflows passed. Facts only: no text of a log, a model or a person is in it. */
export interface HelpfulFix {
  readonly pullRequest: number;
  /** https address of the pull request. */
  readonly url: string;
  /** Of the failure, 16 hexadecimal digits. */
  readonly fingerprint: string;
  /** Null where no triage report knows the failure. */
  readonly class: FailureClass | null;
  /** Id of the signature that recognises it, or null. */
  readonly signature: string | null;
  /** Files that it changed. Tainted: shown as code. */
  readonly files: readonly string[];
  /** Workflow runs that passed on the merged commit. */
  readonly passedRuns: number;
}

const MAX_FILES = 8;
const HEADING = '## Failures that were fixed';

const entryMarker = ({ fingerprint, pullRequest }: HelpfulFix): string =>
  `<!-- selfheal-fixed:${fingerprint}:${pullRequest} -->`;

/**
 * The page with an entry for each fix that it does not have yet, under a heading of its own at the end; null when there is nothing to add. What
 * people wrote stays as it is.
 */
export function withHelpfulFixes(page: string, fixes: readonly HelpfulFix[]): string | null {
  const added = fixes.filter((fix) => !page.includes(entryMarker(fix)));
  if (added.length === 0) return null;
  const heading = page.split('\n').includes(HEADING) ? [] : [HEADING];
  return `${[page.trimEnd(), ...heading, ...added.map(entryOf)].filter((part) => part !== '').join('\n\n')}\n`;
}

/** Redacted entries only, for the description of a proposal. */
export const entriesOf = (fixes: readonly HelpfulFix[]): RedactedText =>
  redactOutgoing(fixes.map(entryOf).join('\n\n'));

function entryOf(fix: HelpfulFix): string {
  const { pullRequest, url, fingerprint, signature, files, passedRuns } = fix;
  const kind = fix.class === null ? 'Failure' : sentence(fix.class);
  const shown = files.slice(0, MAX_FILES).map((file) => codeSpan(cleanText(file, 200)));
  const more = files.length > shown.length ? ` and ${files.length - shown.length} more files` : '';
  const where = shown.length === 0 ? '' : ` It changed ${shown.join(', ')}${more}.`;
  const known = signature === null ? '' : `, recognised by the signature ${codeSpan(signature)}`;
  const runs = passedRuns === 1 ? '1 workflow run passed' : `${passedRuns} workflow runs passed`;
  return [
    entryMarker(fix),
    `### ${kind} \`${fingerprint.slice(0, 16)}\``,
    '',
    `- **Sign:** the fingerprint that \`selfheal log classify\` prints${known}.`,
    `- **What helped:** [pull request ${pullRequest}](${url}).${where} ${runs} on the merged commit.`,
  ].join('\n');
}

/** `dependency_conflicts` as `Dependency conflicts`. */
function sentence(failureClass: FailureClass): string {
  const words = failureClass.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
