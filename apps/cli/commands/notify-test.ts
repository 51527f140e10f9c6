import { readFile } from 'node:fs/promises';
import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { instantWords } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import * as z from 'zod';
import { type DryChannel, dryCalls, dryRun } from '#shared/app/notify/dry-run.ts';
import { channelMessageOf } from '#shared/plugins/notifiers/common/channel-message.ts';
import { plainText } from '#shared/plugins/notifiers/common/chat-notifier.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import { configurationWith, PLUGINS } from '#shared/plugins/plugins.ts';
import { severityOption } from '../incidents/change-incident.ts';
import { sampleHandOver } from '../notify/sample-incident.ts';

const DEFAULT_CONFIGURATION = 'config/selfheal.json';
const OUTCOME: Readonly<Record<DryChannel['outcome'], string>> = {
  told: 'told',
  waits: 'waits',
  silent: 'not told',
  'left-out': 'not told',
  reserve: 'in reserve',
  failed: 'FAILS',
};
const MAX_TEXT = 20_000;

async function configurationIn(path: string) {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new UsageError(`${path} cannot be read: ${why}. Name another one with --config FILE.`);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new InvalidInput(`${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = configurationWith(PLUGINS).safeParse(json);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`${path} is not valid:\n${z.prettifyError(parsed.error)}`);
}

function classOption(given: string | undefined): FailureClass {
  if (given === undefined) return 'unknown';
  const parsed = FailureClass.safeParse(given);
  if (!parsed.success) throw new UsageError(unknownValue('class', given, FailureClass.options));
  return parsed.data;
}

function instantOption(given: string | undefined, now: number): Date {
  const at = given === undefined ? new Date(now) : new Date(given);
  if (Number.isNaN(at.getTime()))
    throw new UsageError(`--at ${given}: expected an instant such as 2026-11-23T23:00:00Z.`);
  return at;
}

export const notifyTest = defineCommand({
  name: 'notify test',
  aliases: ['notify preview', 'test-notifications'],
  summary: 'show who would be told of an incident that needs a person, and why; nothing is sent',
  details:
    'Reads the configuration that would be deployed, makes up an incident, and shows for every channel whether it would be told and by which rule, and who would\n' +
    'be called, level by level. --text shows the messages, too. With --json {severity, at, channels, calls}. Exit code 1 when nobody would be told, or a channel fails.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    incident: { type: 'string', value: 'sample', about: 'the incident: sample, which is the default' },
    config: { type: 'string', value: 'FILE', about: `selfheal.json; ${DEFAULT_CONFIGURATION} by default` },
    severity: { type: 'string', value: 'LEVEL', about: 'low, medium, high (the default) or critical' },
    service: { type: 'string', value: 'ID', about: 'the service that it is about' },
    repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository that it is about' },
    class: { type: 'string', value: 'CLASS', about: 'the class of the failure; unknown by default' },
    at: { type: 'string', value: 'INSTANT', about: 'when it happens, such as 2026-11-23T23:00:00Z; now by default' },
    text: { type: 'boolean', about: 'show every message' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    if ((options.incident ?? 'sample') !== 'sample')
      throw new UsageError(`--incident ${options.incident}: only "sample" can be tried.`);
    const configuration = await configurationIn(options.config ?? DEFAULT_CONFIGURATION);
    const now = instantOption(options.at, terminal.now());
    const { timeZone } = configuration.policy.circumstances;
    const severity = severityOption(options.severity) ?? 'high';
    const sample = sampleHandOver({
      severity,
      service: options.service ?? null,
      repository: options.repo ?? null,
      class: classOption(options.class),
      now,
      timeZone,
    });
    const said = channelMessageOf(sample);
    const textOf = (body: string): string => (said === null ? body : plainText(said));
    // A comment needs a pull request, which the sample has not.
    const notifiers = notifiersOf(configuration).filter(({ id }) => id !== 'github-comment');
    const channels = (await dryRun(sample, notifiers, configuration, now, textOf)).filter(
      ({ id }) =>
        configuration.notifiers[id] !== undefined ||
        PLUGINS.notifiers.some((one) => one.id === id && one.settings === undefined),
    );
    const calls = dryCalls(sample, configuration, now);
    const isTold = channels.some(({ outcome }) => outcome === 'told' || outcome === 'waits');
    const code = isTold && !channels.some(({ outcome }) => outcome === 'failed') ? 0 : 1;
    if (options.json === true) {
      await terminal.write(`${JSON.stringify({ severity, at: now.toISOString(), channels, calls })}\n`);
      return code;
    }
    const width = Math.max(...channels.map(({ title }) => title.length));
    const lines = [
      `A sample incident of severity ${severity} that needs a person, ${instantWords(now, timeZone)}. Nothing is sent.`,
      '',
      ...channels.flatMap(({ title, outcome, why, message }) => [
        `  ${title.padEnd(width)}  ${OUTCOME[outcome].padEnd(10)}  ${cleanText(why, 300)}`,
        ...(options.text === true && message !== null ? ['', ...quoted(message.subject, message.text), ''] : []),
      ]),
      '',
      ...(calls.length === 0
        ? [
            configuration.onCall.levels.length === 0
              ? 'Nobody is on call: onCall names no levels.'
              : `Nobody is called for severity ${severity}.`,
          ]
        : [
            'Until somebody acknowledges it, Selfheal calls:',
            ...calls.map(
              ({ afterMinutes, people, note }, at) =>
                `  level ${at + 1}, after ${afterMinutes} min: ${people.map(({ name, ways }) => `${name} (${ways.join(', ')})`).join(', ')}${note === null ? '' : `; ${note}`}`,
            ),
          ]),
    ];
    await terminal.write(`${lines.join('\n')}\n`);
    return code;
  },
});

const quoted = (subject: string | null, text: string): string[] =>
  [...(subject === null ? [] : [subject, '']), ...text.slice(0, MAX_TEXT).split('\n')].map((line) => `    | ${line}`);
