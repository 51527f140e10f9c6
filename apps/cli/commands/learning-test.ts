import { asItCounts } from '#shared/domain/learning/pattern-trust.ts';
import { selfTest } from '#shared/domain/learning/self-test.ts';
import { defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { categorised } from '../learning/learning-material.ts';
import { openPatterns, PATTERN_OPTIONS } from '../learning/open-patterns.ts';
import { readResolutions } from '../learning/read-resolutions.ts';
import { renderFindings } from '../learning/render-learned.ts';
import { renderSelfTest } from '../learning/render-learning.ts';

export const learningTest = defineCommand({
  name: 'learning test',
  summary: 'test the learned patterns with simulated incidents: recognition, false positives, confidence, time',
  details:
    'The file has the format of "selfheal knowledge learn". Fill in the column class wherever the text does not show it. Changes nothing.\n' +
    'Exit code 1 when an incident is recognised as the wrong class.',
  operands: { shown: 'FILE', atLeast: 1, atMost: 1 },
  options: { ...PATTERN_OPTIONS, ...JSON_OPTION },
  async run({ operands: [file = '-'], options }, terminal) {
    const { name, records, bad } = await readResolutions(file, terminal);
    for (const line of renderFindings(name, bad, [])) terminal.say(`selfheal: ${line}`);
    if (records.length === 0) throw new UsageError(`${name}: no valid incident records; nothing was tested.`);
    const { patterns, scope, rules } = await openPatterns(options);
    const now = new Date(terminal.now());
    const active = (await patterns.list(scope)).map((pattern) => asItCounts(pattern, rules, now));
    const result = selfTest(await categorised(records, terminal), active);
    await terminal.write(options.json === true ? `${JSON.stringify(result)}\n` : renderSelfTest(result, name));
    return (result.falsePositives?.hits ?? 0) > 0 ? 1 : 0;
  },
});
