import { lambdaActions } from '@selfheal/local-cloud/gateway/actions/lambda.ts';
import { conditionsHold } from '@selfheal/local-cloud/iam/conditions.ts';
import { expect, it } from 'vitest';
import { raiseLambdaMemory } from '#shared/plugins/actions/raise-lambda-memory/index.ts';
import { fittingContext } from './action-world.ts';

const grants = raiseLambdaMemory.grants(fittingContext('lambda', 'raise-lambda-memory').configuration);
const CHANGE = 'lambda:UpdateFunctionConfiguration';
const writing = grants.delegated?.['set-memory'] ?? [];

/** Whether each statement's conditions allow the change with this body. */
function allowed(body: string): boolean[] {
  const request = {
    method: 'PUT',
    path: '/2015-03-31/functions/worker/configuration',
    query: new URLSearchParams(),
    body: Buffer.from(body),
  };
  const needs = lambdaActions({ request } as never, { region: 'eu-west-1', account: '111122223333' } as never);
  if (needs === null) return writing.map(() => false);
  return writing.map(({ conditions }) =>
    conditionsHold(
      Object.fromEntries(
        Object.entries(conditions ?? {}).map(([operator, keys]) => [
          operator,
          Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, [values].flat()])),
        ]),
      ),
      needs[0]?.context ?? {},
    ),
  );
}

it('gives the right to change functions to the one that sets memory, and to nobody who executes or undoes', () => {
  const others = [...grants.execute, ...grants.observe, ...grants.undo].flatMap(({ actions }) => actions);
  expect(others).not.toContain(CHANGE);
  expect(new Set(writing.flatMap(({ actions }) => actions))).toEqual(new Set([CHANGE]));
});

it('may set the memory of a function, and never put a layer into it', () => {
  expect(writing).toHaveLength(2);
  expect(allowed('{"MemorySize":1024,"RevisionId":"r"}')).toEqual([true, true]);
  const layer = 'arn:aws:lambda:eu-west-1:999988887777:layer:theirs:1';
  for (const Layers of [[layer], layer, [layer, layer]]) {
    expect(allowed(JSON.stringify({ MemorySize: 1024, Layers }))).toEqual([false, false]);
  }
  expect(allowed('not JSON')).toEqual([false, false]);
});
