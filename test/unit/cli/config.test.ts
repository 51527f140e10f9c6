import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { aFile } from './run-command.ts';
import { aServedApi } from './served-api.ts';

const WHY = ['--reason', 'release weekend'];

/** The command line of an administrator of an API. */
async function admin() {
  const api = await aServedApi();
  const run = (...args: string[]) => api.runAs('admin', args);
  const overlay = async () => {
    const stored = await api.deps.policy.current();
    return stored.kind === 'stored' ? stored.overlay.settings : null;
  };
  return { ...api, run, overlay };
}

describe('selfheal config', () => {
  it('[E17] set changes settings by their names, says what changed, and takes one back with null', async () => {
    const { run, overlay } = await admin();
    const set = await run(
      'config',
      'set',
      'policy.maxActionsPerHour=4',
      'github.repositories.acme/my.shop.mode=suggest',
      ...WHY,
    );
    expect([set.code, set.text]).toEqual([
      0,
      'github.repositories.acme/my.shop.mode: as deployed -> suggest\npolicy.maxActionsPerHour: as deployed -> 4\nRevision 1 holds from now on.\n',
    ]);
    await run('config', 'set', 'policy.maxActionsPerHour=null', ...WHY);
    expect(await overlay()).toEqual({ github: { repositories: { 'acme/my.shop': { mode: 'suggest' } } } });
    const muted = await run('config', 'set', 'github.repositories.acme/shop.mute={"reason":"we know"}', ...WHY);
    expect([muted.code, await overlay()]).toMatchObject([
      0,
      { github: { repositories: { 'acme/shop': { mute: { reason: 'we know' } } } } },
    ]);
  });

  it('[D189] [D190] [D255] set knows the settings by the names of the older tool, in one object', async () => {
    const { run, overlay } = await admin();
    expect((await run('config', 'show')).text).toMatch(/^features\.riskAssessment +true +\(deployed\)$/m);
    const { code } = await run(
      'config',
      'set',
      'enable_ai_automation=false',
      'automation_confidence_threshold=0.9',
      'max_actions_per_incident=3',
      'enable_risk_assessment=true',
      'monitoring_interval=20',
      ...WHY,
    );
    expect(code).toBe(0);
    expect(await overlay()).toEqual({
      features: { automation: false, riskAssessment: true },
      policy: { actAtConfidence: 0.9, maxActionsPerIncident: 3 },
      verification: { intervalSeconds: 20 },
    });
    const { text } = await run('config', 'show');
    for (const line of [
      /^features\.automation +false +\(overlay\)$/m,
      /^policy\.actAtConfidence +0\.9 +\(overlay\)$/m,
      /^policy\.maxActionsPerIncident +3 +\(overlay\)$/m,
      /^features\.riskAssessment +true +\(overlay\)$/m,
      /^verification\.intervalSeconds +20 +\(overlay\)$/m,
    ])
      expect(text).toMatch(line);
  });

  it('[D189] [D190] set enable_risk_assessment=true makes a busy service wait for a person, who is told why', async () => {
    const api = await aServedApi({
      rig: { family: 'ecs', actionId: 'redeploy-ecs-service' },
      configure: (one) => ({
        ...one,
        features: { ...one.features, riskAssessment: false },
        policy: { ...one.policy, actAtConfidence: 0.5 },
        services: one.services.map((service) => ({
          ...service,
          load: {
            metric: { namespace: 'Shop', name: 'Requests', dimensions: {}, statistic: 'Sum' },
            low: 10,
            high: 20,
          },
        })),
      }),
    });
    const metrics = { read: async () => [{ at: '2026-11-21T12:00:00.000Z', value: 21 }] };
    const plan = () => makePlan({ incidentId: api.incident.id, tried: [], held: false }, { ...api.deps, metrics });
    expect((await plan()).decision).toBe('act');
    const set = await api.runAs('admin', ['config', 'set', 'enable_risk_assessment=true', ...WHY]);
    expect([set.code, set.text]).toEqual([0, expect.stringContaining('features.riskAssessment')]);
    expect((await plan()).decision).toBe('approve');
    const { text } = await api.runAs('viewer', ['incident', 'explain', api.incident.id]);
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(/is under high load: actions that interrupt it need an approval/);
  });

  it.each([
    [['config', 'set', 'policy.maxActionsPerHour=400', ...WHY], 'use at most 10'],
    [['config', 'set', 'policy.maxActionsPerHour', ...WHY], 'expected SETTING=VALUE'],
    [['config', 'set', 'policy.maxActionsPerHour=4'], 'needs --reason TEXT'],
    [
      ['config', 'set', 'services.cart.mode=off', ...WHY],
      'selfheal: services.cart: cart is no service of the deployment',
    ],
    [['config', 'reset', ...WHY], 'needs --yes to do it, or --dry-run to look first'],
    [['config', 'restore', '1', ...WHY], 'needs --yes'],
    [['config', 'restore', '7', '--yes', ...WHY], 'There is no revision 7'],
    [['config', 'restore', 'x', '--yes', ...WHY], 'expected a whole number'],
    [['config', 'history', '--limit', '0'], 'expected a whole number from 1 to 100'],
    [['policy', 'stop', ...WHY], 'needs --yes'],
    [['policy', 'resume', '--yes', ...WHY], 'Nothing is stopped'],
    [['production', 'configure'], 'needs at least one setting'],
    [['confidence', 'require', '--action', 'rerun-failed-jobs'], 'and --min-confidence or --require-approval'],
    [['confidence', 'require', '--action', 'fly', '--min-confidence', '0.9'], 'There is no action "fly". Use one of'],
  ])('answers %j with what is wrong and how to mend it', async (args, reason) => {
    const { run, overlay } = await admin();
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
    expect(await overlay()).toBeNull();
  });

  it('[E16] show tells the values and where they come from', async () => {
    const { run, runAs } = await admin();
    expect((await runAs('viewer', ['config', 'show'])).text).toContain('Nobody changed what is deployed.');
    await run('config', 'set', 'policy.actAtConfidence=0.95', ...WHY);
    const { text } = await runAs('viewer', ['config', 'show', '--changed']);
    expect(text).toMatch(
      /^Revision 1, changed by ada@example.com at \S+: release weekend\npolicy.actAtConfidence {2}0\.95 {2}\(overlay\)\n$/,
    );
    const json = JSON.parse((await runAs('viewer', ['config', 'show', '--json'])).text);
    expect(json.effective.policy.actAtConfidence).toBe(0.95);
  });

  it('[E38] reset takes everything back, restore brings a revision back, history tells both', async () => {
    const { run, overlay } = await admin();
    await run('config', 'set', 'features.learning=false', ...WHY);
    expect((await run('config', 'reset', '--dry-run', '--reason', 'start over')).text).toContain('Nothing was changed');
    expect((await run('config', 'reset', '--yes', '--reason', 'start over')).code).toBe(0);
    expect(await overlay()).toEqual({});
    expect((await run('config', 'restore', '1', '--yes', '--reason', 'it was better')).text).toContain(
      'Revision 3 holds',
    );
    expect(await overlay()).toEqual({ features: { learning: false } });
    const lines = (await run('config', 'history', '--limit', '2')).text
      .split('\n')
      .filter((line) => !line.startsWith(' '));
    expect(lines.map((line) => line.replace(/^\S+ {2}/, ''))).toEqual([
      'restored revision 3 by ada@example.com: it was better',
      'reset revision 2 by ada@example.com: start over',
      '',
    ]);
    const [first] = (await run('config', 'history', '--json')).text.split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({ sequence: 3, what: 'restored', revision: 3 });
  });

  it('tells somebody without the role what they lack', async () => {
    const { runAs, overlay } = await admin();
    const { code, stderr } = await runAs('operator', ['config', 'set', 'features.learning=false', ...WHY]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('needs the permission "administer"')]);
    expect(await overlay()).toBeNull();
  });
});

