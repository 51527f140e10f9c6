import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS } from '#apps/workbench/api/api-client.ts';
import { clean, openPolicy, type RuntimePolicy, valueWords } from '../policy/policy-api.ts';

function render(
  { revision, killSwitch, unreadable, lastChange, origins }: RuntimePolicy,
  onlyChanged: boolean,
): string {
  const shown = origins.filter(({ from }) => !onlyChanged || from !== 'deployed');
  const width = Math.max(0, ...shown.map(({ field }) => field.length));
  const lines = [
    ...(killSwitch.killSwitch
      ? [`STOPPED by the kill switch: ${clean(killSwitch.reason ?? 'no reason was given')}`]
      : []),
    ...(unreadable === null
      ? []
      : [`UNREADABLE, so nothing is changed: ${clean(unreadable)} "selfheal config reset" mends it.`]),
    lastChange === null
      ? 'Nobody changed what is deployed.'
      : `Revision ${revision}, ${lastChange.change} by ${clean(lastChange.changedBy.name)} at ${lastChange.changedAt}: ${clean(lastChange.reason)}`,
    ...shown.map(({ field, value, from }) => `${clean(field).padEnd(width)}  ${valueWords(value)}  (${from})`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

export const configShow = defineCommand({
  name: 'config show',
  summary: 'the policy that holds now, and where each value comes from',
  details:
    'Asks the API of a deployment. "deployed" is selfheal.json; "overlay" was changed at run time with "selfheal config set".\n' +
    'With --json: {revision, killSwitch, unreadable, lastChange, effective, deployed, overlay, origins}.',
  options: {
    changed: { type: 'boolean', about: 'only what differs from what is deployed' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { policy } = await openPolicy(options, terminal);
    await terminal.write(
      options.json === true ? `${JSON.stringify(policy)}\n` : render(policy, options.changed === true),
    );
    return 0;
  },
});
