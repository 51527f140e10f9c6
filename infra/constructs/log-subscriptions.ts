import { Aws } from 'aws-cdk-lib';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { LambdaFunction } from './lambda-function.ts';

export interface LogSubscriptionsProps extends Pick<Configuration, 'logSubscriptions'> {
  readonly subscriber: LambdaFunction;
}

/**
 * Subscribes the function to the configured log groups: each with a filter that takes every line, and a permission for CloudWatch Logs on behalf of
 * this one group of this account. A log group takes two filters; deployment fails where it has two others.
 */
export class LogSubscriptions extends Construct {
  constructor(scope: Construct, id: string, { subscriber, logSubscriptions }: LogSubscriptionsProps) {
    super(scope, id);
    for (const { logGroup } of logSubscriptions) {
      const name = logGroup.replaceAll('/', '.');
      const permission = new CfnPermission(this, `Allow-${name}`, {
        action: 'lambda:InvokeFunction',
        functionName: subscriber.handler.functionArn,
        principal: 'logs.amazonaws.com',
        sourceAccount: Aws.ACCOUNT_ID,
        sourceArn: `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logGroup}:*`,
      });
      const filter = new CfnSubscriptionFilter(this, `Filter-${name}`, {
        logGroupName: logGroup,
        filterPattern: '',
        destinationArn: subscriber.handler.functionArn,
      });
      filter.addResourceDependency(permission);
    }
  }
}
