import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** `{key}` of the model provider: set by hand after the first deployment, and kept by later ones. */
export class ModelKey extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, 'Key', {
      description: 'The key of the language model provider: {"key"}.',
      secretStringValue: SecretValue.unsafePlainText('{"key":"not-set"}'),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const reason =
      'The provider is the other holder: only its owner can change it there, so Secrets Manager cannot rotate it alone.';
    acknowledge(this.secret, 'SMG4', reason);
  }
}

/** `{key}`: names from outside (branches) are grouped by their hash with it. Nobody has to know it. */
export class NameKey extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, 'Key', {
      description: 'Names from outside are hashed with it before they are kept: {"key"}.',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'key',
        excludePunctuation: true,
        passwordLength: 48,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const reason =
      'With another key, failures of a branch would not be grouped with those before; the hashes reveal nothing.';
    acknowledge(this.secret, 'SMG4', reason);
  }
}

/** What Selfheal and GitHub know of each other; both are JSON objects. */
export class GithubSecrets extends Construct {
  /** `{current}`, `{previous}` during a rotation, and `{repositories}` with those of their own. */
  readonly webhook: Secret;
  /** `{token}`, or `{appId, privateKey}` of a GitHub App: set by hand after the first deployment, and kept by later ones. */
  readonly token: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.webhook = new Secret(this, 'Webhook', {
      description:
        'Signs the webhooks of GitHub: {"current"}, {"previous"} during a rotation, {"repositories"} with those of their own.',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
        excludePunctuation: true,
        passwordLength: 48,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.token = new Secret(this, 'Token', {
      description: 'What Selfheal acts with on GitHub: {"token"}, or {"appId", "privateKey"} of a GitHub App.',
      secretStringValue: SecretValue.unsafePlainText('{"token":"not-set"}'),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const reason =
      'GitHub is the other holder: only its owner can change it there, so Secrets Manager cannot rotate it alone. The README tells how.';
    acknowledge(this.webhook, 'SMG4', reason);
    acknowledge(this.token, 'SMG4', reason);
  }
}
