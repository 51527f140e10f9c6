import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  ClientAttributes,
  FeaturePlan,
  Mfa,
  StringAttribute,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** User pool of the people who may approve an action. An administrator creates the accounts; nobody can sign up. */
export class Approvers extends Construct {
  readonly userPool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      autoVerify: { email: true },
      // The person's GitHub login, to recognise self-approval. Only an administrator can write it: the client below cannot.
      customAttributes: { github: new StringAttribute({ minLen: 1, maxLen: 60, mutable: true }) },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { sms: false, otp: true },
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.client = this.userPool.addClient('ApprovalPage', {
      authFlows: { userPassword: true },
      generateSecret: false,
      disableOAuth: true,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true, emailVerified: true })
        .withCustomAttributes('github'),
      writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.hours(1),
    });
    acknowledge(
      this.userPool,
      'COG2',
      'A second factor is optional: an approval only permits an allow-listed action of one sealed plan, and on-call people must be able to sign in at night.',
    );
    acknowledge(
      this.userPool,
      'COG8',
      'Threat protection needs the Plus plan, which is billed per user and month; accounts are created by hand and an approval is bound to one plan.',
    );
  }
}