describe('selfheal policy', () => {
  it('stop stops everything, resume says why it was stopped and goes on', async () => {
    const { run, deps } = await admin();
    expect((await run('policy', 'stop', '--yes', '--reason', 'too many reverts')).text).toBe(
      'Stopped: too many reverts\n',
    );
    expect((await deps.control.controls()).killSwitch).toBe(true);
    expect((await run('config', 'show')).text).toContain('STOPPED by the kill switch: too many reverts');
    const look = await run('policy', 'resume', '--dry-run', ...WHY);
    expect([look.code, look.stderr]).toEqual([0, expect.stringContaining('stopped because: too many reverts')]);
    expect((await deps.control.controls()).killSwitch).toBe(true);
    expect((await run('policy', 'resume', '--yes', ...WHY)).text).toBe('Actions are allowed again.\n');
    expect((await deps.control.controls()).killSwitch).toBe(false);
  });
});

describe('the commands of the older documents', () => {
  it('[D149] configure-production sets both thresholds, the limit and approvals', async () => {
    const { run, overlay } = await admin();
    const flags = ['--auto-resolve-threshold', '0.95', '--escalation-threshold', '0.7', '--max-actions-per-hour', '5'];
    const { code } = await run('configure-production', ...flags, '--enable-human-approval-for-critical');
    expect(code).toBe(0);
    expect(await overlay()).toEqual({
      policy: {
        actAtConfidence: 0.95,
        escalateBelowConfidence: 0.7,
        maxActionsPerHour: 5,
        approvalRequiredRisks: ['high'],
      },
    });
    const refused = await run('configure-production', '--auto-resolve-threshold', '0.5');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('use at least 0.85')]);
    for (const flag of ['--auto-resolve-threshold', '--escalation-threshold', '--max-actions-per-hour']) {
      const wrong = await run('configure-production', flag, 'many');
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining(`${flag} many`)]);
      if (flag !== '--max-actions-per-hour')
        expect(wrong.stderr).toMatch(/from 0 to 1, such as 0\.[79], or a percentage/);
    }
  });

  it('[D157] set-confidence-threshold sets the confidence of an action, and whether it needs an approval', async () => {
    const { run, overlay } = await admin();
    const action = ['--action-type', 'rerun-failed-jobs'];
    expect((await run('set-confidence-threshold', ...action, '--min-confidence', '0.92')).code).toBe(0);
    expect(await overlay()).toEqual({ actions: { 'rerun-failed-jobs': { actAtConfidence: 0.92 } } });
    const asking = [...action, '--min-confidence', '0.7', '--require-approval'];
    expect((await run('set-confidence-threshold', ...asking, ...WHY)).code).toBe(0);
    expect(await overlay()).toEqual({
      actions: { 'rerun-failed-jobs': { actAtConfidence: 0.92, askAtConfidence: 0.7, alwaysAsk: true } },
    });
  });

  it('says a reason once for all the actions that a name means', async () => {
    const { run } = await admin();
    const args = ['--action-type', 'restart_service', '--min-confidence', '0.5', '--require-approval', 'false'];
    const { code, stderr } = await run('set-confidence-threshold', ...args);
    expect(code).toBe(2);
    expect(stderr.match(/wider than deployed/g)).toHaveLength(1);
    const named = ['redeploy-ecs-service', 'refresh-instances', 'reboot-rds-instance'];
    const fields = named.map((id) => `actions.${id}.actAtConfidence`).join(', ');
    expect(stderr).toContain(`selfheal: ${fields}: 0.5 is wider than deployed`);
    expect(stderr).toContain(
      'use at least 0.85. To widen what is deployed, change config/selfheal.json and deploy it.',
    );
  });

  it('[D150] production-readiness-check names what is not ready, with the way to mend it', async () => {
    const { run } = await admin();
    const file = aFile(
      '{"version": 1, "github": {"repositories": [{"name": "acme/shop", "mode": "act"}]}}',
      'selfheal.json',
    );
    const at = ['production-readiness-check', '--config', file];
    const ready = await run(...at);
    expect(ready.code).toBe(0);
    expect(ready.text).toMatch(/^ok {6}Configuration: .*may change acme\/shop\nok {6}Deployment: /);
    for (const name of ['Policy', 'Kill switch', 'Freeze', 'Autonomy', 'Overlay'])
      expect(ready.text).toMatch(new RegExp(`^ok +${name}:`, 'm'));
    expect(ready.text).toMatch(/^unknown Mail: give --topic/m);

    await run('policy', 'stop', '--yes', '--reason', 'a drill');
    const broken = aFile('{"version": 1, "policy": {"maxActionsPerHour": -1}}', 'broken.json');
    const stopped = await run('production', 'check', '--config', broken, '--json');
    expect(stopped.code).toBe(1);
    const { ready: isReady, checks } = JSON.parse(stopped.text);
    expect(isReady).toBe(false);
    expect(checks.filter(({ state }: { state: string }) => state === 'failed')).toEqual([
      { name: 'Configuration', state: 'failed', detail: expect.stringContaining('maxActionsPerHour') },
      { name: 'Kill switch', state: 'failed', detail: expect.stringContaining('run "selfheal policy resume"') },
    ]);
  });

  it('production-readiness-check without a deployment says how to sign in, and checks the rest', async () => {
    const { runAs } = await admin();
    const { code, text } = await runAs('', [
      'production',
      'check',
      '--config',
      'none.json',
      '--url',
      'http://127.0.0.1:9',
    ]);
    expect(code).toBe(1);
    expect(text).toMatch(/^unknown Configuration: none.json does not exist/m);
    expect(text).toMatch(/^failed {2}Deployment: /m);
  });
});
