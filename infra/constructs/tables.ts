import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/** Sparse index: only open incidents have its key, so the reconciler reads no closed ones. */
export const OPEN_INDEX = 'open';

const COMMON = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  timeToLiveAttribute: 'expiresAt',
  billing: Billing.onDemand(),
  encryption: TableEncryptionV2.awsManagedKey(),
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
} satisfies TablePropsV2;

/** The four tables; what differs in lifecycle or in who may write it is in separate tables. */
export class Tables extends Construct {
  readonly incidents: TableV2;
  readonly knowledge: TableV2;
  readonly stats: TableV2;
  readonly control: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.incidents = new TableV2(this, 'Incidents', {
      ...COMMON,
      globalSecondaryIndexes: [
        {
          indexName: OPEN_INDEX,
          partitionKey: { name: 'openPk', type: AttributeType.STRING },
          sortKey: { name: 'updatedAt', type: AttributeType.STRING },
        },
      ],
    });
    this.knowledge = new TableV2(this, 'Knowledge', COMMON);
    this.stats = new TableV2(this, 'Stats', COMMON);
    this.control = new TableV2(this, 'Control', COMMON);
  }
}
