import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { openInput, textOf } from '#apps/workbench/input/open-input.ts';
import { tryPattern, wordingsFrom } from '#shared/app/learning/write-pattern.ts';

const MAX_LENGTH = 64_000_000;
const MAX_SHOWN = 100;

export const knowledgeTry = defineCommand({
  name: 'knowledge try',
  summary: 'try a pattern on a line or a log before it is added',
  details:
    'Runs on this machine, with the code that recognises failures. Exit code 1 when nothing matches.\n' +
    'With --json: {wording, matched, lines: [{line, text}]}.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: {
    pattern: { type: 'string', value: 'TEXT', about: 'the text of the log line, * for what varies' },
    regex: { type: 'boolean', about: 'the pattern is a simple regular expression' },
    line: { type: 'string', value: 'TEXT', aliases: ['text'], about: 'a line instead of a file' },
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    const { pattern, line } = options;
    if (pattern === undefined) throw new UsageError('"selfheal knowledge try" needs --pattern TEXT.');
    if ((file === undefined) === (line === undefined))
      throw new UsageError('"selfheal knowledge try" needs either a file or --line TEXT.');
    const read = wordingsFrom({ pattern, syntax: options.regex === true ? 'expression' : 'wording' });
    if ('problem' in read) throw new UsageError(`--pattern: ${read.problem}.`);
    let text = line ?? '';
    if (file !== undefined) {
      for await (const piece of textOf(await openInput(file, terminal))) {
        text += piece;
        if (text.length > MAX_LENGTH) throw new UsageError(`${file}: longer than ${MAX_LENGTH} characters.`);
      }
    }
    const lines = tryPattern(read.wordings, text);
    if (options.json === true) {
      const shown = { wording: read.wordings.join(' | '), matched: lines.length, lines: lines.slice(0, MAX_SHOWN) };
      await terminal.write(`${JSON.stringify(shown)}\n`);
    } else {
      terminal.say(`selfheal: "${read.wordings.join(' | ')}" matches ${counted(lines.length, 'line')}.`);
      await writeTogether(
        terminal,
        lines.slice(0, MAX_SHOWN).map((one) => `${one.line}: ${one.text}\n`),
      );
    }
    return lines.length === 0 ? 1 : 0;
  },
});
