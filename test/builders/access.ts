import { digestOf } from '@selfheal/kernel/digest.ts';
import { ApiKey } from '#shared/domain/access/api-key.ts';
import type { Caller } from '#shared/domain/access/caller.ts';
import { PolicyOverlay } from '#shared/domain/configuration/overlay.ts';

export const API_KEY_ID = 'a'.repeat(16);
export const API_KEY_SECRET = '0123456789abcdef'.repeat(4);

/** A key of a viewer, valid for a month, with the secret `API_KEY_SECRET`. */
export function anApiKey(change: Partial<ApiKey> = {}): ApiKey {
  return ApiKey.parse({
    version: 1,
    id: API_KEY_ID,
    name: 'wall display',
    roles: ['viewer'],
    secretHash: digestOf(API_KEY_SECRET),
    createdBy: { kind: 'person', id: 'subject-1', name: 'admin@example.com' },
    createdAt: '2026-11-21T12:00:00.000Z',
    expiresAt: '2026-12-21T12:00:00.000Z',
    lastUsedAt: null,
    revokedAt: null,
    revokedBy: null,
    ...change,
  });
}

export function aCaller(change: Partial<Caller> = {}): Caller {
  return { kind: 'person', id: 'subject-1', name: 'admin@example.com', roles: ['admin'], ...change };
}

/** The first revision of the policy, by an administrator. */
export function aPolicyOverlay(change: Partial<PolicyOverlay> = {}): PolicyOverlay {
  return PolicyOverlay.parse({
    version: 1,
    revision: 1,
    settings: {},
    change: 'changed',
    reason: 'a test',
    changedBy: { kind: 'person', id: 'subject-1', name: 'admin@example.com' },
    changedAt: '2026-11-21T12:00:00.000Z',
    ...change,
  });
}
