import { describe, expect, it } from 'vitest';
import { Connections } from '#functions/api/routes/connections.ts';
import { anApi } from './api-rig.ts';

describe('GET /api/connections', () => {
  const read = ({ call }: Awaited<ReturnType<typeof anApi>>, query = '') =>
    call(`/api/connections${query}`, { as: 'viewer' });

  it('tells where webhooks go, and the first and the latest failed run of each configured repository', async () => {
    const names = ['acme/shop', 'acme/Ledger'];
    const api = await anApi({
      configure: (one) => ({
        ...one,
        github: { ...one.github, repositories: names.map((name) => ({ name, mode: 'suggest' as const })) },
      }),
    });
    const { webhookUrl, repositories, more } = Connections.parse((await read(api)).json);
    expect([webhookUrl, more]).toEqual(['https://api.example.com/webhooks/github', false]);
    const arrival = { incident: api.incident.id, at: api.incident.openedAt };
    expect(repositories).toEqual(
      names.map((name) => ({ name, listed: true, mode: 'suggest', first: arrival, latest: arrival })),
    );
    expect(api.asked).toEqual(
      names.flatMap((repository) => ['oldest', 'newest'].map((order) => [{ repository }, { limit: 1, order }])),
    );
  });

  it('tells of a repository that nothing has arrived from, whether it is configured or not', async () => {
    const api = await anApi({ lists: { list: async () => ({ incidents: [], next: null, corrupt: [] }) } });
    const { repositories } = Connections.parse((await read(api, '?repository=acme/new')).json);
    expect(repositories).toMatchObject([{ name: 'acme/new', listed: false, first: null, latest: null }]);
    for (const bad of ['acme', 'https://github.com/acme/shop', '', 'acme/../x'])
      expect((await read(api, `?repository=${encodeURIComponent(bad)}`)).statusCode, bad).toBe(400);
  });

  it('reads at most twenty repositories, and says that there are more', async () => {
    const repositories = Array.from({ length: 21 }, (_, at) => ({ name: `acme/r${at}`, mode: 'observe' as const }));
    const api = await anApi({ configure: (one) => ({ ...one, github: { ...one.github, repositories } }) });
    const { repositories: listed, more } = Connections.parse((await read(api)).json);
    expect([listed.length, more, api.asked.length]).toEqual([20, true, 40]);
  });
});
