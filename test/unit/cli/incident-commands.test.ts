import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { Service } from '#shared/domain/configuration/configuration.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { anIncident, aPrediction } from '#test/builders/index.ts';
import { aFile, runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

const parsed = ({ text }: { text: string }) => JSON.parse(text);

describe('selfheal incident create and update', () => {
  it('reports a failure with the end of its log', async () => {
    const { run, deps } = await aServedApi();
    const log = aFile(Array.from({ length: 1200 }, (_, at) => `line ${at + 1}`).join('\n'));
    const flags = ['--title', 'Checkout is down', '--service', 'checkout', '--severity', 'HIGH', '--log', log];
    const { code, text } = await run('incident', 'create', ...flags, '--json');
    expect(code).toBe(0);
    const { id, severity } = JSON.parse(text);
    expect(severity).toBe('high');
    const report = await deps.evidence.getReport(id);
    expect([report?.lines.length, report?.lines[0], report?.lines.at(-1)]).toEqual([1000, 'line 201', 'line 1200']);
  });

  it('opens one incident for repeats with one key', async () => {
    const { run } = await aServedApi();
    const flags = ['incident', 'create', '--title', 'Down', '--key', 'probe-7', '--json'];
    expect(parsed(await run(...flags)).id).toBe(parsed(await run(...flags)).id);
  });

  it('changes what people say of it, on top of the revision that they read', async () => {
    const { run, incident } = await aServedApi();
    const first = await run(
      'incident',
      'update',
      incident.id,
      '--assignee',
      'Grace',
      '--severity',
      'low',
      '--revision',
      '0',
    );
    expect([first.code, first.text]).toEqual([0, expect.stringContaining('severity low, assigned to Grace')]);
    const late = await run('incident', 'update', incident.id, '--title', 'B', '--revision', '0');
    expect([late.code, late.stderr]).toEqual([
      2,
      expect.stringMatching(/^selfheal: Its revision is 1 now.* \(\S+, status 412\)$/m),
    ]);
    expect(parsed(await run('incident', 'update', incident.id, '--assignee', '', '--json')).assignee).toBeNull();
  });

  it.each([
    [['create'], 'needs --title'],
    [
      ['create', '--title', 'a', '--severity', 'worst'],
      'There is no severity "worst". Use one of: low, medium, high, critical.',
    ],
    [['update', 'gh-1'], 'needs --title, --severity, --assignee or --notes'],
    [['update', 'gh-1', '--title', 'a', '--revision', 'x'], '--revision x: expected a whole number'],
    [['resolve', 'gh-1'], 'needs --solution'],
    [['resolve', 'gh-1', '--solution', 'a', '--resolution-time', 'long'], 'expected seconds, or a time with its unit'],
    [['false-positive', 'gh-1'], 'needs --reason'],
    [['feedback', 'gh-1'], 'needs --action-correct or --no-action-correct'],
    [['feedback', 'gh-1', '--action-correct', '--speed-rating', '6'], 'from 1 to 5'],
    [['simulate'], 'needs --title'],
  ])('refuses %j', async (args, words) => {
    const { run, requests } = await aServedApi();
    const { code, stderr } = await run('incident', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(requests).toEqual([]);
  });

  it('shows with --dry-run what it would send, and sends nothing', async () => {
    const { run, requests } = await aServedApi();
    const shown = await Promise.all([
      run('incident', 'create', '--title', 'a', '--dry-run'),
      run('incident', 'update', 'gh-1', '--title', 'a', '--dry-run'),
      run('incident', 'acknowledge', 'gh-1', '--dry-run'),
      run('incident', 'resolve', 'gh-1', '--solution', 'a', '--dry-run'),
      run('incident', 'false-positive', 'gh-1', '--reason', 'a', '--dry-run'),
      run('incident', 'feedback', 'gh-1', '--action-correct', '--dry-run'),
      run('incident', 'simulate', '--title', 'a', '--dry-run'),
    ]);
    expect(shown.map((one) => [one.code, parsed(one).dryRun])).toEqual(shown.map(() => [0, true]));
    expect(requests).toEqual([]);
  });
});

describe('acknowledging an incident', () => {
  it('keeps the first person who says so, and says who it is', async () => {
    const { run, incident } = await aServedApi();
    const [first, second] = [
      await run('incident', 'acknowledge', incident.id),
      await run('acknowledge-incident', incident.id, '--json'),
    ];
    expect(first.text).toMatch(/ {2}acknowledged by \S+/);
    expect(parsed(second).acknowledged.by).toBe(/acknowledged by (\S+)/.exec(first.text)?.[1]);
  });
});

describe('an incident that a command means', () => {
  it('is named with its title and place before anything is done', async () => {
    const { run, incident } = await aServedApi();
    const { code, stderr } = await run('incident', 'resolve', incident.id, '--solution', 'a');
    expect([code, stderr]).toEqual([2, expect.stringContaining(`incident 1 (${incident.id}), open: CI; acme/shop#12`)]);
    expect(stderr).toContain(`needs --yes to end the incident ${incident.id}`);
    expect(stderr).toContain(`Type: selfheal incident resolve ${incident.id} --solution a --yes`);
    expect(stderr).toMatch(/--yes\n$/);
    expect(stderr).not.toContain('--token');
  });

  it('is answered with the newest ones where there is none of this number', async () => {
    const { run } = await aServedApi();
    const { code, stderr } = await run('feedback', '--incident-id', '12345', '--action-correct', 'true');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/There is no incident 12345\. The newest are: .*CI/)]);
  });

  it.each([
    ['300', 5],
    ['300s', 5],
    ['5m', 5],
    ['1h 30m', 90],
  ])('took people %s: a plain number is seconds', async (time, minutes) => {
    const { run, incident } = await aServedApi();
    const { code, text } = await run(
      'resolve-incident',
      incident.id,
      '--solution',
      'a',
      '--resolution-time',
      time,
      '--success',
      'true',
    );
    expect([code, text]).toEqual([
      0,
      expect.stringContaining(`people worked on it for ${minutes === 90 ? '5,400' : '300'} seconds`),
    ]);
    const { resolution } = parsed(await run('incident', 'show', incident.id, '--json'));
    expect(resolution.minutes).toBe(minutes);
  });
});

