import { DRY_RUN_OPTION, type OptionSpecs, yesOption } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';

/** Of commands that ask for an effect. */
export const EFFECT_OPTIONS = {
  ...yesOption('ask for the effect; without it nothing is sent'),
  ...DRY_RUN_OPTION,
  reason: { type: 'string', value: 'TEXT', about: 'why; kept in the incident' },
  wait: { type: 'boolean', about: 'wait until the incident has ended; exit code 1 unless it was resolved' },
} as const satisfies OptionSpecs;

const MAX_TEXT = 500;
const POLL_MILLISECONDS = 2000;

interface OpenedIncident {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
}

/** Prints the incident of a request; with `wait` follows it to its end. */
export async function follow(
  opened: OpenedIncident,
  { api }: ApiClient,
  { wait = false, json = false }: { readonly wait?: boolean | undefined; readonly json?: boolean | undefined },
  terminal: Terminal,
): Promise<0 | 1> {
  let incident = opened;
  while (wait && incident.status === 'open') {
    await terminal.pause(POLL_MILLISECONDS);
    incident = await contentOf(await api.incidents[':id'].$get({ param: { id: opened.id } }));
  }
  const reason = incident.reason === null ? '' : ` ${cleanText(incident.reason, MAX_TEXT)}`;
  await terminal.write(
    json
      ? `${JSON.stringify(incident)}\n`
      : `Incident ${incident.id}: ${incident.status}.${reason}${wait ? '' : `\nFollow it: selfheal incident explain ${incident.id}`}\n`,
  );
  return wait && !['resolved', 'healed'].includes(incident.status) ? 1 : 0;
}

interface Rehearsal {
  readonly action: string;
  readonly decision: string;
  readonly reasons: readonly string[];
  readonly effect: string | null;
  readonly undo: string | null;
}

const DECISIONS: Readonly<Record<string, string>> = {
  act: 'It would be done without asking.',
  approve: 'A person would be asked first.',
  suggest: 'It would be proposed only.',
  escalate: 'It would not be done; a person would take over.',
  recovered: 'Nothing would be done: the target is healthy.',
  deny: 'The last check would refuse it.',
  sample: 'With sample values:',
};

/** Prints what an action would do. Exit code 1 when it would not be done. */
export async function sayRehearsal(rehearsal: Rehearsal, json: boolean, terminal: Terminal): Promise<0 | 1> {
  const { decision, reasons, effect, undo } = rehearsal;
  const lines = [DECISIONS[decision] ?? decision, effect, undo, ...reasons].filter((line) => line !== null);
  const text = lines.map((line) => `${cleanText(line, MAX_TEXT)}\n`).join('');
  await terminal.write(json ? `${JSON.stringify(rehearsal)}\n` : text);
  return ['act', 'approve', 'sample'].includes(decision) ? 0 : 1;
}
