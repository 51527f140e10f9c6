import * as z from 'zod';
import { answers, makeRoutes, openRoute } from './contract.ts';

const health = openRoute({
  method: 'get',
  path: '/api/health',
  tags: ['system'],
  summary: 'Whether the API answers; reads nothing and needs no sign-in',
  responses: answers('It does.', z.object({ status: z.literal('ok'), version: z.string() })),
});

export function systemRoutes({ version }: { readonly version: string }) {
  return makeRoutes().openapi(health, (context) => context.json({ status: 'ok' as const, version }, 200));
}
