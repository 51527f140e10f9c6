import { describe, expect, it } from 'vitest';
import { aFile, runCommand } from './run-command.ts';

const CONFIGURATION = {
  version: 1,
  services: [{ id: 'checkout', criticality: 'critical', alarms: ['checkout-errors'] }],
  notifiers: {
    slack: { tell: ['incidents'] },
    pagerduty: { tell: ['approvals'] },
    jira: { project: 'OPS' },
    sms: { to: ['+491700000001'] },
    smtp: { host: 'smtp.example.com', from: 'selfheal@example.com', to: ['team@example.com'] },
  },
  routing: {
    rules: [{ name: 'checkout', when: { services: ['checkout'] }, tell: ['slack', 'jira'] }],
    quietHours: [{ hours: [{ from: '22:00', to: '07:00' }], upTo: 'medium', channels: ['slack'] }],
  },
  onCall: {
    people: [
      { name: 'Ada', phone: '+491700000001' },
      { name: 'Ben', email: 'ben@example.com' },
    ],
    levels: [
      { minutes: 10, people: [{ name: 'Ada', hours: [{ from: '08:00', to: '18:00' }] }] },
      { minutes: 5, people: ['Ben'] },
    ],
  },
};

async function tryIt(args: readonly string[], configuration: unknown = CONFIGURATION) {
  const path = aFile(JSON.stringify(configuration), 'selfheal.json');
  const { stdout, ...rest } = await runCommand(['notify', 'test', '--config', path, ...args]);
  return { ...rest, stdout: stdout.toString() };
}
const outcomes = (stdout: string) =>
  Object.fromEntries(
    JSON.parse(stdout).channels.map(({ id, outcome }: { id: string; outcome: string }) => [id, outcome]),
  );

describe('selfheal notify test', () => {
  it('shows for every channel what would happen and why, and who would be called when', async () => {
    const { code, stdout } = await tryIt([
      '--incident',
      'sample',
      '--service',
      'checkout',
      '--at',
      '2026-11-23T23:00:00Z',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Slack +told +rule "checkout"/);
    expect(stdout).toMatch(/PagerDuty +not told +it does not tell this/);
    expect(stdout).toMatch(/E-mail through SMTP +not told +rule "checkout" does not name it/);
    expect(stdout).toMatch(
      /level 1, after 0 min: Ben \(email\); nobody is on call on level 1 now, so the last level is called/,
    );
    expect(stdout).toMatch(/level 2, after 10 min: Ben \(email\)/);
  });

  it('tells what waits for the morning, what is in reserve, and shows each message', async () => {
    const night = await tryIt(['--severity', 'low', '--at', '2026-11-23T23:00:00Z', '--json']);
    expect(outcomes(night.stdout)).toEqual({
      email: 'reserve',
      slack: 'waits',
      pagerduty: 'silent',
      jira: 'told',
      sms: 'told',
      smtp: 'told',
    });
    const { stdout } = await tryIt(['--text']);
    expect(stdout).toContain('    | A sample: orders are slow');
    expect(
      JSON.parse((await tryIt(['--json'])).stdout).channels.find(({ id }: { id: string }) => id === 'jira').message,
    ).toMatchObject({
      subject: expect.stringContaining('A sample'),
      text: expect.stringContaining('connection pool exhausted'),
    });
  });

  it.each([
    [['--severity', 'hihg'], 'did you mean high'],
    [['--class', 'foo'], 'There is no class "foo"'],
    [['--at', 'noon'], 'expected an instant'],
    [['--incident', '12'], 'only "sample" can be tried'],
  ])('refuses %j', async (args, words) => {
    const { code, stderr } = await tryIt(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });

  it('names what is wrong in a configuration', async () => {
    const wrong = { version: 1, routing: { rules: [{ name: 'a', tell: ['slak'] }] } };
    const { code, stderr } = await tryIt([], wrong);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no configured channel slak (there are: email)');
  });
});
