import { defineCommand, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { API_OPTIONS, credentialsOf } from '#apps/workbench/api/api-client.ts';
import { durationOption } from '../duration.ts';
import type { LogSource, SourceLine } from '../forward/log-source.ts';
import { openLogSource } from '../forward/open-source.ts';
import { type LogSender, makeOtlpSender } from '../forward/otlp-sender.ts';

const STDIN_BATCH = 1_000;

export const logForward = defineCommand({
  name: 'log forward',
  summary: 'send log lines to a deployment as they are written: of files, of Elasticsearch, or of stdin',
  details:
    "Without FILE: /var/log/application.log, /var/log/error.log and logs/application.log, those that are there. With FILE -: lines of stdin, as rsyslog's omprog\n" +
    'gives them. With ELASTICSEARCH_URLS: what the cluster has new, and the files while it does not answer. Files that are rotated, by renaming or truncating,\n' +
    'are followed. Lines are sent until they are taken; a repeat counts once. The API key needs the role operator.\n' +
    'Example: SELFHEAL_URL=https://... SELFHEAL_TOKEN=sh_... selfheal log forward --service orders --state /var/lib/selfheal/orders.json /var/log/orders.log',
  operands: { shown: 'FILE...', atLeast: 0, atMost: 50 },
  options: {
    service: { type: 'string', value: 'NAME', about: 'whose log it is; the name of the file by default' },
    state: { type: 'string', value: 'FILE', about: 'keep in FILE how far was read, and go on there' },
    'from-start': { type: 'boolean', about: 'read files from their beginning, not only what is written from now on' },
    every: {
      type: 'string',
      value: 'TIME',
      about: 'time between two looks; POLL_INTERVAL, or 15 seconds, 30 for Elasticsearch',
    },
    for: { type: 'string', value: 'TIME', aliases: ['duration'], about: 'end after this time; at Ctrl-C by default' },
    once: { type: 'boolean', about: 'send what is there now, and end' },
    ...API_OPTIONS,
  },
  async run({ operands, options }, terminal) {
    const { service = null } = options;
    const { base } = await credentialsOf(options, terminal);
    const sender = makeOtlpSender({
      base,
      token: async () => (await credentialsOf(options, terminal)).token,
      service: service ?? 'application',
      now: terminal.now,
      pause: (milliseconds) => terminal.pause(milliseconds),
      say: (message) => terminal.say(message),
    });
    if (operands.includes('-')) {
      if (operands.length > 1) throw new UsageError('"selfheal log forward -" reads stdin alone: give no other FILE.');
      const sent = await forwardStdin(sender, terminal);
      terminal.say(`selfheal: ${counted(sent, 'line')} sent.`);
      return 0;
    }
    const fromStart = options['from-start'] === true || options.once === true;
    const opened = await openLogSource(operands, terminal, { stateFile: options.state ?? null, fromStart, service });
    const every = durationOption('every', options.every ?? terminal.environment.POLL_INTERVAL, {
      otherwise: opened.everySeconds,
      atMost: 3600,
    });
    const seconds =
      options.for === undefined ? Infinity : durationOption('for', options.for, { otherwise: 1, atMost: 86_400 });
    const end = options.once === true ? terminal.now() : terminal.now() + seconds * 1000;
    terminal.say(`selfheal: reading ${opened.source.name} every ${every} seconds.`);
    const sent = await forwardSource(opened.source, sender, { every, end }, terminal);
    terminal.say(`selfheal: ${counted(sent, 'line')} sent.`);
    return 0;
  },
});

async function forwardSource(
  source: LogSource,
  sender: LogSender,
  { every, end }: { readonly every: number; readonly end: number },
  terminal: Terminal,
): Promise<number> {
  let sent = 0;
  try {
    for (;;) {
      const { lines, notes } = await source.read();
      for (const note of notes) terminal.say(`selfheal: ${note}`);
      await sender.send(lines);
      await source.commit();
      sent += lines.length;
      if (terminal.now() + every * 1000 > end) return sent;
      await terminal.pause(every * 1000);
    }
  } finally {
    await source.close();
  }
}

/** Sends lines as they come: unlike a file, whose beginning says whether it is text, standard input may hold its second line back for hours. */
async function forwardStdin(sender: LogSender, terminal: Terminal): Promise<number> {
  let [sent, rest] = [0, ''];
  let lines: SourceLine[] = [];
  const decoder = new TextDecoder();
  for await (const piece of terminal.stdin) {
    const texts = (rest + decoder.decode(piece as Buffer, { stream: true })).split('\n');
    rest = texts.pop() ?? '';
    for (const text of texts) if (text.trim() !== '') lines.push({ service: null, at: null, text });
    // What came in one piece is sent at once, so that a slow log is not kept back; a fast one comes in large pieces.
    if (lines.length >= STDIN_BATCH || texts.length > 0) {
      await sender.send(lines);
      sent += lines.length;
      lines = [];
    }
  }
  if (rest.trim() !== '') lines.push({ service: null, at: null, text: rest });
  await sender.send(lines);
  return sent + lines.length;
}
