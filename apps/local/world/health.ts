import { type Service, serviceBelow, type WireResponse } from '@selfheal/fake-server/wire.ts';

const json = (status: number, body: object): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** What the services of the sample company say of themselves, below `/health/SERVICE/`: always that they and their connections are up. */
export const localHealth: Service = serviceBelow('/health', {
  service: 'health',
  perform: ({ method }) => (method === 'GET' ? json(200, { status: 'up' }) : json(405, {})),
  fail: (status) => json(status, { status: 'down' }),
});
