import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { makeWorkspace } from './assembly.ts';

/**
 * How many findings were judged and accepted, each for one resource: by default, and with services of every kind and a model.
 * A larger number needs a reason beside the resource, and a review. Folders of the evidence bucket stand for functions that would else reach the whole
 * bucket; routes stand for entrances whose function checks who asks (`VERIFIES` in `infra/constructs/api.ts`), the paths of older programs with a slash at
 * the end among them.
 */
const ACCEPTED = 78;
const ACCEPTED_WITH_EVERYTHING = 107;

const EXAMPLE = join(import.meta.dirname, '../../../config/selfheal.example.json');
const made: ReturnType<typeof makeWorkspace>[] = [];
const workspace = (configuration?: unknown) => {
  const one = makeWorkspace(configuration);
  made.push(one);
  return one;
};
afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

interface Acknowledgement {
  readonly path: string;
  readonly id: string;
  readonly reason: string;
}

function acknowledgementsOf(app: App): Acknowledgement[] {
  return app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) =>
        Object.entries(data as Record<string, { reason?: string } | string>).map(([id, given]) => ({
          path: node.path,
          id,
          reason: typeof given === 'string' ? given : (given.reason ?? ''),
        })),
      ),
  );
}

describe('findings of AwsSolutions and of CloudFormation’s own rules', () => {
  it('are none in the default deployment but the accepted ones, whose number must not grow', () => {
    const app = workspace().makeApp({ emails: 'on-call@example.com' });
    expect(() => app.synth()).not.toThrow();
    const accepted = acknowledgementsOf(app);
    expect(accepted.map(({ path, id }) => `${path} ${id}`)).toHaveLength(ACCEPTED);
  });

  it('are none with services of every kind and a model either', () => {
    const app = workspace(JSON.parse(readFileSync(EXAMPLE, 'utf8'))).makeApp();
    expect(() => app.synth()).not.toThrow();
    expect(acknowledgementsOf(app).map(({ path, id }) => `${path} ${id}`)).toHaveLength(ACCEPTED_WITH_EVERYTHING);
  });

  it('stop the synthesis when one is not accepted', () => {
    const app = workspace().makeApp();
    new Queue(new Stack(app, 'Planted'), 'Queue');
    expect(() => app.synth()).toThrow(/[Vv]alidation/);
  });
});

describe('an accepted finding', () => {
  it('concerns one resource and one rule, with a reason in words', () => {
    const accepted = acknowledgementsOf(workspace(JSON.parse(readFileSync(EXAMPLE, 'utf8'))).makeApp());
    for (const { path, id, reason } of accepted) {
      expect(path.split('/').length, path).toBeGreaterThan(2);
      expect(id).toMatch(/AwsSolutions-[A-Z]+\d+/);
      if (id.includes('IAM5')) expect(id, 'one wildcard at a time').toMatch(/\[(?:Resource|Action)::.+\]$/);
      expect(reason.length, `${path} ${id}`).toBeGreaterThan(30);
    }
  });
});
