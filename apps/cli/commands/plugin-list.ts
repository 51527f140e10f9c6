import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';

export const pluginList = defineCommand({
  name: 'plugin list',
  aliases: ['plugins'],
  summary: 'list what extends the product, kind by kind, and how one of each kind is added',
  details:
    'Triage analyses, prompts, metrics, platforms, sources, actions, channels, model providers and report formats, read from their registries and folders.\n' +
    'Example: selfheal plugins --kind channel. With --json: JSON Lines {kind, does, add, entries}.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: { kind: { type: 'string', value: 'KIND', about: 'this kind alone' }, ...JSON_OPTION },
  async run({ options: { kind, json } }, terminal) {
    const { extensionPoints } = await import('../extend/extension-points.ts');
    const all = await extensionPoints();
    const kinds = all.map((one) => one.kind);
    if (kind !== undefined && !kinds.includes(kind)) throw new UsageError(unknownValue('kind', kind, kinds));
    for (const point of all.filter((one) => kind === undefined || one.kind === kind)) {
      const width = Math.max(0, ...point.entries.map(({ id }) => id.length));
      await terminal.write(
        json === true
          ? `${JSON.stringify(point)}\n`
          : [
              `${point.kind}: ${point.does}`,
              `  to add one: ${point.add}`,
              ...point.entries.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`),
              '',
              '',
            ].join('\n'),
      );
    }
    return 0;
  },
});
