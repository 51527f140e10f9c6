import { defineCommand, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import * as fc from 'fast-check';
import { checkerFor, DESCRIBED } from '../channels/descriptions.ts';
import { madeMessage } from '../channels/made-messages.ts';

const MESSAGES = { otherwise: 1000, atMost: 1_000_000 };
const SEED = { otherwise: 20_261, atMost: 1e9 };
const SHOWN = 5;

export const checkChannels = defineCommand({
  name: 'check channels',
  summary: "generated messages of each channel against its vendor's published description",
  details:
    `Checks ${DESCRIBED.map(({ channel }) => channel).join(', ')}. Every text of a message is hostile or as long as it may be. What a description does not say\n` +
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
    for (const described of DESCRIBED) {
      const check = checkerFor(described, options.data);
      const found = messages.flatMap((message, at) => check(message).map((problem) => `message ${at}: ${problem}`));
      violations += found.length;
      await terminal.write(
        `${described.channel.padEnd(11)} ${count} messages, ${found.length} violations of ${described.description ?? 'its documentation'} (seed ${seed})\n`,
      );
      for (const line of found.slice(0, SHOWN)) await terminal.write(`  ${line}\n`);
    }
    return violations === 0 ? 0 : 1;
  },
});
