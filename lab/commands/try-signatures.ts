import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { shippedRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import { shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { gatherCases } from '../training/public-cases.ts';
import { trySignatures } from '../training/signature-trial.ts';

/** Each group once, with the number of its logs. */
function shown(groups: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts].map(([group, count]) => (count === 1 ? group : `${group} (${count})`)).join(', ');
}

export const trySignaturesCommand = defineCommand({
  name: 'try-signatures',
  summary: 'for each signature, the labelled logs whose class is right or wrong because of it; the worst first',
  details:
    'Reads the same folders as "eval". By signatures alone, without the trained model. A signature that hurts more than it pays is to be narrowed or\n' +
    'dropped. With --json: {id, pays: [group], hurts: [group], neutral} per signature.',
  options: {
    data: { type: 'string', value: 'DIR', about: 'the folder that contains the folders of labelled logs' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    if (options.data === undefined)
      throw new UsageError('"try-signatures" needs --data DIR, the folder of labelled logs.');
    const signatures = await shippedSignatures(terminal.say);
    const cases = await gatherCases(
      options.data,
      (message) => terminal.say(message),
      () => shippedRanker(),
    );
    for (const result of trySignatures(cases, signatures)) {
      const { id, pays, hurts, neutral } = result;
      if (options.json === true) await terminal.write(`${JSON.stringify(result)}\n`);
      else if (pays.length + hurts.length > 0) {
        await terminal.write(`${id}: pays ${pays.length}, hurts ${hurts.length}, neutral ${neutral}\n`);
        if (hurts.length > 0) await terminal.write(`  hurts ${shown(hurts)}\n`);
        if (pays.length > 0) await terminal.write(`  pays ${shown(pays)}\n`);
      }
    }
    return 0;
  },
});
