import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnIndex, CfnVectorBucket } from 'aws-cdk-lib/aws-s3vectors';
import { Construct } from 'constructs';
import { VECTOR_DIMENSIONS } from '#shared/domain/knowledge/search/memory-vector.ts';

/** Past incidents by their vectors, for places with more of them than a function holds. Encrypted by the service's own keys. */
export class MemoryVectors extends Construct {
  readonly index: CfnIndex;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const bucket = new CfnVectorBucket(this, 'Bucket', { encryptionConfiguration: { sseType: 'AES256' } });
    this.index = new CfnIndex(this, 'Index', {
      vectorBucketArn: bucket.attrVectorBucketArn,
      dataType: 'float32',
      dimension: VECTOR_DIMENSIONS,
      distanceMetric: 'cosine',
      // The incident itself; what is not named here can be filtered by, and is bounded more narrowly.
      metadataConfiguration: { nonFilterableMetadataKeys: ['record'] },
    });
    for (const resource of [bucket, this.index]) resource.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}
