import type { Runtime } from '@selfheal/local-cloud/runtime-contract.ts';
import type { GatewayRequest } from '@selfheal/local-cloud/wire/request.ts';
import { describe, expect, it } from 'vitest';
import { makeLocalRoutes } from '#apps/local/local-routes.ts';
import type { World } from '#apps/local/world/world.ts';

const HOST = '127.0.0.1:4000';
const OWN_PAGE = { host: HOST, 'sec-fetch-site': 'same-origin', origin: `http://${HOST}` };
const TOKENS = { IdToken: 'id', AccessToken: 'access', RefreshToken: 'refresh', ExpiresIn: 3600 };

function theRoutes(user: string | null = 'local@example.com') {
  const begun: string[] = [];
  const runtime = {
    signIn: async (email: string) => ({ ...TOKENS, IdToken: `token of ${email}` }),
  } as Partial<Runtime>;
  const samples = { failRun: (kind: string) => begun.push(kind), fireAlarm: (service: string) => begun.push(service) };
  const routes = makeLocalRoutes({ runtime: () => runtime as Runtime, world: { samples } as unknown as World, user });
  const call = async (route: string, headers: Record<string, string> = OWN_PAGE) => {
    const [method = '', path = ''] = route.split(' ');
    const answer = await routes({ method, path, headers } as GatewayRequest);
    return answer === null ? null : { status: answer.status, body: JSON.parse(String(answer.body)) };
  };
  return { call, begun };
}

describe('the routes of the pages of this machine', () => {
  it('[D257] give a page of the same server a token of the local user without a password', async () => {
    expect(await theRoutes().call('POST /local-api/session')).toEqual({
      status: 200,
      body: { token: 'token of local@example.com', expiresInSeconds: 3600, refreshToken: 'refresh' },
    });
  });

  it.each([
    ['another site', { ...OWN_PAGE, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another port of this machine', { ...OWN_PAGE, 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:5000' }],
    ['a link or the address bar', { host: HOST, 'sec-fetch-site': 'none' }],
    [
      'a name that leads here (DNS rebinding)',
      { host: 'evil.example', 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' },
    ],
    ['a page that lies about its site', { ...OWN_PAGE, origin: 'http://127.0.0.1:5000' }],
    ['something that does not say where it comes from', { host: HOST }],
  ])('[D257] refuse %s', async (_from, headers) => {
    const { call, begun } = theRoutes();
    expect((await call('POST /local-api/session', headers))?.status).toBe(403);
    expect((await call('POST /local-api/breakages/transient', headers))?.status).toBe(403);
    expect(begun).toEqual([]);
  });

  it('[D257] give none where nobody is signed in by himself: a password is asked for', async () => {
    expect((await theRoutes(null).call('POST /local-api/session'))?.status).toBe(404);
  });

  it('list the failures that can be made to happen, and begin each of them', async () => {
    const { call, begun } = theRoutes();
    const listed = await call('GET /local-api/breakages');
    const ids: string[] = listed?.body.breakages.map(({ id }: { id: string }) => id);
    for (const id of ids) expect((await call(`POST /local-api/breakages/${id}`))?.status).toBe(202);
    expect(begun).toEqual(['regression', 'transient', 'checkout', 'ledger']);
    expect((await call('POST /local-api/breakages/none'))?.status).toBe(404);
  });

  it('leave other paths alone', async () => {
    expect(await theRoutes().call('GET /api/health')).toBeNull();
  });
});
