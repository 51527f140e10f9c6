import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { Mapping } from '#shared/domain/webhooks/mapping.ts';

const OwnPart = z.object({ mappings: z.array(Mapping).default([]) });

/**
 * The mappings in the `selfheal.json` beside a function's bundle, and nothing else of it: the function that receives deliveries starts without the rest of
 * the configuration. Throws `InvalidInput` where the file is not what the build wrote.
 */
export function loadOwnMappings(environment: Readonly<Record<string, string | undefined>>): readonly Mapping[] {
  const path = join(environment.LAMBDA_TASK_ROOT ?? '.', 'selfheal.json');
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new InvalidInput(`${path} cannot be read as JSON: deploy the stack again.`, { cause });
  }
  const parsed = OwnPart.safeParse(content);
  if (parsed.success) return parsed.data.mappings;
  throw new InvalidInput(`The mappings in ${path} are not valid:\n${z.prettifyError(parsed.error)}`);
}
