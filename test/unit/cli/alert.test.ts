import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { aService } from '#test/builders/index.ts';
import { aServedApi } from './served-api.ts';

const PATTERN = 'connection to * refused';

/** An administrator of a deployment in which an alarm of `checkout` rings, and its log says this. */
async function aFailure(text = 'ERROR connection to db-1 refused') {
  const api = await aServedApi({ rig: { family: 'lambda' } });
  const line = { ref: 'L1', number: 1, text: redactOutgoing(text), score: 5 };
  await api.deps.evidence.putEvidence({
    version: 1,
    incidentId: api.incident.id,
    gatheredAt: '2026-11-21T12:00:00.000Z',
    sources: [{ id: 'log', name: phrase`log`, url: null, totalLines: 1, lines: [line] }],
    notes: [],
  });
  const set = (...args: string[]) => api.runAs('admin', ['set-alert', '--service', 'checkout', ...args]);
  const plan = () => makePlan({ incidentId: api.incident.id, tried: [], held: false }, api.deps);
  return { ...api, set, plan, mails: () => api.deps.mailer.mails };
}

describe('selfheal alert', () => {
  it('[D154] set tells people by mail, once, and changes nothing else', async () => {
    const { set, plan, mails } = await aFailure();
    const before = (await plan()).decision;
    expect(mails()).toEqual([]);
    const { code, text } = await set('--pattern', PATTERN, '--action', 'immediate_notification', '--confidence', '0.1');
    expect([code, text]).toEqual([0, expect.stringContaining('Revision 1 holds from now on.')]);
    expect((await plan()).decision).toBe(before);
    await plan();
    expect(mails()).toEqual([
      {
        subject: '[Selfheal] Alert: "connection to * refused" at checkout from 10 % on',
        message: expect.stringContaining('What happens: '),
      },
    ]);
  });

  it('[D154] set --action ask and escalate lower what is decided, and --off takes it back', async () => {
    const { set, plan, mails, incident, runAs } = await aFailure();
    const shown = async () => (await runAs('viewer', ['incident', 'explain', incident.id])).text;
    expect((await plan()).decision).toBe('act');
    await set('--pattern', PATTERN, '--action', 'ask');
    const asked = await plan();
    expect([asked.decision, asked.reasons[0]]).toEqual(['approve', expect.stringContaining('An alert rule asks')]);
    expect((await shown()).replaceAll(/\s+/g, ' ')).toContain('An alert rule asks');
    await set('--pattern', PATTERN, '--action', 'escalate');
    const escalated = await plan();
    expect(escalated).toMatchObject({ decision: 'escalate', digest: null });
    expect(mails()).toHaveLength(1);
    await set('--pattern', PATTERN, '--off');
    expect((await plan()).decision).toBe('act');
  });

  it('[D154] is not raised by another message, nor below its confidence', async () => {
    const { set, plan, mails } = await aFailure('ERROR no space left on device');
    await set('--pattern', PATTERN, '--action', 'escalate');
    await set('--pattern', 'no space left on *', '--action', 'escalate', '--confidence', '0.999');
    expect([(await plan()).decision, mails()]).toEqual(['act', []]);
  });

  it('[D154] is listed, audited and restored like every change of the policy', async () => {
    const { set, runAs } = await aFailure();
    await set('--pattern', PATTERN, '--reason', 'payments fail', '--name', 'payments');
    expect((await runAs('viewer', ['alert', 'list'])).text).toBe(
      'payments: notify at "connection to * refused" at checkout\n',
    );
    const history = await runAs('viewer', ['config', 'history']);
    expect(history.text).toContain('payments fail');
    await runAs('admin', ['config', 'reset', '--yes', '--reason', 'over']);
    expect((await runAs('viewer', ['alert', 'list', '--json'])).text).toBe('');
    await runAs('admin', ['config', 'restore', '1', '--yes', '--reason', 'again']);
    expect(JSON.parse((await runAs('viewer', ['alert', 'list', '--json'])).text)).toEqual({
      name: 'payments',
      pattern: PATTERN,
      service: 'checkout',
      action: 'notify',
      confidence: 0,
    });
  });

  it.each([
    [[], 'needs --pattern TEXT, or --off and --name NAME.'],
    [['--pattern', 'error'], 'it says too little to be distinguished'],
    [['--pattern', PATTERN, '--action', 'restart'], 'There is no action "restart". Use one of: notify, ask, escalate.'],
    [['--pattern', PATTERN, '--confidence', '90'], '--confidence 90: expected a number from 0 to 1'],
    [['--pattern', PATTERN, '--service', 'nobody'], 'service: nobody is no service of the deployment'],
  ])('[D154] set refuses %j', async (args, reason) => {
    const { set } = await aFailure();
    const { code, stderr } = await set(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });

  it('[D154] set takes a metric and its limit, lists it, and takes it back', async () => {
    const api = await aServedApi({
      configure: (one) => ({
        ...one,
        services: [
          aService({
            id: 'spark',
            alarms: ['spark-memory'],
            deployment: { kind: 'ecs-service', cluster: 'data', service: 'spark', taskDefinitionFamily: 'spark' },
            remedies: [{ action: 'scale-ecs-service', alarms: ['spark-memory'], maxDesiredCount: 4, onRequest: true }],
          }),
          aService({ id: 'web', alarms: ['web-errors'] }),
        ],
      }),
    });
    const typed = (pattern: string, ...args: string[]) =>
      api.runAs('admin', ['set-alert', '--pattern', pattern, ...args]);
    const scaled = ['--action', 'preemptive_scale', '--confidence', '0.90'];
    const { code, text, stderr } = await typed('memory_usage > 85%', '--service', 'spark', ...scaled);
    expect([code, text]).toEqual([0, expect.stringContaining('Revision 1 holds from now on.')]);
    expect(stderr).toContain('always waits for an approval');
    const listed = async () => (await api.runAs('viewer', ['alert', 'list'])).text;
    expect(await listed()).toBe('spark-memory-usage-85: ask to scale when memory of spark is above 85\n');
    const again = await typed('memory_usage > 85%', '--service', 'spark', ...scaled);
    expect(again.text).toContain('Nothing differs from what holds now.');
    for (const [pattern, args, reason] of [
      ['memory_usage > 85%', ['--service', 'web', ...scaled], 'web has no remedy that may be asked for'],
      ['memory_usage > 85%', ['--service', 'web'], 'web has no metric of memory that rises to a limit: list one'],
      ['disk_usage > 85%', ['--service', 'spark'], 'spark has no metric of disk'],
      ['coffee > 3', ['--service', 'spark'], 'Use one of: memory, cpu, disk, connections'],
      ['cpu > 90%', [], 'add --service ID'],
      ['cpu > 90%', ['--service', 'spark', '--action', 'escalate'], 'Use one of: notify, scale'],
      ['cpu > 90%', ['--service', 'nobody'], 'service: nobody is no service of the deployment: use one of spark, web.'],
    ] as const) {
      const refused = await typed(pattern, ...args);
      expect([refused.code, refused.stderr], pattern).toEqual([2, expect.stringContaining(reason)]);
    }
    expect((await api.runAs('admin', ['alert', 'set', '--off', '--name', 'spark-memory-usage-85'])).code).toBe(0);
    expect(await listed()).toBe('');
  });

  it('[D154] set is for administrators, and --dry-run changes nothing', async () => {
    const { run, runAs, set, deps } = await aFailure();
    expect((await run('set-alert', '--pattern', PATTERN)).stderr).toContain('status 403');
    expect((await set('--pattern', PATTERN, '--dry-run')).text).toContain('Nothing was changed');
    expect((await deps.policy.current()).kind).toBe('none');
    expect((await runAs('viewer', ['alert', 'list'])).text).toBe('');
  });
});
