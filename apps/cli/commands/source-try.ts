import { readFile } from 'node:fs/promises';
import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { parse } from 'yaml';
import * as z from 'zod';
import { parseBoundedJson } from '#shared/app/intake/ingest-json.ts';
import { exampleProblem, Mapping, readByMapping } from '#shared/domain/webhooks/mapping.ts';
import { MAPPED_SOURCES } from '#shared/plugins/sources/common/mapped-source.ts';
import type { AlertsResult } from '#shared/plugins/sources/contract.ts';
import { ALERT_SOURCES } from '#shared/plugins/sources/registry.ts';

const ALL = [...ALERT_SOURCES, ...MAPPED_SOURCES];

export const sourceTry = defineCommand({
  name: 'source try',
  summary: 'show what an alert body of another tool becomes',
  details:
    'FILE is a body as it was received. It is read by --source, or by a mapping of your own: --mapping FILE.yaml, whose examples are tried first.\n' +
    'Exit code 1: an example fails, or the body opens nothing. With --json: {kind, alerts} or {kind, reason}.',
  operands: { shown: 'FILE', atLeast: 1, atMost: 1 },
  options: {
    source: { type: 'string', value: 'SOURCE', about: `${ALL.map(({ id }) => id).join(', ')}` },
    mapping: { type: 'string', value: 'FILE', about: 'a mapping in YAML or JSON' },
    ...JSON_OPTION,
  },
  async run({ operands: [file = ''], options }, terminal) {
    if ((options.source === undefined) === (options.mapping === undefined))
      throw new UsageError('Name one of --source SOURCE and --mapping FILE.');
    const parsed = parseBoundedJson(await contentOf(file));
    if (parsed.kind === 'invalid') throw new UsageError(`${file}: ${parsed.reason}.`);
    const receivedAt = new Date(terminal.now());
    let read: AlertsResult;
    if (options.mapping !== undefined) {
      const mapping = await mappingIn(options.mapping);
      const problems = mapping.examples.flatMap((_, index) => exampleProblem(mapping, index) ?? []);
      for (const problem of problems) terminal.say(`Example ${problem}`);
      if (problems.length > 0) return 1;
      terminal.say(`${mapping.examples.length} of ${mapping.examples.length} examples are read as expected.`);
      read = readByMapping(mapping, parsed.value, receivedAt);
    } else {
      const source = ALL.find(({ id }) => id === options.source);
      if (source === undefined)
        throw new UsageError(`--source ${options.source}: expected ${ALL.map(({ id }) => id).join(', ')}.`);
      read = source.read({ headers: {}, body: parsed.value, receivedAt });
    }
    await terminal.write(options.json === true ? `${JSON.stringify(read)}\n` : wordsOf(read));
    return read.kind === 'alerts' && read.alerts.length > 0 ? 0 : 1;
  },
});

async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}.`);
  }
}

async function mappingIn(file: string): Promise<Mapping> {
  const text = new TextDecoder().decode(await contentOf(file));
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw new UsageError(`${file} is not YAML: ${(cause as Error).message.split('\n')[0]}`);
  }
  const mapping = Mapping.safeParse(content);
  if (!mapping.success) throw new UsageError(`${file} is not a mapping:\n${z.prettifyError(mapping.error)}`);
  return mapping.data;
}

function wordsOf(read: AlertsResult): string {
  if (read.kind === 'rejected') return `Refused: ${cleanText(read.reason, 300)}\n`;
  if (read.kind === 'ignored') return `Left aside: ${cleanText(read.reason, 300)}\n`;
  if (read.kind === 'acknowledged')
    return `Acknowledges incident ${read.incidentId}, for ${cleanText(read.by ?? 'somebody', 200)}\n`;
  const line = (name: string, value: string | null) => `  ${name.padEnd(9)} ${cleanText(value ?? 'none', 400)}\n`;
  const alerts = read.alerts.map(
    ({ state, severity, service, title, text, url, id, startedAt }) =>
      `${state === 'firing' ? 'Opens an incident' : 'Closes its incident'}:\n${line('title', title)}${line('service', service)}${line('severity', severity)}${line('says', text)}${line('link', url)}${line('id', id)}${line('began', startedAt.toISOString())}`,
  );
  const left = (read.ignored ?? []).map(
    ({ reason, about }) => `Left aside: ${cleanText(`${about} (${reason})`, 300)}\n`,
  );
  return [...alerts, ...left].join('') || 'It holds no alert.\n';
}
