import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IamDecision } from '@selfheal/local-cloud/iam/decisions.ts';
import { expect } from 'vitest';
import { openStage } from '#apps/local/stage.ts';
import { pascalCase } from '#statemachines/heal.ts';
import { type AssemblyName, anAssembly } from './assemblies.ts';
import { deploymentOf } from './rights.ts';
import { logicalIdOf } from './template.ts';
import { until } from './until.ts';

const SCHEDULED = ['redeliver-webhooks', 'reconciler', 'answers', 'forecast', 'log-watch', 'on-call'];
/** Nobody waits for their answer. */
const ASYNCHRONOUS = [...SCHEDULED, 'log-subscription'];

/**
 * Lets every function that runs by the clock or takes lines of a log group break down, expects each to put its event into the dead letters, and
 * gives what was asked of the policies.
 */
export async function decisionsOfBrokenFunctions(base: AssemblyName): Promise<readonly IamDecision[]> {
  const { assemblyDir, remove } = await anAssembly({ base });
  const deployment = deploymentOf(assemblyDir, 'http://127.0.0.1:1');
  const broken = ASYNCHRONOUS.map(pascalCase).flatMap((name) =>
    deployment
      .ofType('AWS::Lambda::Function')
      .filter(({ logicalId }) => logicalId.startsWith(`Functions${name}Handler`)),
  );
  for (const { properties } of broken) {
    const { S3Key } = properties.Code as { S3Key: string };
    const bundle = join(deployment.assetPath(S3Key) ?? '', 'index.mjs');
    rmSync(bundle);
    writeFileSync(bundle, "throw new Error('It does not start.');");
  }
  const stage = await openStage({ assemblyDir, ampleMemory: true, timeScale: 0.002, schedules: 'on-demand' });
  for (const name of SCHEDULED) await stage.runtime.schedules.trigger(logicalIdOf(stage, name));
  await stage.runtime.putLogs('/aws/lambda/checkout-api', [
    { at: Date.now(), stream: 'one', message: 'ERROR out of memory' },
  ]);
  // Of each: one function may be tried again before the other fails at all.
  const leftBy = (name: string) =>
    stage.runtime.decisions.some(
      ({ role, action }) => action === 'sqs:SendMessage' && role.includes(`Functions${name}Role`),
    );
  await until('the dead letters', () => ASYNCHRONOUS.map(pascalCase).every(leftBy));
  expect(stage.runtime.deadLetters().length).toBeGreaterThanOrEqual(broken.length);
  expect(stage.runtime.denials).toEqual([]);
  const { decisions } = stage.runtime;
  await stage.stop();
  remove();
  return decisions;
}
