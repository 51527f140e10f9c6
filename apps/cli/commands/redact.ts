import { defineCommand } from '@selfheal/cli-kit/command.ts';
import { openInput, STANDARD_INPUT } from '#apps/workbench/input/open-input.ts';
import { redactInput } from '../redaction/redact-input.ts';

export const redactCommand = defineCommand({
  name: 'redact',
  summary: 'replace every secret in a text and keep all other bytes',
  details:
    'Reads standard input without FILE. Equal secrets get equal placeholders. Gzipped input is unpacked.\n' +
    '--report prints one line "rule count" per kind of secret on stderr.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: { report: { type: 'boolean', about: 'print on stderr how many secrets of each kind were replaced' } },
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
