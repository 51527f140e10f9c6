import { describe, expect, it } from 'vitest';
import { configurationWith, PLUGINS } from '#shared/plugins/plugins.ts';

const ADA = { name: 'Ada', phone: '+491700000001' };
const problems = (onCall: unknown, notifiers: unknown = {}) =>
  configurationWith(PLUGINS)
    .safeParse({ version: 1, notifiers, onCall })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('settings of who is on call', () => {
  it.each([
    [{ people: [{ name: 'Ada' }] }, 'onCall.people.0: needs a phone or an email: otherwise nobody could be called'],
    [
      { people: [{ name: 'Ada', phone: '0170 1' }] },
      'onCall.people.0.phone: a telephone number with its country, such as +491701234567',
    ],
    [{ people: [ADA, ADA] }, 'onCall.people.1.name: Ada is there twice'],
    [
      { people: [ADA], levels: [{ minutes: 5, people: ['Bob'] }] },
      'onCall.levels.0.people.0: there is nobody named Bob in onCall.people',
    ],
    [
      { people: [ADA], levels: [{ minutes: 5 }] },
      'onCall.levels.0: name people or a schedule: otherwise nobody is on this level',
    ],
    [
      { people: [ADA], levels: [{ minutes: 5, people: [{ name: 'Ada', hours: [{ from: '08:00', to: '18:00' }] }] }] },
      'onCall.levels.0.people: the last level needs somebody without hours: a gap of the other levels falls to them',
    ],
    [
      { people: [ADA], levels: [{ minutes: 5, schedule: { pagerduty: 'PI7DH85' } }] },
      'onCall.levels.0.people: the last level needs somebody without hours: a gap of the other levels falls to them',
    ],
    [
      { people: [{ name: 'Ada', email: 'ada@example.com' }], levels: [{ minutes: 5, people: ['Ada'] }] },
      'onCall.people.0.email: a mail to one person needs a mail server: set notifiers.smtp',
    ],
  ])('name what is wrong in %j', (onCall, problem) => {
    expect(problems(onCall)).toContain(problem);
  });

  it('may be left out, or hold shifts, schedules and several levels', () => {
    expect(problems(undefined)).toBeUndefined();
    const levels = [
      { minutes: 5, schedule: { pagerduty: 'PI7DH85' } },
      { minutes: 5, people: [{ name: 'Ada', hours: [{ days: ['mon'], from: '08:00', to: '18:00' }] }] },
      { minutes: 5, people: ['Ada'] },
    ];
    expect(problems({ people: [ADA], levels })).toBeUndefined();
  });
});

it('are taken again as they were read: a deployment adds what its environment sets, and reads the whole once more', () => {
  const onCall = {
    people: [ADA],
    levels: [
      { minutes: 5, people: ['Ada'] },
      { minutes: 5, people: [{ name: 'Ada', hours: [] }] },
    ],
  };
  const configuration = configurationWith(PLUGINS);
  const once = configuration.parse({ version: 1, onCall });
  expect(configuration.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
});
