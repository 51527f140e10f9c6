import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeOtlpSender } from '#apps/cli/forward/otlp-sender.ts';
import { signIn } from '#lab/drills/approvals.ts';
import { HOUR, MINUTE, START, usualLines } from '#test/unit/domain/log-watch/made-log.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const LEARNED_HOURS = 26;
/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');

let healer: Healer;
let key: string;
beforeAll(async () => {
  healer = await openHealer();
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
  key = await keyWith(['operator']);
});
afterAll(() => healer?.stop());

async function keyWith(roles: readonly string[]): Promise<string> {
  const token = await signIn(healer, 'ada@example.com', PASSWORD);
  const response = await fetch(`${healer.runtime.endpoint}/api/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `shipper ${roles.join(' ')}`,
      roles,
      expiresAt: new Date(Date.now() + 24 * HOUR).toISOString(),
    }),
  });
  return ((await response.json()) as { text: string }).text;
}

interface Line {
  readonly at: number;
  readonly text: string;
}

const said: string[] = [];
/** Sends as `selfheal log forward` does. */
async function send(lines: readonly Line[], service = 'orders', as = key): Promise<void> {
  const { now } = Date;
  const pause = async () => {};
  const say = (message: string) => void said.push(message);
  const sender = makeOtlpSender({ base: healer.runtime.endpoint, token: async () => as, service, now, pause, say });
  await sender.send(lines.map((line) => ({ service: null, ...line })));
}

interface Listed {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly subject: unknown;
}
async function incidents(): Promise<Listed[]> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${healer.runtime.endpoint}/api/incidents`, { headers });
  return ((await response.json()) as { incidents: Listed[] }).incidents;
}

it('learns what a service usually writes, opens one incident for what is unusual, and keeps no secret', async () => {
  const end = Date.now();
  for (let hour = LEARNED_HOURS; hour > 0; hour -= 1) {
    const lines = Array.from({ length: 60 }, (_, minute) => {
      const at = end - hour * HOUR + minute * MINUTE;
      return usualLines(Math.floor((at - START) / MINUTE)).map((text) => ({ at, text }));
    }).flat();
    await send(lines);
  }
  await trigger(healer, 'log-watch');
  await healer.quiet();
  expect(await incidents()).toEqual([]);
  const fault = Array.from({ length: 12 }, (_, n) => ({
    at: end,
    text: `ERROR connection to 10.0.0.${n}:5432 refused, token=${SECRET}`,
  }));
  // The same request again, as after a lost answer.
  for (let times = 0; times < 2; times += 1) await send(fault);
  await trigger(healer, 'log-watch');
  await trigger(healer, 'log-watch');
  await until('the incident', async () => (await incidents()).length > 0);
  await healer.quiet();
  const [incident, ...others] = await incidents();
  expect(others).toEqual([]);
  expect(incident?.title).toMatch(/^orders: (?:new error, 12 times|1\d errors) in \d+ minutes/);
  expect(incident).toMatchObject({ severity: 'high', subject: { kind: 'report', service: 'orders' } });
  const report = await healer.evidence.getReport(incident?.id ?? '');
  expect(report?.description).toContain('against its own past at this hour and weekday');
  expect(report?.lines.join('\n')).toContain('refused, token=[redacted:');
  expect(JSON.stringify(report)).not.toContain(SECRET);
  expect(said).toEqual([]);
  expectClean(healer);
});

it('refuses who may not send, in the words of the protocol', async () => {
  await expect(send([{ at: 0, text: 'x' }], 'orders', 'sh_unknown')).rejects.toThrow(
    'status 401. The API key is not valid.',
  );
  const viewer = await keyWith(['viewer']);
  await expect(send([{ at: 0, text: 'x' }], 'orders', viewer)).rejects.toThrow('needs the role operator');
});

it('counts what CloudWatch Logs sends of a subscribed log group, and lists it as the log of the service', async () => {
  const at = Date.now();
  healer.world.aws.putLogs('/aws/lambda/checkout-api', [
    { at: at - 2, stream: 'a', message: 'START RequestId: 1 Version: 42\n' },
    { at: at - 1, stream: 'a', message: `{"level":"ERROR","message":"payment refused, token=${SECRET}"}\n` },
  ]);
  const read = async (path: string) => {
    const response = await fetch(`${healer.runtime.endpoint}/api${path}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return (await response.json()) as { readonly entries: { readonly text: string; readonly level: string }[] };
  };
  const entries = async () =>
    (await read('/logs/recent?stream=*')).entries.filter(({ text }) => text.includes('refused, token'));
  await until('the line', async () => (await entries()).some(({ text }) => text.includes('payment')));
  expect(await entries()).toContainEqual(
    expect.objectContaining({ source: 'checkout', level: 'error', incident: null }),
  );
  expect(JSON.stringify(await entries())).not.toContain(SECRET);
  const shown = await read('/logs/watched/checkout');
  expect(shown).toMatchObject({ learning: true, anomalies: [], lines: 2 });
});

it('takes events in the format of Splunk', async () => {
  const response = await fetch(`${healer.runtime.endpoint}/services/collector/event`, {
    method: 'POST',
    headers: { authorization: `Splunk ${key}` },
    body: '{"event":"payment failed","source":"tills"}\n{"event":{"message":"paid","level":"info"},"source":"tills"}',
  });
  expect([response.status, await response.json()]).toEqual([200, { text: 'Success', code: 0 }]);
});
