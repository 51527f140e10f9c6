import { Aws, Duration, Fn, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  ClientAttributes,
  FeaturePlan,
  Mfa,
  OAuthScope,
  StringAttribute,
  UserPool,
  type UserPoolClient,
  type UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { LOOPBACK_CALLBACKS, SIGN_IN_SCOPE } from '#shared/domain/access/browser-sign-in.ts';
import { Role } from '#shared/domain/access/caller.ts';
import { acknowledge } from './acknowledge.ts';

const ROLES: Readonly<Record<Role, string>> = {
  viewer: 'May see incidents, reports and settings.',
  operator: 'May see everything and change the course of an incident.',
  approver: 'May see everything and decide about plans.',
  admin: 'May do everything: also API keys and the kill switch.',
};

export interface ApproversProps {
  readonly tokenMinutes: number;
  /** Whether everybody needs the code of an authenticator (TOTP) beside the password. */
  readonly mfa: 'required' | 'optional';
}

/** User pool of the people who may sign in, with a group for each role. An administrator creates the accounts; nobody can sign up. */
export class Approvers extends Construct {
  readonly userPool: UserPool;
  readonly client: UserPoolClient;
  /** Where people sign in with a browser. */
  readonly domain: UserPoolDomain;

  constructor(scope: Construct, id: string, { tokenMinutes, mfa }: ApproversProps) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      autoVerify: { email: true },
      // The person's logins on the code hosts, to recognise self-approval. Only an administrator can write them: the client below cannot.
      customAttributes: {
        github: new StringAttribute({ minLen: 1, maxLen: 60, mutable: true }),
        gitlab: new StringAttribute({ minLen: 1, maxLen: 60, mutable: true }),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      mfa: mfa === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
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
    // Another id would replace the client, and with it the id that people and programs have stored.
    this.client = this.userPool.addClient('ApprovalPage', {
      authFlows: { userPassword: true },
      generateSecret: false,
      // A public client: the code is bound to the verifier of whoever asked for it.
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.custom(SIGN_IN_SCOPE)],
        callbackUrls: LOOPBACK_CALLBACKS,
      },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true, emailVerified: true })
        .withCustomAttributes('github', 'gitlab'),
      writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
      accessTokenValidity: Duration.minutes(tokenMinutes),
      idTokenValidity: Duration.minutes(tokenMinutes),
      refreshTokenValidity: Duration.hours(1),
    });
    // Prefixes are unique in a region; the stack's own id is.
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    this.domain = this.userPool.addDomain('Domain', { cognitoDomain: { domainPrefix: `selfheal-${stackId}` } });
    for (const role of Role.options) this.userPool.addGroup(role, { groupName: role, description: ROLES[role] });
    if (mfa === 'optional')
      acknowledge(
        this.userPool,
        'COG2',
        'Whoever deploys chose --context mfa=optional: a person without an authenticator signs in with the password alone.',
      );
    acknowledge(
      this.userPool,
      'COG8',
      'Threat protection needs the Plus plan, which is billed per user and month. Only an administrator creates accounts, and a sign-in ends with its refresh token after an hour.',
    );
  }
}
