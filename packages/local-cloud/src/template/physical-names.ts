import { createHash } from 'node:crypto';

/** Longest physical name that AWS takes, by resource type; 64 where nothing is said. */
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

/** Types whose names have no capitals. */
const LOWER_CASE: ReadonlySet<string> = new Set(['AWS::S3::Bucket']);

/** Lower-case base36 digits that depend on nothing but the text. */
export function shortHash(text: string, length: number): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return BigInt(`0x${hex}`).toString(36).slice(0, length).padEnd(length, '0');
}

/**
 * The name a resource without one gets: stack and logical id, cut with a hash where AWS would refuse the length.
 * Equal on every start, so that state on disk is found again.
 */
export function generatedName(stack: string, logicalId: string, type: string): string {
  const full = `${stack}-${logicalId}`;
  const name = LOWER_CASE.has(type) ? full.toLowerCase() : full;
  const longest = LONGEST[type] ?? 64;
  return name.length <= longest ? name : `${name.slice(0, longest - 9)}-${shortHash(full, 8)}`;
}
