import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { fenced } from '@selfheal/kernel/text/markdown.ts';
import {
  datedMarker,
  type QuarantinedTest,
  type TestOwner,
} from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';

const MAX_NAME_LENGTH = 200;
const MAX_FILE_LENGTH = 300;

/** The body of the issue about a flaky test. Its name and file are tainted, so they are shown in a fence only. */
export function quarantineBody(test: QuarantinedTest, runUrl: string): string {
  const { name, file, owner, runs, failures, rate, score, commits, until } = test;
  const [low, high] = rate;
  const named = [cleanText(name, MAX_NAME_LENGTH), ...(file === null ? [] : [cleanText(file, MAX_FILE_LENGTH)])];
  const both = commits.length === 0 ? 'none is known any longer' : commits.map((sha) => `\`${sha}\``).join(', ');
  return [
    datedMarker(test),
    'This test fails by chance, and its failures block changes that did not cause them:',
    fenced(named.join('\n')),
    `**Owner:** ${ownerWords(owner)}\n**In quarantine until:** ${until} (UTC)`,
    [
      '#### Evidence',
      '',
      `- It failed in ${failures} of ${runs} recorded runs. With 95 % confidence it fails in ${shareText(low)} to ${shareText(high)} of all runs.`,
      `- By the order of its results, the probability that it fails by chance is ${shareText(score)}.`,
      `- Commits on which it both failed and passed: ${both}.`,
      `- It also failed [in this run](${runUrl}).`,
    ].join('\n'),
    'The test still runs; nothing is skipped. While this issue is open and the quarantine lasts, Selfheal reports when only quarantined tests failed, and re-runs them.',
    '<sub>Opened by Selfheal, once for this test. Close it when the test is fixed.</sub>',
  ].join('\n\n');
}

function ownerWords(owner: TestOwner): string {
  switch (owner.kind) {
    case 'code-owners':
      return `${owner.names.join(', ')} (by the CODEOWNERS of the default branch)`;
    case 'author':
      return `@${owner.login} (the last author of its file)`;
    case 'nobody':
      return 'nobody: no owner was found';
    default:
      return owner satisfies never;
  }
}
