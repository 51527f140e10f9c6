import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '#infra/functions.ts';
import { readSettings } from '#infra/settings.ts';
import { resourcesOf, rightsOf, synthesize, templatesFor } from './assembly.ts';

const SUBNETS = ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'];
const GROUPS = ['sg-0123456789abcdef0'];
const IN_A_VPC = { subnets: SUBNETS.join(', '), securityGroups: GROUPS.join() };
const settingsOf = (context: Record<string, unknown>) => readSettings(new App({ context }).node);

describe('from the network', () => {
  it('[D230] nobody reaches a function but through services of AWS, each of them for one resource', () => {
    const { selfheal } = templatesFor();
    expect(resourcesOf(selfheal, 'AWS::Lambda::Url')).toEqual([]);
    const callers = resourcesOf(selfheal, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    expect(callers.length).toBeGreaterThan(10);
    for (const { Principal, SourceArn } of callers) {
      expect(['apigateway.amazonaws.com', 'events.amazonaws.com', 'scheduler.amazonaws.com']).toContain(Principal);
      expect(SourceArn).toBeDefined();
    }
    // No machine, network or balancer that could listen: API Gateway and CloudFront are the doors.
    const types = Object.values((selfheal.toJSON() as { Resources: Record<string, { Type: string }> }).Resources);
    expect(types.filter(({ Type }) => /^AWS::(?:EC2|ElasticLoadBalancing|ECS|EKS|RDS)/.test(Type))).toEqual([]);
  });

  it('[D230] proposed code is parsed by a function that may use nothing but its log', () => {
    const { selfheal } = templatesFor();
    expect(rightsOf(selfheal).FunctionsInspectPatchRole).toEqual([
      expect.stringMatching(/^logs:CreateLogStream logs:PutLogEvents on FunctionsInspectPatchLogs\.Arn$/),
    ]);
  });

  it('functions are configured by one that takes a name and a number, called by who executes and who undoes', () => {
    const service = {
      id: 'shop',
      alarms: ['memory'],
      remedies: [{ action: 'raise-lambda-memory', alarms: ['memory'], functionName: 'worker', maxMemoryMb: 1024 }],
    };
    const { selfheal } = synthesize({ version: 1, services: [service] }, {});
    const holding = (right: string) =>
      Object.entries(rightsOf(selfheal)).flatMap(([role, rights]) =>
        rights.some((each) => each.split(' on ')[0]?.split(' ').includes(right)) ? [role] : [],
      );
    expect(holding('lambda:UpdateFunctionConfiguration')).toEqual(['FunctionsSetMemoryRole']);
    const callers = Object.entries(rightsOf(selfheal)).flatMap(([role, rights]) =>
      rights.includes('lambda:InvokeFunction on FunctionsSetMemoryHandler.Arn') ? [role] : [],
    );
    expect(callers.sort()).toEqual(['FunctionsActLambdaRole', 'FunctionsUndoRole']);
  });

  it('[D47] the size of databases is set by one that takes a name and a size, and on listed databases alone', () => {
    const service = {
      id: 'shop',
      alarms: ['cpu'],
      remedies: [
        {
          action: 'scale-rds-instance',
          alarms: ['cpu'],
          instance: 'shop-db',
          classes: ['db.r8g.large', 'db.r8g.xlarge'],
        },
        { action: 'scale-aurora-cluster', alarms: ['cpu'], auroraCluster: 'shop-history', step: 4, maxCapacity: 16 },
      ],
    };
    const { selfheal } = synthesize({ version: 1, services: [service] }, {});
    const held = Object.entries(rightsOf(selfheal)).flatMap(([role, rights]) =>
      rights.filter((right) => /rds:Modify/.test(right)).map((right) => `${role}: ${right}`),
    );
    expect(held).toHaveLength(2);
    expect(held[0]).toMatch(
      /^FunctionsSetDatabaseSizeRole: rds:ModifyDB(?:Instance|Cluster) on .*(?:db:shop-db|cluster:shop-history)$/,
    );
    expect(held[1]).toMatch(
      /^FunctionsSetDatabaseSizeRole: rds:ModifyDB(?:Instance|Cluster) on .*(?:db:shop-db|cluster:shop-history)$/,
    );
    const callers = Object.entries(rightsOf(selfheal)).flatMap(([role, rights]) =>
      rights.includes('lambda:InvokeFunction on FunctionsSetDatabaseSizeHandler.Arn') ? [role] : [],
    );
    expect(callers.sort()).toEqual(['FunctionsActRdsRole', 'FunctionsUndoRole']);
  });

  it('[D230] a changed repository is tested in a container without a network and without rights of the machine', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide/sandbox.md'), 'utf8');
    const runs = guide.split(/(?=docker run )/).slice(1);
    expect(runs.length).toBeGreaterThan(2);
    for (const run of runs) expect(run).toMatch(/--cap-drop ALL --security-opt no-new-privileges/);
    // Dependencies of the unchanged base are fetched first; whatever runs once the change is there has no network.
    const fetching = runs.filter((run) => !run.includes('--network none'));
    expect(fetching).toHaveLength(1);
    expect(runs.indexOf(fetching[0] ?? '')).toBe(0);
  });
});

describe('a VPC of the user', () => {
  it('[D230] holds every function when it is named, with the rights to join it', () => {
    const { selfheal } = synthesize({ version: 1 }, IN_A_VPC);
    const handlers = resourcesOf(selfheal, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties.VpcConfig);
    const inside = handlers.filter((vpc) => vpc !== undefined);
    expect(inside).toHaveLength(FUNCTIONS.length);
    for (const vpc of inside) expect(vpc).toEqual({ SubnetIds: SUBNETS, SecurityGroupIds: GROUPS });
    const joining = Object.entries(rightsOf(selfheal)).filter(([, rights]) =>
      rights.some((right) => right.startsWith('ec2:CreateNetworkInterface ') && right.endsWith(' on *')),
    );
    expect(joining).toHaveLength(FUNCTIONS.length);
  });

  it('is none by default, and needs subnets and security groups that can be some', () => {
    expect(settingsOf({}).network).toBeNull();
    expect(settingsOf(IN_A_VPC).network).toEqual({ subnetIds: SUBNETS, securityGroupIds: GROUPS });
    expect(() => settingsOf({ subnets: SUBNETS[0] })).toThrow(/together/);
    expect(() => settingsOf({ securityGroups: GROUPS[0] })).toThrow(/together/);
    expect(() => settingsOf({ ...IN_A_VPC, subnets: 'vpc-1' })).toThrow(/each must be like subnet-/);
  });
});
