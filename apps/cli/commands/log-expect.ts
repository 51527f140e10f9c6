import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';
import { parseClasses } from '../learning/class-names.ts';

export const logExpect = defineCommand({
  name: 'log expect',
  aliases: ['test-pattern'],
  summary: 'whether a text is classified as expected',
  details:
    'Classifies the text like a log, by the built-in rules. A category that may be several classes, such as connectivity, is met by each of them.\n' +
    'With --json: {class, expected, accepted, matches, confidence, signature}; accepted has every class that counts. Exit code 1 when it is another class.',
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
    const expected = parseClasses(category);
    const [signatures, model] = await Promise.all([shippedSignatures(terminal.say), shippedModel(terminal.say)]);
    const { class: found, confidence, signature } = classify(textEvidence(text), { signatures, model });
    const matches = expected.includes(found);
    const words = `${found}, confidence ${percentText(confidence)}: ${matches ? 'as expected' : `expected ${expected.join(' or ')}`}`;
    await terminal.write(
      options.json === true
        ? `${JSON.stringify({ class: found, expected: expected[0], accepted: expected, matches, confidence, signature })}\n`
        : `${words}\n`,
    );
    if (!matches && options.json !== true)
      terminal.say(
        'selfheal: the text was read by the built-in rules alone. Try what people taught a deployment with "selfheal knowledge search --query TEXT" or "selfheal simulate-incident --title TEXT".',
      );
    return matches ? 0 : 1;
  },
});
