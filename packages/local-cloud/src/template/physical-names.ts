import { createHash } from 'node:crypto';

/** AWS's limits for physical names, in characters, by resource type; 64 for all others. */
const LONGEST: Readonly<Record<string, number>> = {
  'AWS::SQS::Queue': 80,
  'AWS::SNS::Topic': 256,
  'AWS::S3::Bucket': 63,
  'AWS::DynamoDB::Table': 255,
  'AWS::DynamoDB::GlobalTable': 255,
  'AWS::StepFunctions::StateMachine': 80,
  'AWS::SecretsManager::Secret': 512,
  'AWS::Logs::LogGroup': 512,
  'AWS::CloudWatch::Alarm': 255,
};

/** Types whose names must be lower case. */
const LOWER_CASE: ReadonlySet<string> = new Set(['AWS::S3::Bucket']);

/** Lower-case base36 digits that depend only on the text. */
export function shortHash(text: string, length: number): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return BigInt(`0x${hex}`).toString(36).slice(0, length).padEnd(length, '0');
}

/**
 * The physical name of a resource without one: stack and logical id, shortened with a hash where AWS limits the length.
 * The same on every start, so that state on disk is found again.
 */
export function generatedName(stack: string, logicalId: string, type: string): string {
  const full = `${stack}-${logicalId}`;
  const name = LOWER_CASE.has(type) ? full.toLowerCase() : full;
  const longest = LONGEST[type] ?? 64;
  return name.length <= longest ? name : `${name.slice(0, longest - 9)}-${shortHash(full, 8)}`;
}
