import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Retryable } from '@selfheal/kernel/errors.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { Approvals } from '#shared/domain/policy/approval-settings.ts';
import { askAbout } from '../functions/api-rig.ts';
import { runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

/** The API with a plan that waits, and the command `approval` for somebody with these roles. */
async function aPlan() {
  const api = await aServedApi();
  const digest = await askAbout(api);
  const approval = (roles: string, ...args: string[]) => api.runAs(roles, ['approval', ...args]);
  return { ...api, digest, short: digest.slice(0, 12), approval };
}

describe('selfheal approval', () => {
  it('lists what waits, and whether the one who asks may approve it', async () => {
    const { approval, incident, digest, short } = await aPlan();
    const { code, text } = await approval('viewer octo-dev', 'list');
    expect(code).toBe(0);
    expect(text).toMatch(
      new RegExp(`^${short} {2}${incident.id}\n.*\\(risk low, expires .*\n.*you may not approve it: `),
    );
    const listed = JSON.parse((await approval('viewer', 'list', '--json')).text);
    expect(listed).toMatchObject({ incidentId: incident.id, digest, risk: 'low', mayApprove: true, objection: null });
  });

  it.each([
    ['approve', 'approved', true],
    ['reject', 'rejected', false],
  ])('%s passes the decision on to the workflow', async (verb, decision, approved) => {
    const { approval, incident, deps, digest, short, requests } = await aPlan();
    const { code, text } = await approval('approver', verb, short);
    expect([code, text]).toEqual([0, `${incident.id}: ${decision}. Your decision was passed on.\n`]);
    expect(deps.workflow.answers).toMatchObject([{ output: { approved, digest } }]);
    expect(requests.at(-1)).toBe(`POST /api/approvals/${incident.id}/${digest}`);
    expect((await approval('viewer', 'list')).stderr).toContain('no plan is pending approval');
  });

  it('shows with --dry-run what would be decided, and decides nothing', async () => {
    const { approval, incident, deps, digest, short } = await aPlan();
    const { code, text } = await approval('approver', 'approve', short, '--dry-run');
    const request = `POST /api/approvals/${incident.id}/${digest}`;
    expect([code, JSON.parse(text)]).toEqual([0, { dryRun: true, request, body: { decision: 'approved' } }]);
    expect(deps.workflow.answers).toEqual([]);
  });

  it('shows a plan with cause, evidence, effect, undo and history, and how to answer', async () => {
    const { approval, short, incident, digest } = await aPlan();
    const { code, text } = await approval('approver', 'show', short);
    expect(code).toBe(0);
    for (const words of [
      /^Your decision\n {2}What will be done: /m,
      /^ {2}How it is undone: /m,
      /^How to answer\n {2}selfheal approval approve [0-9a-f]{12} --reason TEXT$/m,
      /^Root cause\n/m,
      /^Deployed or changed before\n {2}Commit /m,
      `Incident ${incident.id}, plan ${digest}.`,
    ])
      expect(text).toMatch(words);
    expect(JSON.parse((await approval('viewer', 'show', short, '--json')).text)).toMatchObject({ digest });
    expect((await approval('viewer octo-dev', 'show', short)).text).not.toContain('approval approve');
    expect((await approval('viewer', 'show', 'f'.repeat(12))).stderr).toContain('no pending plan');
  });

  it.each(['approve', 'reject'])('%s stores the reason with the decision', async (verb) => {
    const { approval, call, incident, digest, short } = await aPlan();
    await approval('approver', verb, short, '--reason', 'the cache is being replaced');
    const { json } = await call(`/api/approvals/${incident.id}/${digest}`, { as: 'viewer' });
    expect(json.decisionReason).toBe('the cache is being replaced');
  });

  it('is followed by "incident show" and "incident explain": what was rejected when, what changed before, that all is stopped', async () => {
    const { approval, run, runAs, incident, short } = await aPlan();
    await approval('approver', 'reject', short, '--reason', 'the cache is being replaced');
    await runAs('admin', ['policy', 'stop', '--yes', '--reason', 'a migration runs']);
    for (const command of ['show', 'explain']) {
      const { text } = await run('incident', command, incident.id);
      for (const words of [
        /^The kill switch is on since 21 Nov 2026, 12:00 UTC by .*: a migration runs\./m,
        /^Root cause\n/m,
        /^Deployed or changed before\n {2}Commit [0-9a-f]{12} of /m,
        /^What was tried\n {2}21 Nov 2026, 12:00 UTC: .+ rejected: /m,
      ])
        expect(text, command).toMatch(words);
      const told = text.split('\n').filter((line) => line.includes(' rejected: '));
      expect(told, command).toHaveLength(1);
    }
    expect((await run('incident', 'explain', incident.id)).text).toMatch(/^Audit trail\n\n {3}1 /m);
  });

  it('counts a decision as taken that is stored and cannot be passed on yet', async () => {
    const { approval, deps, short } = await aPlan();
    deps.workflow.answer = async () => {
      throw new Retryable('Step Functions cannot be reached.');
    };
    const { code, text } = await approval('approver', 'approve', short, '--json');
    expect([code, JSON.parse(text)]).toMatchObject([0, { taken: true, message: expect.stringMatching(/recorded/) }]);
  });

  it.each([
    ['approver octo-dev', 'somebody else'],
    ['viewer', 'needs the permission "approve"'],
  ])('exits with 1 and the reason when %s may not decide', async (roles, reason) => {
    const { approval, deps, short } = await aPlan();
    const { code, text, stderr } = await approval(roles, 'approve', short, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({ taken: false, message: expect.stringContaining(reason) });
    expect(stderr).toContain(reason);
    expect(deps.workflow.answers).toEqual([]);
  });

  it('decides nothing for a digest that is none or unknown', async () => {
    const { approval, deps, requests } = await aPlan();
    const failed = async (digest: string) => {
      const { code, stderr } = await approval('approver', 'approve', digest);
      return [code, stderr];
    };
    expect(await failed('ab12')).toEqual([2, expect.stringContaining('twelve hexadecimal digits')]);
    expect(await failed('f'.repeat(12))).toEqual([2, expect.stringContaining('no pending plan')]);
    expect(requests).toEqual(['GET /api/approvals']);
    expect(deps.workflow.answers).toEqual([]);
  });

  it('delegates to another person for some hours, and says why not', async () => {
    const approvals = Approvals.parse({ levels: [{ groups: ['on-call'], minutes: 60 }] });
    const { runAs, deps, clock } = await aServedApi({ configure: (one) => ({ ...one, approvals }) });
    const delegate = (roles: string, ...args: string[]) =>
      runAs(roles, ['approval', 'delegate', 'deputy@example.com', ...args]);
    const until = new Date(clock.now().getTime() + 7_200_000).toISOString();
    const taken = await delegate('approver on-call octo-lead', '--hours', '2');
    expect([taken.code, taken.text]).toEqual([0, `deputy@example.com may approve until ${until}.\n`]);
    expect(await deps.delegations.inForce('deputy@example.com', clock.now())).toHaveLength(1);
    const tooLong = await delegate('approver on-call octo-lead', '--hours', '300');
    expect([tooLong.code, tooLong.stderr]).toEqual([1, expect.stringContaining('from 1 to 72')]);
    expect(await delegate('approver octo-lead', '--hours', '2')).toMatchObject({ code: 1 });
    expect((await delegate('approver')).stderr).toContain('--hours');
  });

  it('asks for the address and for who you are', async () => {
    expect((await runCommand(['approval', 'list'])).stderr).toContain('SELFHEAL_URL');
    const nobody = await runCommand(['approval', 'list', '--url', 'https://selfheal.example']);
    expect(nobody.stderr).toContain('SELFHEAL_TOKEN');
  });
});

describe('selfheal approval at a server that is not Selfheal', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  /** A server that always answers like this, and the command with its address. */
  async function answering(status: number, json: unknown, location?: string) {
    const methods: (string | undefined)[] = [];
    const opened = createServer((request, response) => {
      methods.push(request.method);
      const headers = { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) };
      response.writeHead(status, headers).end(JSON.stringify(json));
    });
    server = opened;
    await new Promise<void>((done) => opened.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(opened.address() as AddressInfo).port}`;
    return { methods, run: (...args: string[]) => runCommand(['approval', ...args, '--url', url, '--token', 'mine']) };
  }
  const listed = {
    incidentId: 'gh-000000000000000000000001',
    digest: 'ab12'.repeat(16),
    description: 'Re-runs the failed jobs.\u001b[2J',
    risk: 'low',
    expiresAt: '2026-11-21T16:00:00.000Z',
    objection: 'Somebody else has to approve.\u001b[2J',
  };

  it('prints nothing that a terminal would interpret', async () => {
    const { run } = await answering(200, { approvals: [listed] });
    const { stdout } = await run('list');
    expect(stdout.toString()).toContain('Re-runs the failed jobs.');
    expect(stdout.toString()).not.toContain('\u001b');
  });

  it('decides nothing for a digest of several plans', async () => {
    const { run, methods } = await answering(200, {
      approvals: [listed, { ...listed, digest: `${'ab12'.repeat(3)}${'f'.repeat(52)}` }],
    });
    expect(await run('approve', 'ab12ab12ab12')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('2 pending plans'),
    });
    expect(methods).toEqual(['GET']);
  });

  it('carries the token to no other place, and says when it is not valid any more', async () => {
    const moved = await answering(302, {}, 'https://elsewhere.example/approvals');
    expect(await moved.run('list')).toMatchObject({ code: 2, stderr: expect.stringContaining('does not answer') });
    const expired = await answering(401, { detail: 'The token has expired.' });
    expect(await expired.run('list')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^selfheal: The token has expired\. .*selfheal login.* \(\S+, status 401\)$/m),
    });
    const other = await runCommand(['approval', 'list', '--url', 'http://selfheal.example', '--token', 'x']);
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected an address that begins with https'),
    });
  });
});
