import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { parseBoundedJson } from '#shared/app/intake/ingest-json.ts';
import { cloudwatch } from '#shared/plugins/sources/cloudwatch/index.ts';
import type { SourceResult } from '#shared/plugins/sources/contract.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { github } from '#shared/plugins/sources/github/index.ts';

// Replays recorded webhook payloads and events through the sources and counts the results. Reads JSON Lines, gzipped or not, from the folders
// `github-webhooks` and `aws-events`. Exit code 1 when a source throws.
const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) {
  console.error('Usage: node lab/replay-payloads.ts --data DIR (with github-webhooks/ and aws-events/ in it)');
  process.exit(2);
}

interface Recorded {
  readonly event?: string;
  readonly payload: unknown;
}

async function* recordedIn(folder: string): AsyncGenerator<Recorded> {
  for (const name of (await readdir(folder)).filter((one) => /\.jsonl(\.gz)?$/.test(one)).sort()) {
    const file = createReadStream(join(folder, name));
    const lines = createInterface({ input: name.endsWith('.gz') ? file.pipe(createGunzip()) : file });
    for await (const line of lines) yield JSON.parse(line) as Recorded;
  }
}

/** Translates a payload as the webhook function does after the signature check. */
function replayGithub({ event, payload }: Recorded): SourceResult {
  const body = parseBoundedJson(new TextEncoder().encode(JSON.stringify(payload)));
  if (body.kind === 'invalid') return { kind: 'rejected', reason: body.reason };
  const headers = { 'x-github-event': event, 'x-github-delivery': 'replayed' };
  return translateWebhook(github, { headers, body: body.value, receivedAt: new Date() });
}

function outcomeOf(result: SourceResult): string {
  if (result.kind === 'signal') return `signal: ${result.signal.kind}`;
  if (result.kind === 'change') return `change: ${result.change?.kind ?? 'none'}`;
  return result.kind === 'command' ? `command: ${result.command.request.kind}` : `${result.kind}: ${result.reason}`;
}

async function replay(folder: string, toResult: (recorded: Recorded) => SourceResult): Promise<number> {
  const counts = new Map<string, number>();
  let thrown = 0;
  let total = 0;
  for await (const recorded of recordedIn(folder)) {
    total += 1;
    let outcome: string;
    try {
      const result = toResult(recorded);
      outcome = outcomeOf(result);
    } catch (error) {
      thrown += 1;
      outcome = `THROWN: ${String(error)}`;
    }
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  console.log(`${folder}: ${total} replayed, ${thrown} thrown`);
  for (const [outcome, count] of [...counts].sort((a, b) => b[1] - a[1])) console.log(`  ${count}  ${outcome}`);
  return thrown;
}

const thrown =
  (await replay(join(values.data, 'github-webhooks'), replayGithub)) +
  (await replay(join(values.data, 'aws-events'), ({ payload }) => cloudwatch.toSignal(payload)));
process.exit(thrown > 0 ? 1 : 0);