describe('the time that people say they worked', () => {
  it('is in the mean time to resolve of the learning report, apart from what was measured, and once', async () => {
    const predictions = [aPrediction({ scope: knowledgeScopeOf(anIncident().target) })];
    const { run, incident } = await aServedApi({ predictions });
    const report = async (): Promise<string> => (await run('learning-report')).text;
    expect(await report()).toContain('  mean time to resolve: unknown\n');
    const resolve = ['resolve-incident', incident.id, '--solution', 'a', '--success', 'true'];
    for (const time of ['900', '300']) expect((await run(...resolve, '--resolution-time', time)).code).toBe(0);
    expect(await report()).toContain('  mean time to resolve: 5 minutes, as stated for 1 incident\n');
    expect(await report()).toContain('incidents: 1 ended;');
    const { incidents } = parsed(await run('learning-report', '--json'));
    expect(incidents).toMatchObject({
      meanMinutes: 5,
      measured: { incidents: 0, meanMinutes: null },
      stated: { incidents: 1, meanMinutes: 5 },
    });
  });
});

describe('the commands of the documents', () => {
  it('[D138] resolve-incident with a solution that did not help ends nothing, and says so', async () => {
    const { run, incident } = await aServedApi();
    const failed = ['resolve-incident', incident.id, '--solution', 'Cleared the cache', '--success', 'no'];
    const { code, text } = await run(...failed);
    expect([code, text]).toEqual([0, expect.stringContaining('It did not help, so nothing ends')]);
    expect(text).toContain(`${incident.id}: open`);
    expect(text).not.toContain('will be shown');
  });

  it('[D138] resolve-incident takes solution, description or action taken, resolution time and success', async () => {
    const { run, incident, deps } = await aServedApi();
    const flags = ['--solution', 'Raised the pool', '--resolution-time', '1h 30m', '--success', 'true'];
    const { code, text } = await run(
      'resolve-incident',
      incident.id,
      ...flags,
      '--description',
      'kubectl edit',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(text).incident).toMatchObject({
      status: 'resolved',
      resolution: { solution: 'Raised the pool', actionTaken: 'kubectl edit', minutes: 90, success: true },
    });
    const again = await run(
      'resolve-incident',
      incident.id,
      '--solution',
      'b',
      '--action-taken',
      'c',
      '--success=false',
    );
    expect(again.code).toBe(0);
    expect((await deps.incidents.get(incident.id))?.annotations?.resolution).toMatchObject({
      actionTaken: 'c',
      success: false,
    });
  });

  it('[D158] feedback takes the incident, whether the action was right, ratings and comments', async () => {
    const { run, incident, deps } = await aServedApi();
    const flags = ['--action-correct', 'false', '--speed-rating', '4', '--effectiveness-rating', '2'];
    const { code, text } = await run(
      'feedback',
      '--incident-id',
      incident.id,
      ...flags,
      '--comments',
      'It only hid it',
    );
    expect([code, text]).toEqual([0, `${incident.id}: your feedback is kept; it is the first.\n`]);
    expect((await deps.incidents.get(incident.id))?.annotations?.feedback).toMatchObject([
      { actionCorrect: false, speed: 4, effectiveness: 2, comments: 'It only hid it' },
    ]);
  });

  it('[D159] mark-false-positive takes the incident, the reason and whether to update patterns', async () => {
    const { run, incident, deps } = await aServedApi();
    const flags = ['--incident-id', incident.id, '--reason', 'A load test', '--update-patterns', 'true', '--yes'];
    const { code, text } = await run('mark-false-positive', ...flags);
    expect([code, text]).toEqual([0, expect.stringContaining('A false alarm, says ada@example.com: A load test')]);
    expect((await deps.incidents.get(incident.id))?.annotations?.falsePositive).toMatchObject({ updatePatterns: true });
  });

  it('[D128] incidents lists by status, and those that ended well without a person', async () => {
    const byPerson = anIncident({
      id: 'gh-byperson0001',
      status: 'resolved',
      annotations: {
        revision: 1,
        title: null,
        severity: null,
        assignee: null,
        notes: null,
        falsePositive: null,
        feedback: [],
        resolution: {
          by: 'ada@example.com',
          at: '2026-11-21T12:00:00.000Z',
          attempt: 1,
          solution: 'a',
          actionTaken: null,
          minutes: null,
          success: true,
          class: null,
        },
      },
    });
    const handedOver = anIncident({ id: 'gh-escalated001', status: 'escalated' });
    const incidents = [anIncident({ id: 'gh-byitself0001', status: 'resolved' }), byPerson, handedOver];
    const asked: unknown[] = [];
    const list = async (query: unknown) => {
      asked.push(query);
      return { incidents, next: null, corrupt: [] };
    };
    const { run } = await aServedApi({ lists: { list } });
    const all = await run('incidents', '--status', 'resolved');
    expect(all.text.match(/^ +[\d-]+ {2}gh-\w+ +\w+/gm)?.map((line) => line.trim().split(/ +/).slice(1))).toEqual([
      ['gh-byitself0001', 'resolved'],
      ['gh-byperson0001', 'resolved'],
      ['gh-escalated001', 'escalated'],
    ]);
    const alone = await run('incidents', '--auto-resolved', '--json');
    expect(
      alone.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual(['gh-byitself0001']);
    await run('incidents', '--search', 'checkout timeout');
    expect(asked).toEqual([
      { simulated: true, statuses: ['resolved'] },
      { simulated: true, statuses: ['resolved', 'healed'] },
      { simulated: true, search: 'checkout timeout' },
    ]);
  });

  it('[D128] incidents refuses what nothing can be, and names what there is where nothing matches', async () => {
    const checkout = Service.parse({ id: 'checkout', alarms: ['checkout-errors'] });
    const list = async ({ service, repository }: { service?: string; repository?: string }) => {
      const incidents = (service ?? repository) === undefined ? [anIncident()] : [];
      return { incidents, next: null, corrupt: [] };
    };
    const { run } = await aServedApi({
      lists: { list },
      configure: (one) => ({ ...one, services: [checkout] }),
    });
    const contrary = await run('incidents', '--auto-resolved', '--status', 'escalated');
    expect([contrary.code, contrary.stderr]).toEqual([
      2,
      'selfheal: --auto-resolved lists what ended well without a person, so nothing can be escalated: leave --status out, or name resolved or healed.\n',
    ]);
    const said = async (...args: string[]) => {
      const { code, text, stderr } = await run('incidents', ...args);
      expect([code, text]).toEqual([0, '']);
      return stderr;
    };
    expect(await said('--service', 'Checkout')).toBe(
      'selfheal: no incident matches. There is no service "Checkout"; did you mean checkout?\n',
    );
    expect(await said('--repo', 'acme/shopp')).toContain('did you mean acme/shop?');
    expect(await said('--tag', 'nothing-like-it')).toContain('Use one of: ci.');
    expect(await said('--service', 'checkout', '--before', '2001-01-01')).toBe('selfheal: no incident matches.\n');
  });

  it('[D126] test-log-pattern says whether a regular expression matches a line', async () => {
    const match = await runCommand(['test-log-pattern', 'ERROR .*(?P<host>db-\\d+)', 'ERROR no answer of db-7']);
    expect([match.code, match.stdout.toString()]).toEqual([0, 'matches\n  host: db-7\n']);
    const none = await runCommand(['test-log-pattern', '^ERROR', 'INFO ERROR', '--json']);
    expect([none.code, JSON.parse(none.stdout.toString())]).toEqual([1, { matches: false, groups: {} }]);
    const broken = await runCommand(['test-log-pattern', '(', 'x']);
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('not a pattern of RE2')]);
    const slow = await runCommand(['test-log-pattern', '^(a+)+$', `${'a'.repeat(5000)}b`]);
    expect(slow.code).toBe(1);
  });

  it('[D140] test-pattern says whether a text is classified as expected', async () => {
    const text = 'Error: connect ECONNREFUSED 10.0.0.5:5432';
    const right = await runCommand([
      'test-pattern',
      '--text',
      text,
      '--expected-category',
      'service_failure',
      '--json',
    ]);
    expect([right.code, JSON.parse(right.stdout.toString())]).toEqual([
      0,
      expect.objectContaining({ class: 'service_unavailability', expected: 'service_unavailability', matches: true }),
    ]);
    const wrong = await runCommand(['test-pattern', '--text', text, '--expected-category', 'memory_leaks']);
    expect([wrong.code, wrong.stdout.toString()]).toEqual([1, expect.stringContaining('expected memory_leaks')]);
    for (const blank of [
      ['--text', ' ', '--expected-category', 'memory_leaks'],
      ['--expected-category', 'memory_leaks'],
      ['--text', text],
    ])
      expect((await runCommand(['test-pattern', ...blank])).code).toBe(2);
    const unknown = await runCommand(['test-pattern', '--text', text, '--expected-category', 'gremlins']);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('gremlins')]);
  });
});

describe('selfheal log recent and statistics', () => {
  it('show and count what is kept of the latest incidents', async () => {
    const { runAs, incident, deps } = await aServedApi();
    const line = { ref: 'L1', number: 12, text: redactOutgoing('ERROR disk full'), score: 5 };
    await deps.evidence.putEvidence({
      version: 1,
      incidentId: incident.id,
      gatheredAt: '2026-11-21T12:00:00.000Z',
      sources: [{ id: 'job-1', name: phrase`build`, url: null, totalLines: 40, lines: [line] }],
      notes: [],
    });
    const recent = await runAs('viewer', ['log', 'recent', '--level', 'error']);
    expect(recent.text).toBe(`${incident.id}  error     build:12  ERROR disk full\n`);
    const counts = await runAs('viewer', ['log', 'statistics']);
    expect(counts.text).toContain('1 line of 1 incident');
    expect(counts.text).toContain('levels: error 1');
    const json = await runAs('viewer', ['log', 'statistics', '--json']);
    expect(JSON.parse(json.text)).toMatchObject({ lines: 1, levels: { error: 1 } });
  });
});
