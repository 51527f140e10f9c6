import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { aCodeHost, REPO } from './code-host-rig.ts';
import type { ScriptedServer } from './scripted-server.ts';

let github: ScriptedServer;
let host: CodeHost;
beforeEach(async () => {
  ({ github, host } = await aCodeHost());
});
afterEach(() => github.close());

describe('failed deliveries', () => {
  const aDelivery = (id: number, guid: string, minute: string, status_code: number) => ({
    id,
    guid,
    status_code,
    delivered_at: `2026-11-21T11:${minute}:00Z`,
  });
  const since = new Date('2026-11-21T11:10:00Z');
  const url = 'https://hooks.example/webhooks/github';
  const list = `${REPO}/hooks/5/deliveries`;

  it('gives one per report that never succeeded since then, the oldest first', async () => {
    github.on(`GET ${REPO}/hooks`, {
      json: [
        { id: 4, config: { url: `${url}/x` } },
        { id: 5, config: { url } },
      ],
    });
    const link = `<${github.url}${list}?per_page=100&cursor=v1_2>; rel="next"`;
    github.on(`GET ${list}?per_page=100`, {
      headers: { link },
      json: [aDelivery(6, 'healed', '40', 202), aDelivery(5, 'lost', '30', 500), aDelivery(4, 'late', '35', 0)],
    });
    github.on(`GET ${list}?per_page=100&cursor=v1_2`, {
      json: [aDelivery(3, 'healed', '20', 502), aDelivery(2, 'lost', '15', 502), aDelivery(1, 'old', '05', 500)],
      headers: { link: `<${github.url}${list}?per_page=100&cursor=v1_3>; rel="next"` },
    });
    expect(await host.listFailedDeliveries('acme/shop', url, since)).toEqual({
      hookId: 5,
      deliveries: [
        { id: 5, guid: 'lost', deliveredAt: '2026-11-21T11:30:00Z', attempts: 2 },
        { id: 4, guid: 'late', deliveredAt: '2026-11-21T11:35:00Z', attempts: 1 },
      ],
    });
    expect(github.requests.some(({ url: asked }) => asked.includes('v1_3'))).toBe(false);
  });

  it('knows no deliveries of a hook that is not there', async () => {
    github.on(`GET ${REPO}/hooks`, { json: [] });
    expect(await host.listFailedDeliveries('acme/shop', url, since)).toBeNull();
  });

  it('asks for a delivery again', async () => {
    github.on(`POST ${list}/9/attempts`, { status: 202, json: {} });
    await host.redeliver('acme/shop', 5, 9);
    expect(github.requests).toHaveLength(1);
  });
});
