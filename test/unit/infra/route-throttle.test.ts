import { expect, it } from 'vitest';
import { templatesFor } from './assembly.ts';

it('lets the stage wait for every route that its settings name: API Gateway refuses them before', () => {
  const { selfheal } = templatesFor();
  const [stage] = Object.values(selfheal.findResources('AWS::ApiGatewayV2::Stage'));
  const settings = stage?.Properties.RouteSettings;
  expect(settings).toEqual({
    'ANY /api/{proxy+}': { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    'GET /api/health': { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
    'GET /api/incidents': { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    'GET /services/collector/health': { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
    'POST /services/collector': { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    'POST /services/collector/{proxy+}': { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    'POST /slack/interactions': { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    'POST /v1/logs': { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    'POST /webhooks/{source}': { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
    'POST /webhooks/{source}/{connection}': { ThrottlingRateLimit: 300, ThrottlingBurstLimit: 600 },
    'POST /webhooks/{source}/{connection}/{secret}': { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
  });
  const keys = Object.keys(settings);
  const routes = selfheal.findResources('AWS::ApiGatewayV2::Route');
  const named = Object.keys(routes).filter((id) => keys.includes(routes[id]?.Properties.RouteKey));
  expect(named).toHaveLength(keys.length);
  expect(stage?.DependsOn).toEqual(expect.arrayContaining(named));
});

it('[D246] lets a hundred requests a second pass on every route of the API, a thousand at its health, and twice as many at once', () => {
  const { selfheal } = templatesFor();
  const [stage] = Object.values(selfheal.findResources('AWS::ApiGatewayV2::Stage'));
  const settings: Readonly<Record<string, { ThrottlingRateLimit: number; ThrottlingBurstLimit: number }>> =
    stage?.Properties.RouteSettings;
  const rates = Object.entries(settings).filter(([route]) => route.includes('/api/'));
  expect(Math.min(...rates.map(([, { ThrottlingRateLimit }]) => ThrottlingRateLimit))).toBe(100);
  expect(settings['GET /api/health']?.ThrottlingRateLimit).toBe(1000);
  for (const [, limit] of rates) expect(limit.ThrottlingBurstLimit).toBe(2 * limit.ThrottlingRateLimit);
});
