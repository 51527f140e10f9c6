import { randomInt } from 'node:crypto';
import type { Database } from '../storage/database.ts';
import type { Resource } from '../template/deployment.ts';
import { booleanOf, type JsonObject, numberOf, objectOf, parseObject, textOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS secrets (arn TEXT NOT NULL, stage TEXT NOT NULL, version TEXT NOT NULL, value TEXT NOT NULL,
  created_at INTEGER NOT NULL, PRIMARY KEY (arn, stage));`;
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:/;
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

interface Row {
  readonly version: string;
  readonly value: string;
  readonly created_at: number;
}

/** Secrets Manager on disk. A generated secret is generated once and kept. */
export function makeSecrets(database: Database, resources: readonly Resource[]) {
  database.exec(SCHEMA);
  const read = database.prepare('SELECT version, value, created_at FROM secrets WHERE arn = ? AND stage = ?');
  const write = database.prepare('INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?, ?)');
  const current = (arn: string) => read.get(arn, 'AWSCURRENT') as Row | undefined;

  /** Finds a secret by name, ARN, or ARN without its random suffix. */
  const find = (secretId: string): Resource | undefined =>
    resources.find(
      (each) => each.arn === secretId || each.name === secretId || each.arn?.replace(/-[a-z0-9]{6}$/, '') === secretId,
    );
  /** A secret of the deployment, or another one that was set by its whole ARN. */
  const found = (secretId: unknown): { readonly arn: string; readonly name: string } => {
    const id = String(secretId);
    const resource = find(id);
    if (resource?.arn != null) return { arn: resource.arn, name: resource.name };
    if (SECRET_ARN.test(id) && current(id) !== undefined) return { arn: id, name: id.replace(SECRET_ARN, '') };
    throw new AwsFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  const put = (arn: string, value: string): string => {
    const version = crypto.randomUUID();
    const before = current(arn);
    if (before !== undefined) write.run(arn, 'AWSPREVIOUS', before.version, before.value, before.created_at);
    write.run(arn, 'AWSCURRENT', version, value, Date.now());
    return version;
  };
  for (const resource of resources) {
    if (resource.arn !== null && current(resource.arn) === undefined) put(resource.arn, initialValue(resource));
  }

  const operations: Record<string, (input: JsonObject) => unknown> = {
    GetSecretValue(input) {
      const secret = found(input.SecretId);
      const stage = textOf(input.VersionStage) ?? 'AWSCURRENT';
      const row = read.get(secret.arn, stage) as Row | undefined;
      if (row === undefined) {
        throw new AwsFault('ResourceNotFoundException', `Secrets Manager can't find the secret value for ${stage}.`);
      }
      const CreatedDate = row.created_at / 1000;
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: row.version,
        SecretString: row.value,
        VersionStages: [stage],
        CreatedDate,
      };
    },
    PutSecretValue(input) {
      const secret = found(input.SecretId);
      const version = put(secret.arn, textOf(input.SecretString) ?? '');
      return { ARN: secret.arn, Name: secret.name, VersionId: version, VersionStages: ['AWSCURRENT'] };
    },
    DescribeSecret(input) {
      const secret = found(input.SecretId);
      return { ARN: secret.arn, Name: secret.name };
    },
  };
  return {
    find,
    handle(operation: string, input: JsonObject): unknown {
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (run === undefined) {
        throw new AwsFault('InvalidRequestException', `${operation} is not served by the local runtime.`);
      }
      return run(input);
    },
    /**
     * Sets a secret found by ARN, name, logical id or `Stack/LogicalId`; stores an object as JSON. A whole ARN that the deployment does not have is a
     * secret that somebody made beside it. Throws when there is none.
     */
    override(id: string, value: unknown): void {
      const resource = resources.find((each) => each.id === id || each.logicalId === id) ?? find(id);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const arn = resource?.arn ?? (SECRET_ARN.test(id) ? id : found(id).arn);
      if (current(arn)?.value !== text) put(arn, text);
    },
  };
}
export type Secrets = ReturnType<typeof makeSecrets>;

function initialValue({ properties, id }: Resource): string {
  const given = textOf(properties.SecretString);
  if (given !== undefined) return given;
  if (properties.GenerateSecretString === undefined) return '';
  const rules = objectOf(properties.GenerateSecretString);
  const password = generatePassword(rules);
  const key = textOf(rules.GenerateStringKey);
  if (key === undefined) return password;
  const template = parseObject(textOf(rules.SecretStringTemplate) ?? '{}', `${id}.SecretStringTemplate`);
  return JSON.stringify({ ...template, [key]: password });
}

function generatePassword(rules: JsonObject): string {
  const groups = [
    booleanOf(rules.ExcludeLowercase) ? '' : 'abcdefghijklmnopqrstuvwxyz',
    booleanOf(rules.ExcludeUppercase) ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    booleanOf(rules.ExcludeNumbers) ? '' : '0123456789',
    booleanOf(rules.ExcludePunctuation) ? '' : PUNCTUATION,
    booleanOf(rules.IncludeSpace) ? ' ' : '',
  ];
  const excluded = new Set(textOf(rules.ExcludeCharacters) ?? '');
  const alphabet = [...groups.join('')].filter((character) => !excluded.has(character));
  if (alphabet.length === 0) throw new Error('GenerateSecretString excludes every character; allow some.');
  const length = numberOf(rules.PasswordLength) ?? 32;
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
