import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsEvent } from '@selfheal/fake-aws/alarm-events.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLOUDWATCH_EVENTS } from '#apps/local/world/samples/cloudwatch-events.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const PASSWORD = ['Correct', 'horse', 'battery', '1!'].join('-');
/** Account and region of the local runtime. */
const HOME = { account: '123456789012', region: 'us-east-1' } as const;

let healer: Healer;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-session-'));
  healer = await openHealer();
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['viewer']);
  await selfheal(['login', '--url', healer.runtime.endpoint, '--user', 'ada@example.com'], `${PASSWORD}\n`);
});
afterEach(() => expectClean(healer));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await healer?.stop();
});

async function selfheal(args: readonly string[], typed = ''): Promise<string> {
  const env = { PATH: process.env.PATH, SELFHEAL_CONFIG_DIR: folder };
  const child = spawn(process.execPath, ['apps/cli/main.ts', ...args], { env });
  const stdout: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
  child.stdin.end(typed);
  await once(child, 'close');
  return Buffer.concat(stdout).toString();
}

/** The sample as an alarm of the deployment's own place that has just gone off. */
function ownEvent(sample: string): AwsEvent {
  const event = CLOUDWATCH_EVENTS[sample];
  if (event === undefined) throw new Error(`There is no sample ${sample}.`);
  const state = { ...(event.detail.state as object), timestamp: new Date().toISOString().replace('Z', '+0000') };
  const alarmName = sample;
  const resources = [`arn:aws:cloudwatch:${HOME.region}:${HOME.account}:alarm:${alarmName}`];
  return { ...event, ...HOME, resources, detail: { ...event.detail, alarmName, state } };
}

const flowing = (text: string): string => text.replace(/\s+/g, ' ');

describe('an alarm that no plain threshold explains', () => {
  it.each([
    ['metric-math-alarm-raised', 'Error rate (errors / invocations * 100) was 64, greater than 5'],
    ['anomaly-alarm-raised', 'was 812.5, above the expected band of 104.3 to 344.5'],
    ['missing-data-alarm-raised', 'since 20 Nov 2026, 08:41 UTC; the alarm treats missing data as breaching'],
  ])('says in mail and terminal why it went off: %s', async (sample, words) => {
    const event = ownEvent(sample);
    await healer.runtime.putEvent({ ...event });
    const { id } = await healer.ended(event);
    const [mail] = healer.mailsAbout(event);
    expect(mail?.subject).toContain(sample);
    expect(flowing(mail?.text ?? '')).toContain(words);
    expect(flowing(await selfheal(['incident', 'show', id]))).toContain(words);
  });
});

describe('a log alarm', () => {
  it('opens an incident that says what its query asks the logs, and ends when it is OK again', async () => {
    const query = { query: 'filter @message like /declined/', aggregation: 'count(*)', logGroup: '/shop/declined' };
    const event = healer.world.aws.fireLogAlarm('payments-declined', 'checkout', query);
    const { id, status } = await healer.ended(event);
    expect(status).toBe('escalated');
    const shown = flowing(await selfheal(['incident', 'show', id]));
    expect(shown).toContain(
      'It works out count(*) of the query "filter @message like /declined/" over the log of /shop/declined',
    );
    expect(flowing(healer.mailsAbout(event)[0]?.text ?? '')).toContain('count(*)');
  });
});
