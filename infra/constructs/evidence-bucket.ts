import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** Private bucket for redacted logs, evidence and diagnoses, which expire, and for models and documents of quality checks; TLS only. */
export class EvidenceBucket extends Construct {
  readonly bucket: Bucket;

  constructor(
    scope: Construct,
    id: string,
    { evidenceDays, qualityDays }: { readonly evidenceDays: number; readonly qualityDays: number },
  ) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [
        {
          prefix: 'incidents/',
          expiration: Duration.days(evidenceDays),
          noncurrentVersionExpiration: Duration.days(7),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        {
          // Documents that nobody wrote for so long, and earlier versions: long enough to look back at a baseline. Trained models are kept.
          prefix: 'quality/',
          expiration: Duration.days(qualityDays),
          noncurrentVersionExpiration: Duration.days(90),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(
      this.bucket,
      'S1',
      'Only the functions read it, each under its own role; access logs would outlive the evidence.',
    );
  }
}
