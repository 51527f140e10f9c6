import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';
import { classify } from '#shared/domain/failure/classify.ts';
import { compilePattern } from '#shared/domain/logs/text-pattern.ts';
import { defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { shippedModel, shippedSignatures } from '../input/shipped-content.ts';
import { parseClass } from '../learning/class-names.ts';

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

export const logExpect = defineCommand({
  name: 'log expect',
  aliases: ['test-pattern'],
  summary: 'whether a text is classified as expected',
  details:
    'Classifies the text like a log. With --json: {class, expected, matches, confidence, signature}. Exit code 1 when it is another class.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    text: { type: 'string', value: 'TEXT', about: 'the error message or the lines of a log' },
    'expected-category': {
      type: 'string',
      value: 'CLASS',
      aliases: ['expected-class'],
      about: 'the class that it should be',
    },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { text, 'expected-category': category } = options;
    if (text === undefined || text.trim() === '' || category === undefined)
      throw new UsageError('"selfheal log expect" needs --text TEXT and --expected-category CLASS.');
    const expected = parseClass(category);
    const [signatures, model] = await Promise.all([shippedSignatures(terminal.say), shippedModel(terminal.say)]);
    const { class: found, confidence, signature } = classify(textEvidence(text), { signatures, model });
    const matches = found === expected;
    const words = `${found}, confidence ${Math.round(confidence * 100)} %: ${matches ? 'as expected' : `expected ${expected}`}`;
    await terminal.write(
      options.json === true
        ? `${JSON.stringify({ class: found, expected, matches, confidence, signature })}\n`
        : `${words}\n`,
    );
    return matches ? 0 : 1;
  },
});
