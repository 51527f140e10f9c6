import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { compilePattern } from '@selfheal/log-reading/logs/text-pattern.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';

export const logMatch = defineCommand({
  name: 'log match',
  aliases: ['test-log-pattern'],
  summary: 'whether a regular expression matches a line, as in your configuration',
  details:
    'REGEX is in the syntax of RE2, which no line makes slow: no back-references and no look-around.\n' +
    'With --json: {matches, groups}. Exit code 1 when it does not match.',
  operands: { shown: 'REGEX LINE', atLeast: 2, atMost: 2 },
  options: { 'ignore-case': { type: 'boolean', about: 'upper and lower case are the same' }, ...JSON_OPTION },
  async run({ operands: [source = '', line = ''], options }, terminal) {
    const pattern = compilePattern(source, options['ignore-case'] === true, await loadRe2Engine());
    if (typeof pattern === 'string') throw new UsageError(`${source}: not a pattern of RE2: ${pattern}.`);
    const found = pattern.exec(line);
    const groups = { ...found?.groups };
    if (options.json === true) await terminal.write(`${JSON.stringify({ matches: found !== null, groups })}\n`);
    else {
      const named = Object.entries(groups).map(([name, value]) => `  ${name}: ${value ?? ''}\n`);
      await terminal.write(`${found === null ? 'does not match' : 'matches'}\n${named.join('')}`);
    }
    return found === null ? 1 : 0;
  },
});
