import { describe, expect, it } from 'vitest';
import type { EndpointRequest } from '#shared/ports/playbook-effects.ts';
import { ENDPOINTS, redactedText } from '#test/builders/index.ts';
import { fakeEndpoints } from '#test/fakes/index.ts';
import { API_CALL, actionFor, aPlaybookWorld, bound, configurationOf, contextOf } from './playbook-world.ts';

describe('a call of an endpoint', () => {
  const action = actionFor(API_CALL);

  it('[D62] fills payload, path and key from the catalogue; the key is the same when repeated and new for the next alarm', async () => {
    const { ports, state } = aPlaybookWorld();
    await action.execute(bound(API_CALL), ports);
    const [sent] = state.sent as EndpointRequest[];
    expect(sent).toMatchObject({ method: 'PUT', payload: { job: 'nightly' }, timeoutSeconds: 10 });
    expect(sent?.endpoint).toBe(`jobs:/jobs/nightly/runs/${sent?.key}`);
    const next = { ...(bound(API_CALL) as object), since: '2026-11-22T11:58:00.000Z' };
    await action.execute(next, ports);
    expect((state.sent[1] as EndpointRequest).key).not.toBe(sent?.key);
  });

  it('did not happen when it is refused, and may have when an accepted answer says something else', async () => {
    const { ports } = aPlaybookWorld();
    const answering = (status: number) => ({
      ...ports,
      endpoints: fakeEndpoints({ send: async () => ({ status, body: null }) }),
    });
    await expect(action.execute(bound(API_CALL), answering(403))).rejects.toMatchObject({ name: 'Refused' });
    await expect(action.execute(bound(API_CALL), answering(202))).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  });

  it('is superseded when the endpoint shows neither what was before nor what should be after', async () => {
    const { ports } = aPlaybookWorld();
    const odd = { ...ports, endpoints: fakeEndpoints({ read: async () => ({ status: 403, body: null }) }) };
    expect((await action.observe(bound(API_CALL), odd)).kind).toBe('superseded');
    await expect(
      action.undo?.(bound(API_CALL), { summary: redactedText(''), at: '', facts: {} }, odd),
    ).rejects.toMatchObject({
      name: 'Refused',
    });
  });

  it('fails when its own success check says so, before the alarm is looked at', async () => {
    const { ports, state, heal } = aPlaybookWorld();
    const receipt = await action.execute(bound(API_CALL), ports);
    for (const run of state.runs.values()) run.state = 'failed';
    heal();
    const { target, configuration } = contextOf(API_CALL);
    expect(await action.verify(bound(API_CALL), receipt, { ports, target, configuration, poll: 0 })).toMatchObject({
      state: 'failed',
    });
  });

  it('reads only the credentials of the endpoints that it calls', () => {
    const arn = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${'jobs'}-a1b2c3`;
    const [jobs, inside] = ENDPOINTS;
    const configuration = {
      ...configurationOf(API_CALL),
      http: {
        allowedEndpoints: [
          { ...jobs!, authorizationSecretArn: arn },
          { ...inside!, authorizationSecretArn: `${arn}x` },
        ],
      },
    };
    const secret = { actions: ['secretsmanager:GetSecretValue'], resources: [arn] };
    expect(action.grants(configuration)).toMatchObject({ execute: [secret], undo: [secret] });
    expect(JSON.stringify(action.grants(configuration).observe)).not.toContain(`${arn}x`);
  });
});
