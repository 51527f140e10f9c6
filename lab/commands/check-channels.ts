import { defineCommand, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import * as fc from 'fast-check';
import { checkerFor, DESCRIBED } from '../channels/descriptions.ts';
import { checkRunFaults, commentFaults, issueFaults } from '../channels/github.ts';
import { madeAnnouncement } from '../channels/made-announcements.ts';
import { madeMessage } from '../channels/made-messages.ts';
import { mailFaults } from '../channels/mails.ts';
import { textMessageFaults } from '../channels/text-messages.ts';

const MESSAGES = { otherwise: 1000, atMost: 1_000_000 };
const SEED = { otherwise: 20_261, atMost: 1e9 };
const SHOWN = 5;

const GITHUB = 'GitHub’s OpenAPI description';

/** Channels whose words are made from the announcement itself. */
const ANNOUNCED = [
  { channel: 'mail', rules: 'RFC 5322, 2045 and 2047', faultsOf: mailFaults },
  { channel: 'github-comment', rules: GITHUB, faultsOf: commentFaults },
  { channel: 'github-issue', rules: GITHUB, faultsOf: issueFaults },
  { channel: 'github-check', rules: GITHUB, faultsOf: checkRunFaults },
  { channel: 'sms', rules: '3GPP TS 23.038', faultsOf: textMessageFaults },
] as const;

export const checkChannels = defineCommand({
  name: 'check channels',
  summary: "generated messages of each channel against its vendor's published description",
  details:
    `Checks ${[...DESCRIBED, ...ANNOUNCED].map(({ channel }) => channel).join(', ')}. Every text of a message is hostile or as long as it may be. What a description does not say\n` +
    '(sizes, for example) is checked by the rules of the vendor’s documentation.',
  options: {
    data: { type: 'string', value: 'DIR', about: 'the folder with the descriptions (slack-web.json.gz, ...)' },
    messages: { type: 'string', value: 'N', about: 'so many messages of each channel; 1,000 by default' },
    seed: { type: 'string', value: 'N', about: 'decides which messages' },
  },
  async run({ options }, terminal) {
    if (options.data === undefined)
      throw new UsageError('"check channels" needs --data DIR, the folder of descriptions.');
    const count = wholeNumber('messages', options.messages, MESSAGES);
    const seed = wholeNumber('seed', options.seed, SEED);
    const messages = fc.sample(madeMessage, { numRuns: count, seed });
    let violations = 0;
    const report = async (channel: string, rules: string, found: readonly string[]): Promise<void> => {
      violations += found.length;
      await terminal.write(
        `${channel.padEnd(14)} ${count} messages, ${found.length} violations of ${rules} (seed ${seed})\n`,
      );
      for (const line of found.slice(0, SHOWN)) await terminal.write(`  ${line}\n`);
    };
    for (const described of DESCRIBED) {
      const check = checkerFor(described, options.data);
      const found = messages.flatMap((message, at) => check(message).map((problem) => `message ${at}: ${problem}`));
      await report(described.channel, described.description ?? 'its documentation', found);
    }
    const announcements = fc.sample(madeAnnouncement, { numRuns: count, seed });
    for (const { channel, rules, faultsOf } of ANNOUNCED) {
      const found: string[] = [];
      for (const [at, announcement] of announcements.entries())
        for (const problem of await faultsOf(announcement))
          found.push(`message ${at} (${announcement.kind}): ${problem}`);
      await report(channel, rules, found);
    }
    return violations === 0 ? 0 : 1;
  },
});
