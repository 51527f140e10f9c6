import { defineCommand, JSON_OPTION, type OptionValues, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { asItCounts } from '#shared/domain/learning/pattern-trust.ts';
import type { ResolvedCase } from '#shared/domain/learning/propose-patterns.ts';
import { type SelfTest, selfTest } from '#shared/domain/learning/self-test.ts';
import { categoriesOf } from '../learning/class-names.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, placeOf } from '../learning/knowledge-api.ts';
import { asRecord, MAX_RECORDS } from '../learning/learn-remotely.ts';
import { categorised } from '../learning/learning-material.ts';
import { openPatterns } from '../learning/open-patterns.ts';
import { readResolutions } from '../learning/read-resolutions.ts';
import { renderFindings } from '../learning/render-learned.ts';
import { renderSelfTest } from '../learning/render-learning.ts';
import { renderSimulation, simulateIncidents } from '../learning/simulate-incidents.ts';

export const learningTest = defineCommand({
  name: 'learning test',
  aliases: ['test-ai-learning'],
  summary: 'test the learned patterns with simulated incidents: recognition, false positives, confidence, time',
  details:
    'The file has the format of "selfheal knowledge learn". Fill in the column class wherever the text does not show it. Changes nothing.\n' +
    'Exit code 1 when an incident is recognised as the wrong class.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: {
    'simulate-incidents': {
      type: 'string',
      value: 'N',
      about: 'instead of a file: so many incidents made from the examples of the shipped signatures',
    },
    'pattern-types': {
      type: 'string',
      value: 'CLASS,...',
      about: 'simulate only failures of these classes or categories, in turn',
    },
    'measure-accuracy': { type: 'boolean', about: 'also tell the accuracy of each class' },
    ...KNOWLEDGE_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    if ((file === undefined) === (options['simulate-incidents'] === undefined))
      throw new UsageError('"selfheal learning test" needs either a file of incidents or --simulate-incidents N.');
    if (file === undefined) {
      const count = wholeNumber('simulate-incidents', options['simulate-incidents'], { otherwise: 1, atMost: 10_000 });
      const types = options['pattern-types'];
      const categories = types === undefined ? [] : categoriesOf(types, 'pattern type');
      const simulated = await simulateIncidents({ count, categories }, terminal);
      const shown = options['measure-accuracy'] === true ? simulated : { ...simulated, byClass: [] };
      await terminal.write(options.json === true ? `${JSON.stringify(shown)}\n` : renderSimulation(shown));
      return (simulated.falsePositives?.hits ?? 0) > 0 ? 1 : 0;
    }
    const { name, records, bad } = await readResolutions(file, terminal);
    for (const line of renderFindings(name, bad, [])) terminal.say(`selfheal: ${line}`);
    if (records.length === 0) throw new UsageError(`${name}: no valid incident records; nothing was tested.`);
    const result = await tested(await categorised(records, terminal), options, terminal);
    await terminal.write(options.json === true ? `${JSON.stringify(result)}\n` : renderSelfTest(result, name));
    return (result.falsePositives?.hits ?? 0) > 0 ? 1 : 0;
  },
});

async function tested(
  cases: readonly ResolvedCase[],
  options: OptionValues<typeof KNOWLEDGE_OPTIONS>,
  terminal: Terminal,
): Promise<SelfTest> {
  const client = await apiUnlessNamed(options, terminal);
  if (client !== null) {
    const scope = placeOf(options.scope, terminal);
    if (cases.length > MAX_RECORDS)
      throw new UsageError(`A deployment tests ${MAX_RECORDS} records at a time, not ${cases.length}: split the file.`);
    const records = cases.map(asRecord);
    return await contentOf(await client.api.learning.test.$post({ json: { scope, records } }));
  }
  const { patterns, scope, rules } = await openPatterns(options, terminal);
  const now = new Date(terminal.now());
  return selfTest(
    cases,
    (await patterns.list(scope)).map((pattern) => asItCounts(pattern, rules, now)),
  );
}
