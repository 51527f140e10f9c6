import { describe, expect, it } from 'vitest';
import { approverOf } from '#shared/app/access/approver.ts';

describe('whose token it is', () => {
  it('is told by an identity token alone: an access token leaves the GitHub login out', () => {
    const claims = { sub: 'subject-1', username: 'subject-1', 'cognito:username': 'approver-1' };
    expect(approverOf({ ...claims, token_use: 'id' })).toMatchObject({ name: 'approver-1' });
    expect(approverOf({ ...claims, token_use: 'access' })).toBeNull();
    expect(approverOf(claims)).toBeNull();
  });
});
