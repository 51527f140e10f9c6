import { randomBytes } from 'node:crypto';
import * as z from 'zod';

/** Content of a task token: the attempt of the state that it answers, and a secret that cannot be guessed. */
const TokenContent = z.tuple([z.string(), z.string(), z.number().int(), z.number().int(), z.string()]);

export interface TokenAddress {
  readonly executionArn: string;
  readonly scope: string;
}

/** Creates the token for one attempt of a state. The journal keeps it, so it stays valid after a restart. */
export function newToken(executionArn: string, scope: string, step: number, attempt: number): string {
  const content = [executionArn, scope, step, attempt, randomBytes(16).toString('base64url')];
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** The attempt that a token belongs to; null when this runtime did not create the token. */
export function readToken(token: string): TokenAddress | null {
  try {
    const [executionArn, scope] = TokenContent.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
    return { executionArn, scope };
  } catch {
    return null;
  }
}
