const PREFIX = 'LOCALROLE';

/** The access key id a function signs with: the role's id, readable back by the gateway. Not a credential of anything. */
export function accessKeyOf(roleId: string): string {
  return `${PREFIX}${Buffer.from(roleId).toString('base64url')}`;
}

/** The role's id (`Stack/LogicalId`), or null when the key is not one of ours. */
export function roleIdOf(accessKeyId: string): string | null {
  if (!accessKeyId.startsWith(PREFIX)) return null;
  return Buffer.from(accessKeyId.slice(PREFIX.length), 'base64url').toString('utf8');
}
