import { Aws, DefaultStackSynthesizer, Stack, type StackProps } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../constructs/acknowledge.ts';
import type { NamedArn } from './state-stack.ts';

export interface DashboardStackProps extends StackProps {
  /** Folder with the built dashboard, and with the guide in its folder `guide`. */
  readonly dashboardDir: string;
  /** The bucket that `DashboardSite` serves. */
  readonly bucket: NamedArn;
}

const ASSETS = `arn:${Aws.PARTITION}:s3:::cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
const COPIES =
  'The provider is the CDK’s own: it copies from the bucket of assets into this one, and has rights on these two alone.';

/**
 * The dashboard's files, copied into its bucket. A stack of its own: deleting it empties the bucket, which can then be deleted with the rest, and
 * the CDK's provider has no rights beside those of Selfheal's functions.
 */
export class DashboardStack extends Stack {
  constructor(scope: Construct, id: string, { dashboardDir, bucket, ...props }: DashboardStackProps) {
    super(scope, id, props);
    const { handlerRole: role } = new BucketDeployment(this, 'Files', {
      sources: [Source.asset(dashboardDir)],
      destinationBucket: Bucket.fromBucketAttributes(this, 'Bucket', {
        bucketName: bucket.name,
        bucketArn: bucket.arn,
      }),
      // Files of the build before stay, for pages that are still open.
      prune: false,
      retainOnDelete: false,
    });
    for (const actions of ['GetObject*', 'GetBucket*', 'List*', 'DeleteObject*', 'Abort*'])
      acknowledge(role, `IAM5[Action::s3:${actions}]`, COPIES);
    for (const objects of [`${ASSETS}/*`, `${bucket.arn}/*`]) acknowledgeWildcard(role, objects, COPIES);
    acknowledge(
      role,
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      'The provider is the CDK’s own; with this policy it writes its log and nothing else.',
    );
    acknowledge(
      role.node.scope?.node.defaultChild ?? role,
      'L1',
      'The CDK chooses the runtime of its own provider and updates it with its releases.',
    );
  }
}
