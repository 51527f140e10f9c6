import { describe, expect, it } from 'vitest';
import { rightsOf, synthesize } from './assembly.ts';

type Template = ReturnType<typeof synthesize>['selfheal'];

describe('builds of AWS', () => {
  const resources = ['codebuild/images', 'codepipeline/release', 'codebuild/others'];
  const holding = (template: Template, service: string) =>
    Object.entries(rightsOf(template)).flatMap(([role, all]) =>
      all.filter((right) => right.includes(`${service}:`)).map((right) => `${role}: ${right}`),
    );
  const withRetries = (retries: readonly string[]) => {
    const services = [{ id: 'shop', alarms: ['shop-slow'], resources, retries }];
    return synthesize({ version: 1, awsEvents: ['codebuild', 'codepipeline'], services }, {}).selfheal;
  };

  it('are retried by one function, those that are listed and no others, and started afresh by none', () => {
    const template = withRetries(['codebuild/images', 'codepipeline/release']);
    const retrying = [...holding(template, 'codebuild'), ...holding(template, 'codepipeline')].filter((right) =>
      right.includes(':Retry'),
    );
    expect(retrying.map((right) => right.split(' on ')[0])).toEqual([
      'FunctionsActBuildsRole: codebuild:RetryBuild',
      'FunctionsActBuildsRole: codepipeline:RetryStageExecution',
    ]);
    expect(retrying.join(' ')).toContain(':project/images');
    expect(retrying.join(' ')).not.toContain('others');
    expect(JSON.stringify(rightsOf(template))).not.toMatch(/StartBuild|StartPipelineExecution/);
  });

  it('are only read where none may be retried', () => {
    const template = withRetries([]);
    const roles = [...holding(template, 'codebuild'), ...holding(template, 'codepipeline')];
    expect(new Set(roles.map((right) => right.split(':')[0]))).toEqual(new Set(['FunctionsGatherRole']));
  });
});
