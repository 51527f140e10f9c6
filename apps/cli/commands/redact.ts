import { defineCommand } from '../command.ts';
import { openInput, STANDARD_INPUT } from '../input/open-input.ts';
import { redactInput } from '../redaction/redact-input.ts';

export const redactCommand = defineCommand({
  name: 'redact',
  summary: 'the text with every secret replaced, all other bytes as they were',
  details:
    'Reads standard input without FILE. Equal secrets get equal placeholders. The counts are one "rule count" per line on stderr.\n' +
    'What is gzipped comes out unpacked.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: { report: { type: 'boolean', about: 'say on stderr how many secrets of each kind were replaced' } },
  async run({ operands, options }, terminal) {
    const { pieces, counts } = redactInput(await openInput(operands[0] ?? STANDARD_INPUT, terminal));
    try {
      for await (const piece of pieces) await terminal.write(piece);
    } finally {
      if (options.report === true)
        for (const [rule, count] of Object.entries(counts())) terminal.say(`${rule} ${count}`);
    }
    return 0;
  },
});
