import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** API key of the model provider, as `{"key"}`. Set it by hand after the first deployment; later deployments keep it. */
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
      'The key must be changed at the provider too, which only its owner can do, so Secrets Manager cannot rotate it.';
    acknowledge(this.secret, 'SMG4', reason);
  }
}

/** Addresses, keys and passwords of the channels outside AWS, by channel. Set them by hand after the first deployment; later deployments keep them. */
export class ChannelSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, 'Channels', {
      description:
        'Addresses, keys and passwords of the channels: {"slack": {"url"}, "pagerduty": {"routingKey"}, "smtp": {"password"}}.',
      secretStringValue: SecretValue.unsafePlainText('{"slack":"not-set"}'),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const reason =
      'An address or key must be changed at its service too, which only its owner can do, so Secrets Manager cannot rotate it.';
    acknowledge(this.secret, 'SMG4', reason);
  }
}

/** Generated key, as `{"key"}`, with which names from outside (branches) are hashed before they are stored. Nobody has to know it. */
export class NameKey extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, 'Key', {
      description: 'Key with which names from outside are hashed before they are stored: {"key"}.',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'key',
        excludePunctuation: true,
        passwordLength: 48,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const reason =
      'After a rotation, new failures of a branch would not be grouped with earlier ones; the hashes reveal nothing.';
    acknowledge(this.secret, 'SMG4', reason);
  }
}

/** The secrets shared with GitHub; both are JSON objects. */
export class GithubSecrets extends Construct {
  /** `{current}`, `{previous}` during a rotation, and `{repositories}` for repositories that have a secret of their own. */
  readonly webhook: Secret;
  /** `{token}`, or `{appId, privateKey}` of a GitHub App. Set it by hand after the first deployment; later deployments keep it. */
  readonly token: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.webhook = new Secret(this, 'Webhook', {
      description:
        'Secret of the GitHub webhooks: {"current"}, {"previous"} during a rotation, {"repositories"} for repositories with a secret of their own.',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
        excludePunctuation: true,
        passwordLength: 48,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.token = new Secret(this, 'Token', {
      description: 'Credentials of Selfheal at GitHub: {"token"}, or {"appId", "privateKey"} of a GitHub App.',
      secretStringValue: SecretValue.unsafePlainText('{"token":"not-set"}'),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const reason =
      'The secret must be changed at GitHub too, which only its owner can do, so Secrets Manager cannot rotate it. The runbook describes the rotation.';
    acknowledge(this.webhook, 'SMG4', reason);
    acknowledge(this.token, 'SMG4', reason);
  }
}
