import { randomBytes } from 'node:crypto';
import * as z from 'zod';

/** What a task token says: which attempt of which state it answers, and a secret nobody can guess. */
const TokenContent = z.tuple([z.string(), z.string(), z.number().int(), z.number().int(), z.string()]);

export interface TokenAddress {
  readonly executionArn: string;
  readonly scope: string;
}

/** A new token for one attempt of a state; it stays valid over restarts because it is kept in the journal. */
export function newToken(executionArn: string, scope: string, step: number, attempt: number): string {
  const content = [executionArn, scope, step, attempt, randomBytes(16).toString('base64url')];
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** Where a token leads; null when it is not one of ours. */
export function readToken(token: string): TokenAddress | null {
  try {
    const [executionArn, scope] = TokenContent.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
    return { executionArn, scope };
  } catch {
    return null;
  }
}
