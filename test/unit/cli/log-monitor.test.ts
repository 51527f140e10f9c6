import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { aServedApi } from './served-api.ts';

/** The API of which `keep` stores these lines as the evidence of its incident. */
async function aLog() {
  const api = await aServedApi();
  const keep = (...texts: string[]) =>
    api.deps.evidence.putEvidence({
      version: 1,
      incidentId: api.incident.id,
      gatheredAt: '2026-11-21T12:00:00.000Z',
      sources: [
        {
          id: 'job-1',
          name: phrase`build`,
          url: null,
          totalLines: texts.length,
          lines: texts.map((text, at) => ({ ref: `L${at + 1}`, number: at + 1, text: redactOutgoing(text), score: 5 })),
        },
      ],
      notes: [],
    });
  return { ...api, keep };
}

const FIRST = ['ERROR disk full on node 3', 'INFO started'];
const MORE = [...FIRST, 'ERROR disk full on node 7', 'FATAL request timed out', 'WARN request timed out'];

describe('selfheal log monitor', () => {
  it.each(['monitor-logs', 'log monitor'])(
    '[D135] %s shows new lines while it lasts, then sums them up',
    async (name) => {
      const { keep, runThrough } = await aLog();
      await keep(...FIRST);
      const args = [...name.split(' '), '--duration', '10', '--pattern', 'timeouts=timed out', '--pattern', 'none=^x'];
      const { code, text, stderr } = await runThrough('viewer', args, async (pause) => {
        if (pause === 1) await keep(...MORE);
      });
      expect([code, stderr]).toEqual([
        0,
        'selfheal: watching all services and new incidents for 10 seconds; new lines follow.\n',
      ]);
      const lines = text.trimEnd().split('\n');
      expect(lines.slice(0, 3).map((line) => line.replace(/^\S+ +\S+ +/, ''))).toEqual([
        'error     build:3  ERROR disk full on node 7',
        'critical  build:4 [timeouts]  FATAL request timed out',
        'warning   build:5 [timeouts]  WARN request timed out',
      ]);
      expect(lines.slice(3)).toEqual([
        '3 new lines of 1 incident in 10 seconds, 2 errors',
        '  levels: critical 1, error 1, warning 1',
        '  pattern timeouts: 2',
        '  pattern none: 0',
        '      1  ERROR disk full on node <*>',
        '      1  FATAL request timed out',
        '      1  WARN request timed out',
      ]);
    },
  );

  it.each(['3', '5', '7'])(
    '[D135] watches for %s seconds when it is told so, with a look at their end',
    async (seconds) => {
      const { keep, runThrough } = await aLog();
      await keep(...FIRST);
      const { text } = await runThrough('viewer', ['monitor-logs', '--duration', seconds], () => keep(...MORE));
      expect(text).toMatch(new RegExp(`^3 new lines of 1 incident in ${seconds} seconds, `, 'm'));
    },
  );

  it('[D135] prints JSON Lines, with --all also of what was kept before', async () => {
    const { keep, runThrough, incident } = await aLog();
    await keep(...FIRST);
    const args = ['log', 'monitor', '--for', '1', '--all', '--json', '--level', 'error'];
    const { text } = await runThrough('viewer', args, () => undefined);
    const [line, summary] = text
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one));
    expect(line).toMatchObject({
      kind: 'line',
      patterns: [],
      entry: { incident: incident.id, line: 1, level: 'error' },
    });
    expect(summary).toMatchObject({
      kind: 'summary',
      looks: 2,
      unanswered: 0,
      lines: 1,
      levels: { error: 1, info: 0 },
      templates: [{ count: 1 }],
    });
  });

  it('[D153] says at once that a service is none of the deployment, and which there are', async () => {
    const { run } = await aLog();
    const { code, stderr } = await run('monitor-service', '--service', 'basket', '--duration', '1');
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/basket, which is no service of the deployment .*there are: /),
    ]);
  });

  it('sums up at Ctrl-C what it saw until then', async () => {
    const { keep, runThrough } = await aLog();
    const { code, text } = await runThrough('viewer', ['monitor-logs'], async (pause) => {
      if (pause === 1) await keep(...MORE);
      if (pause === 2) process.emit('SIGINT');
    });
    expect([code, text]).toEqual([0, expect.stringMatching(/^5 new lines of 1 incident in 10 seconds, 3 errors$/m)]);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('[D135] says that the API is down, goes on, and says when it answers again', async () => {
    const { keep, runThrough, setDown } = await aLog();
    const { code, text, stderr } = await runThrough('viewer', ['monitor-logs', '--duration', '20'], async (pause) => {
      setDown(pause === 1 || pause === 2);
      if (pause === 2) await keep(...FIRST);
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^selfheal: watching .*\nselfheal: http\S+ does not answer .* Trying again every 5 seconds\.\nselfheal: the API answers again\.\n$/,
    );
    expect(text).toContain('build:1  ERROR disk full on node 3');
    expect(text).toMatch(
      /2 new lines of 1 incident in 20 seconds, 1 error[\s\S]*the API did not answer 2 of 5 times\n$/,
    );
  });

  it.each([
    [['--duration', 'soon'], '--duration soon: expected seconds, or a time with its unit'],
    [['--duration', '0'], '--duration 0: expected from 1 to 86400 seconds'],
    [['--every', '-1'], '--every'],
    [['--pattern', 'timed out'], '--pattern timed out: expected NAME=REGEX'],
    [['--pattern', 'broken=('], '--pattern broken: not a pattern of RE2'],
    [['--level', 'loud'], 'level'],
  ])('[D135] refuses %j', async (args, reason) => {
    const { run } = await aServedApi();
    const { code, stderr } = await run('monitor-logs', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});
