import { datedMarker, type QuarantinedTest, type TestOwner } from '#shared/domain/flaky-tests/quarantined-test.ts';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { shareText } from '#shared/kernel/numbers/proportion.ts';
import { fenced } from '#shared/plugins/notifiers/common/markdown.ts';

const MAX_NAME_LENGTH = 200;
const MAX_FILE_LENGTH = 300;

/** The body of the issue about a flaky test. Its name and file are tainted and only appear in a fence. */
export function quarantineBody(test: QuarantinedTest, runUrl: string): string {
  const { name, file, owner, runs, failures, rate, score, commits, until } = test;
  const [low, high] = rate;
  const named = [cleanText(name, MAX_NAME_LENGTH), ...(file === null ? [] : [cleanText(file, MAX_FILE_LENGTH)])];
  const both = commits.length === 0 ? 'none that is still known' : commits.map((sha) => `\`${sha}\``).join(', ');
  return [
    datedMarker(test),
    'This test fails by chance, and its failures stop changes that are not the cause:',
    fenced(named.join('\n')),
    `**Owner:** ${ownerWords(owner)}\n**In quarantine until:** ${until} (UTC)`,
    [
      '#### Evidence',
      '',
      `- It failed in ${failures} of ${runs} recorded runs: with 95 % certainty in ${shareText(low)} to ${shareText(high)} of all.`,
      `- By the order of its results it is ${shareText(score)} likely to fail by chance.`,
      `- Commits on which it both failed and passed: ${both}.`,
      `- It failed [in this run](${runUrl}) too.`,
    ].join('\n'),
    'It still runs: nothing is skipped. While this issue is open and the day has not passed, a failure of quarantined tests alone is said to be one, and is run again.',
    '<sub>Opened by Selfheal, once for this test. Close it when the test is mended.</sub>',
  ].join('\n\n');
}

function ownerWords(owner: TestOwner): string {
  switch (owner.kind) {
    case 'code-owners':
      return `${owner.names.join(', ')} (by the CODEOWNERS of the default branch)`;
    case 'author':
      return `@${owner.login} (the last author of its file)`;
    case 'nobody':
      return 'nobody could be told';
    default:
      return owner satisfies never;
  }
}
