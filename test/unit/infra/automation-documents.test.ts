import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { resourcesOf, templatesFor } from './assembly.ts';

const EXAMPLE = JSON.parse(readFileSync(join(import.meta.dirname, '../../../config/selfheal.example.json'), 'utf8'));

describe('the documents that playbooks run', () => {
  it('are not there while no service allows one of them', () => {
    const { selfheal: template } = templatesFor();
    template.resourceCountIs('AWS::SSM::Document', 0);
    expect(/"ssm:[A-Z]/.test(JSON.stringify(template.toJSON()))).toBe(false);
  });

  it('[D38] are deployed as versions, each under its name, with the role that may send commands to the listed instances only', () => {
    const { selfheal: template } = templatesFor(EXAMPLE);
    const documents = resourcesOf(template, 'AWS::SSM::Document');
    expect(documents.map(([, { Properties }]) => Properties.Name)).toEqual(['Selfheal-RestartService']);
    const [[, document]] = documents as [(typeof documents)[0]];
    const [[roleId] = ['']] = resourcesOf(template, 'AWS::IAM::Role').filter(([id]) => id.startsWith('AutomationRole'));
    expect(document?.Properties).toMatchObject({
      DocumentType: 'Automation',
      UpdateMethod: 'NewVersion',
      Content: { schemaVersion: '0.3', assumeRole: { 'Fn::GetAtt': [roleId, 'Arn'] } },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Principal: { Service: 'ssm.amazonaws.com' }, Condition: Match.anyValue() })],
      },
      Policies: [
        Match.objectLike({
          PolicyDocument: Match.objectLike({
            Statement: Match.arrayWith([Match.objectLike({ Action: 'ssm:SendCommand', Resource: Match.anyValue() })]),
          }),
        }),
      ],
    });
  });
});
