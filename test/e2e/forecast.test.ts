import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleConfiguration } from './support/assemblies.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { LEAKING, leak } from './support/leak.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

let healer: Healer;
beforeAll(async () => {
  const services = sampleConfiguration().services?.map((service) =>
    service.id === 'checkout' ? { ...service, capacity: [LEAKING] } : service,
  );
  healer = await openHealer({ configuration: { services } });
});
afterAll(() => healer?.stop());

it('[C80] [D31] mails once a day what runs out within a day, and nothing before that can be told', async () => {
  const told = () => healer.runtime.mailbox.list().filter(({ subject }) => subject.includes('runs out soon'));
  await trigger(healer, 'forecast');
  await healer.quiet();
  expect(told()).toEqual([]);
  leak(healer);
  await trigger(healer, 'forecast');
  await until('the mail', () => told().length > 0);
  await trigger(healer, 'forecast');
  await healer.quiet();
  expect(told()).toHaveLength(1);
  expect(told()[0]?.text.replaceAll('\n', ' ')).toMatch(
    /AWS\/Lambda\/Duration FunctionName=till-cache rises by 1\.\d+ an hour/,
  );
  expectClean(healer);
});
