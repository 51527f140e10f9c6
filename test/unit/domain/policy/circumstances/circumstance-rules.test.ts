import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { aConfiguration } from '#test/builders/index.ts';

const parse = (policy: unknown, service: unknown = {}) =>
  parseConfiguration(
    JSON.stringify({ version: 1, policy, services: [{ id: 'checkout', alarms: ['a'], ...(service as object) }] }),
    '/etc/selfheal.json',
  );
const ruled = (circumstances: unknown) => () => parse({ circumstances });

describe('rules about circumstances', () => {
  it.each([
    [ruled({ timeZone: 'Europe/Berlln' }), 'policy.circumstances.timeZone', 'must be a time zone'],
    [ruled({ timeZone: '' }), 'policy.circumstances.timeZone', 'must be a time zone'],
    [ruled({ workingHours: { from: '8:00', to: '18:00' } }), 'policy.circumstances.workingHours.from', 'such as 08:30'],
    [ruled({ night: { from: '24:00', to: '06:00' } }), 'policy.circumstances.night.from', 'such as 08:30'],
    [
      ruled({ changeWindows: [{ from: '10:00', to: '25:00' }] }),
      'policy.circumstances.changeWindows[0].to',
      'such as 18:00',
    ],
    [
      ruled({ changeWindows: [{ from: '10:00', to: '10:00' }] }),
      'policy.circumstances.changeWindows[0].to',
      'must differ',
    ],
    [ruled({ changeWindows: [{ days: [], from: '10:00', to: '11:00' }] }), 'changeWindows[0].days', ''],
    [ruled({ changeWindows: [{ days: ['Mon'], from: '10:00', to: '11:00' }] }), 'changeWindows[0].days[0]', ''],
    [ruled({ askDuring: [{ risks: ['low'], during: ['noon'] }] }), 'askDuring[0].during[0]', ''],
    [ruled({ tmieZone: 'UTC' }), 'tmieZone', ''],
    [
      () => parse({}, { changeWindows: [{ from: '10:00', to: '10:00' }] }),
      'services[0].changeWindows[0].to',
      'must differ',
    ],
    [
      () => parse({}, { load: { metric: { namespace: 'Shop', name: 'Requests' }, low: 2, high: 1 } }),
      'services[0].load.high',
      'must be at least',
    ],
  ])('that cannot be kept are refused when they are loaded: %s names the file and %s', (load, field, reason) => {
    expect(load).toThrow(/^\/etc\/selfheal\.json is not valid/);
    expect(load).toThrow(field);
    expect(load).toThrow(reason);
  });

  it('are quiet unless somebody says otherwise', () => {
    const { circumstances } = aConfiguration().policy;
    expect(circumstances).toMatchObject({ timeZone: 'UTC', changeWindows: [], askDuring: [] });
  });
});
