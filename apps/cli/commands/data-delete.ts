import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { showOrder } from '../incidents/change-incident.ts';
import { REPO_OPTION, repositoryOf } from './data-export.ts';

export const dataDelete = defineCommand({
  name: 'data delete',
  summary: 'delete everything that a deployment holds of a repository, for good',
  details:
    'Nothing brings it back but a restore of the tables; "selfheal data export" writes it down first. Refuses while an incident of the repository\n' +
    'is open; with --force it stops the workflows of open ones. A deletion that was cut off goes on when you type the command again. The audit\n' +
    'trail keeps one entry. It needs the role admin of somebody who signed in.',
  options: {
    ...REPO_OPTION,
    confirm: { type: 'string', value: 'OWNER/NAME', about: 'the name once more, to delete it' },
    force: { type: 'boolean', about: 'delete open incidents, too' },
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
    ...API_OPTIONS,
  },
  async run({ options }, terminal) {
    const repository = repositoryOf(options);
    const { confirm = '', force = false } = options;
    const json = { repository, confirm, force };
    if (options['dry-run'] === true) return await showOrder('POST /api/data/delete', json, terminal);
    if (confirm.toLowerCase() !== repository.toLowerCase())
      throw new UsageError(
        `This deletes everything that is held of ${repository}, for good. Nothing was done. Add: --confirm ${repository}`,
      );
    const { api } = await openApi(options, terminal);
    for (;;) {
      const state = await contentOf(await api.data.delete.$post({ json }));
      if (state.done) {
        const result = { repository, deleted: state.deleted };
        await terminal.write(options.json === true ? `${JSON.stringify(result)}\n` : report(repository, state.deleted));
        return 0;
      }
      if (state.stopped.length > 0) terminal.say(`selfheal: stopped the workflow of ${state.stopped.join(', ')}.`);
      if (state.waitSeconds > 0) {
        terminal.say(`selfheal: waiting ${state.waitSeconds} s, because a stopped step may still write.`);
        await terminal.pause(state.waitSeconds * 1000);
      } else terminal.say(`selfheal: ${counted(sumOf(state.deleted), 'record')} of ${repository} deleted so far.`);
    }
  },
});

/** Records by kind. */
type Counts = Readonly<Record<string, number | undefined>>;

const sumOf = (counts: Counts): number => Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0);

function report(repository: string, deleted: Counts): string {
  const rows = Object.entries(deleted).map(([kind, count]) => `  ${kind.padEnd(12)} ${count}\n`);
  return `Deleted ${counted(sumOf(deleted), 'record')} of ${repository}:\n${rows.join('')}The audit trail has an entry about it.\n`;
}
