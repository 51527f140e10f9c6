import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { notify } from '#shared/app/notify/notify.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import type { DefaultBranchFile } from '#shared/ports/code-host.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const MISSING: DefaultBranchFile = { kind: 'missing' };
const file = (text: string): DefaultBranchFile => ({ kind: 'text', text });

/** An incident in a repository whose file can be set; reads of it are counted. */
async function aRepository(options: Parameters<typeof aRemedyRig>[0] = {}) {
  const rig = await aRemedyRig(options);
  const held = { answer: MISSING as DefaultBranchFile | Error, reads: [] as string[] };
  const defaultBranchFile = async (repository: string, path: string, maxBytes: number) => {
    held.reads.push(`${repository} ${path} ${maxBytes}`);
    if (held.answer instanceof Error) throw held.answer;
    return held.answer;
  };
  const codeHost = Object.assign(Object.create(rig.deps.codeHost), { defaultBranchFile });
  const ports = actionPorts({ ...rig.ports, codeHost });
  const deps = { ...rig.deps, codeHost, ports };
  const plan = () => makePlan({ incidentId: rig.incident.id, tried: [], held: false }, deps);
  return { ...rig, deps, held, plan };
}

describe('a plan in a repository with a file of its own', () => {
  it.each<[string, DefaultBranchFile | Error, string]>([
    ['a lower mode', file('mode: suggest'), 'lowers the mode in this repository to suggest'],
    ['a mute', file('mute: true'), 'mutes Selfheal in this repository'],
    ['an unknown key', file('mode: suggest\nspeed: 3'), 'the key "speed" is unknown; remove it'],
    ['a file that is too large', { kind: 'unusable', problem: 'it has 70000 bytes' }, 'it has 70000 bytes.'],
    ['a missing right', new Refused('403'), 'GitHub refused to show it; give Selfheal the permission Contents: read'],
  ])('makes no change for %s, and says why', async (_what, answer, reason) => {
    const { plan, held } = await aRepository();
    held.answer = answer;
    const made = await plan();
    expect(made).toMatchObject({ decision: 'suggest', digest: null });
    expect(made.reasons[0]).toContain(reason);
  });

  it('is as ever without a file, and with one that widens', async () => {
    const { plan, held } = await aRepository();
    expect(await plan()).toMatchObject({ decision: 'act' });
    expect(held.reads).toEqual(['acme/shop .github/selfheal.yml 65536']);
    const narrow = await aRepository({
      configure: (one) => ({ ...one, github: { ...one.github, defaultMode: 'suggest', repositories: [] } }),
    });
    narrow.held.answer = file('mode: act');
    expect(await narrow.plan()).toMatchObject({ decision: 'suggest', digest: null });
  });

  it('is made again later while GitHub does not answer', async () => {
    const { plan, held } = await aRepository();
    held.answer = new Retryable('GitHub: 502');
    await expect(plan()).rejects.toThrow(Retryable);
  });

  it('asks nobody where nothing may be done anyway, or where the target has no repository', async () => {
    const observed = await aRepository({
      configure: (one) => ({ ...one, github: { ...one.github, defaultMode: 'observe', repositories: [] } }),
    });
    const service = await aRepository({ family: 'lambda' });
    for (const { plan, held } of [observed, service]) {
      await plan();
      expect(held.reads).toEqual([]);
    }
  });

  it('leaves the reason in the audit trail', async () => {
    const { plan, held, deps, incident } = await aRepository();
    held.answer = file('mute: true');
    await plan();
    const made = (await deps.incidents.auditTrail(incident.id)).find(({ event }) => event === 'plan.made');
    expect(made?.facts).toMatchObject({ mode: 'observe' });
    expect(JSON.stringify(made?.facts)).toContain('mutes Selfheal');
  });
});

describe('the guard reads the file again', () => {
  const denied = async (answer: DefaultBranchFile | Error) => {
    const { plan, held, deps, incident } = await aRepository();
    const { digest } = await plan();
    held.answer = answer;
    return await guard({ incidentId: incident.id, digest: digest as string }, deps);
  };

  it.each<[string, DefaultBranchFile | Error, string]>([
    ['a mute', file('mute: true'), 'mutes Selfheal in this repository'],
    ['a lower mode', file('mode: observe'), 'The mode is observe now'],
    ['a malformed file', file('mute: ['), 'is not valid YAML'],
    ['a missing right', new Refused('403'), 'give Selfheal the permission Contents: read'],
  ])('and refuses for %s that came after the plan', async (_what, answer, reason) => {
    const verdict = await denied(answer);
    expect(verdict).toMatchObject({ next: 'suggest', lease: null });
    expect(verdict.reasons.join(' ')).toContain(reason);
  });

  it('and grants when there is none, and nothing while GitHub does not answer', async () => {
    expect(await denied(MISSING)).toMatchObject({ next: 'act' });
    await expect(denied(new Retryable('GitHub: 502'))).rejects.toThrow(Retryable);
  });
});

describe('people are told nothing', () => {
  it('while the file mutes the repository or switches it off, and everything otherwise', async () => {
    const { deps, incident, held } = await aRepository();
    const takes = ['progress'];
    const told: string[] = [];
    const notifier = { id: 'counter', title: 'Counter', repeatable: true, takes, needs: [], wants: () => true };
    const announce = async (text: string) => {
      held.answer = file(text);
      const counting = {
        ...notifier,
        id: `counter-${text.length}`,
        notify: async () => ({ where: told.push(text) && 'here' }),
      };
      const ports = { mailer: deps.mailer, codeHost: deps.codeHost } as never;
      await notify({ incidentId: incident.id, stage: 'final' }, { ...deps, ports, notifiers: [counting as never] });
    };
    await announce('mute: true');
    await announce('mode: off');
    await announce('mode: observe');
    expect(told).toEqual([]);
    await announce('mode: suggest');
    await announce('unknown: yes');
    expect(told).toEqual(['mode: suggest', 'unknown: yes']);
  });
});
