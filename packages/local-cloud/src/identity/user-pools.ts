import { randomBytes, randomUUID, scryptSync, timingSafeEqual } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK, SignJWT } from 'jose';
import type { Database } from '../storage/database.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { type JsonObject, numberOf, objectOf, textOf, textsOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';
import { checkPassword, isCodeOf, makeChallenges } from './challenges.ts';
import type { ChallengeAnswer, SignInPages, SignInStep, SignInTokens } from './sign-in-pages.ts';

/** What a user must do to sign in, beside the password. */
interface UserOptions {
  /** The password is a temporary one, which the user replaces at the first sign-in. */
  readonly temporary?: boolean;
  /** Secret of the user's authenticator, in Base32 (RFC 6238); without one no code is asked for. */
  readonly totpSecret?: string;
}

export interface UserPools {
  /**
   * Adds a user to every pool; for a known e-mail address it changes password, groups and options. Throws `AwsFault` for a group that a pool of
   * the template does not have.
   */
  createUser(
    name: string,
    email: string,
    password: string,
    groups?: readonly string[],
    options?: UserOptions,
  ): Promise<void>;
  /** Tokens of a user of the first pool, as after signing in with the password. Throws `AwsFault` when there is no such user. */
  signIn(email: string): Promise<SignInTokens>;
  /** Signing in on a page, as at a pool's domain. */
  readonly pages: SignInPages;
  /** Answers an unsigned operation of the user pools API. Throws `AwsFault`. */
  handle(operation: string, input: JsonObject): Promise<unknown>;
  /** Public keys of a pool; null when no pool has this id. */
  keys(poolId: string): Promise<JSONWebKeySet | null>;
  /** Public keys of the pool that a token issuer names. */
  keysOfIssuer(issuer: string): Promise<JSONWebKeySet | null>;
}

interface Pool {
  readonly id: string;
  readonly issuer: string;
  /** Names of its groups in the template. */
  readonly groups: readonly string[];
  readonly properties: JsonObject;
}
interface Client {
  readonly id: string;
  readonly poolId: string;
  readonly flows: readonly string[];
  readonly properties: JsonObject;
}
interface UserRow {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS users (pool TEXT NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL, sub TEXT NOT NULL,
  salt BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (pool, email));
CREATE TABLE IF NOT EXISTS user_options (pool TEXT NOT NULL, email TEXT NOT NULL, temporary INTEGER NOT NULL, totp TEXT, PRIMARY KEY (pool, email));
CREATE TABLE IF NOT EXISTS group_members (pool TEXT NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (pool, email, name));
CREATE TABLE IF NOT EXISTS refresh_tokens (token TEXT PRIMARY KEY, pool TEXT NOT NULL, client TEXT NOT NULL, email TEXT NOT NULL, expires_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS pool_keys (pool TEXT PRIMARY KEY, kid TEXT NOT NULL, jwk TEXT NOT NULL);`;
const TOKEN_SECONDS = 3600;
const REFRESH_DAYS = 30;
const DAY_MS = 86_400_000;
const REFUSED = () => new AwsFault('NotAuthorizedException', 'Incorrect username or password.', 400);

/** Cognito user pools: users and their groups, sign-in with a password or a refresh token, signed tokens. */
export function makeUserPools(database: Database, deployment: Deployment): UserPools {
  database.exec(SCHEMA);
  const groups = deployment.ofType('AWS::Cognito::UserPoolGroup');
  const pools = deployment.ofType('AWS::Cognito::UserPool').map(
    ({ ref, properties: own }): Pool => ({
      id: ref,
      properties: own,
      issuer: `https://cognito-idp.${deployment.region}.amazonaws.com/${ref}`,
      groups: groups.filter(({ properties }) => properties.UserPoolId === ref).map(({ name }) => name),
    }),
  );
  const clients = deployment.ofType('AWS::Cognito::UserPoolClient').map(readClient);
  const clientOf = (id: string): Client => {
    const client = clients.find((each) => each.id === id);
    if (client === undefined) throw new AwsFault('ResourceNotFoundException', 'User pool client does not exist.');
    return client;
  };
  const domains = deployment.ofType('AWS::Cognito::UserPoolDomain').map(({ properties }) => properties.UserPoolId);
  const usesCodes = ({ poolId, properties }: Client): boolean =>
    domains.includes(poolId) &&
    properties.AllowedOAuthFlowsUserPoolClient === true &&
    textsOf(properties.AllowedOAuthFlows).includes('code');
  const keyOf = makeKeys(database);
  const findUser = database.prepare('SELECT * FROM users WHERE pool = ? AND (email = ? OR name = ? OR sub = ?)');
  const saveUser = database.prepare('INSERT OR REPLACE INTO users VALUES (?, ?, ?, ?, ?, ?)');
  const saveOptions = database.prepare('INSERT OR REPLACE INTO user_options VALUES (?, ?, ?, ?)');
  const findOptions = database.prepare('SELECT temporary, totp FROM user_options WHERE pool = ? AND email = ?');
  const challenges = makeChallenges<{ readonly clientId: string; readonly email: string }>();
  const leaveGroups = database.prepare('DELETE FROM group_members WHERE pool = ? AND email = ?');
  const joinGroup = database.prepare('INSERT OR IGNORE INTO group_members VALUES (?, ?, ?)');
  const findGroups = database.prepare('SELECT name FROM group_members WHERE pool = ? AND email = ? ORDER BY name');
  const saveRefresh = database.prepare('INSERT INTO refresh_tokens VALUES (?, ?, ?, ?, ?)');
  const findRefresh = database.prepare(
    'SELECT * FROM refresh_tokens WHERE token = ? AND client = ? AND expires_at > ?',
  );
  const userOf = (pool: string, login: string) => findUser.get(pool, login, login, login) as UserRow | undefined;

  const tokens = async (client: Client, user: UserRow) => {
    const pool = pools.find((each) => each.id === client.poolId);
    if (pool === undefined) throw new AwsFault('ResourceNotFoundException', 'User pool does not exist.');
    const { kid, privateKey } = await keyOf(pool.id);
    const authTime = Math.floor(Date.now() / 1000);
    // A group that the template has no more is left out. Somebody in no group has no such claim.
    const joined = (findGroups.all(pool.id, user.email) as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => pool.groups.includes(name));
    const ofGroups = joined.length === 0 ? {} : { 'cognito:groups': joined };
    const sign = (claims: Record<string, unknown>) =>
      new SignJWT({ ...claims, ...ofGroups, auth_time: authTime, 'cognito:username': user.sub, jti: randomUUID() })
        .setProtectedHeader({ alg: 'RS256', kid })
        .setIssuer(pool.issuer)
        .setSubject(user.sub)
        .setIssuedAt()
        .setExpirationTime(`${TOKEN_SECONDS}s`)
        .sign(privateKey);
    const identity = {
      aud: client.id,
      token_use: 'id',
      name: user.name,
      email: user.email,
      email_verified: true,
      ...Object.fromEntries(
        textsOf(client.properties.ReadAttributes)
          .filter((name) => name === 'custom:github' || name === 'custom:gitlab')
          .map((name) => [name, user.name]),
      ),
    };
    const access = {
      client_id: client.id,
      token_use: 'access',
      username: user.sub,
      scope: 'aws.cognito.signin.user.admin',
    };
    const [IdToken, AccessToken] = await Promise.all([sign(identity), sign(access)]);
    return { IdToken, AccessToken, ExpiresIn: TOKEN_SECONDS, TokenType: 'Bearer' };
  };
  const tokensWithRefresh = async (client: Client, user: UserRow) => {
    const RefreshToken = randomBytes(48).toString('base64url');
    const days = numberOf(client.properties.RefreshTokenValidity) ?? REFRESH_DAYS;
    saveRefresh.run(RefreshToken, client.poolId, client.id, user.email, Date.now() + days * DAY_MS);
    return { ...(await tokens(client, user)), RefreshToken };
  };
  const initiateAuth = async (input: JsonObject) => {
    const client = clientOf(textOf(input.ClientId) ?? '');
    const flow = textOf(input.AuthFlow) ?? '';
    const parameters = objectOf(input.AuthParameters);
    const allowed = flow.startsWith('REFRESH_TOKEN') ? 'ALLOW_REFRESH_TOKEN_AUTH' : `ALLOW_${flow}`;
    if (!client.flows.includes(allowed)) {
      throw new AwsFault('InvalidParameterException', `${flow} flow not enabled for this client`);
    }
    if (allowed === 'ALLOW_REFRESH_TOKEN_AUTH') {
      const AuthenticationResult = await refresh(client, textOf(parameters.REFRESH_TOKEN) ?? '');
      return { AuthenticationResult, ChallengeParameters: {} };
    }
    if (flow !== 'USER_PASSWORD_AUTH')
      throw new AwsFault('InvalidParameterException', `${flow} is not served by the local runtime`);
    return answerWith(client, begin(client, textOf(parameters.USERNAME) ?? '', textOf(parameters.PASSWORD) ?? ''));
  };
  const refresh = async (client: Client, token: string) => {
    const row = findRefresh.get(token, client.id, Date.now()) as { email: string } | undefined;
    const user = row && userOf(client.poolId, row.email);
    if (user === undefined) throw new AwsFault('NotAuthorizedException', 'Invalid Refresh Token');
    return await tokens(client, user);
  };
  const begin = (client: Client, name: string, password: string): SignInStep => {
    const user = userOf(client.poolId, name);
    if (user === undefined || !passwordFits(user, password)) throw REFUSED();
    const { temporary, totp } = optionsOf(client.poolId, user.email);
    const about = { clientId: client.id, email: user.email };
    if (temporary) return challenge('NEW_PASSWORD_REQUIRED', about);
    return totp === null ? { kind: 'signed-in', email: user.email } : challenge('SOFTWARE_TOKEN_MFA', about);
  };
  const challenge = (name: string, about: { readonly clientId: string; readonly email: string }): SignInStep => ({
    kind: 'challenge',
    name,
    session: challenges.ask(name, about).Session,
  });
  const optionsOf = (pool: string, email: string): { temporary: boolean; totp: string | null } => {
    const row = findOptions.get(pool, email) as { temporary: number; totp: string | null } | undefined;
    return { temporary: row?.temporary === 1, totp: row?.totp ?? null };
  };
  const respondToChallenge = async (input: JsonObject) => {
    const client = clients.find((each) => each.id === input.ClientId);
    if (client === undefined) throw REFUSED();
    const [session, name] = [textOf(input.Session) ?? '', textOf(input.ChallengeName) ?? ''];
    const responses = objectOf(input.ChallengeResponses);
    const answer =
      textOf(responses[name === 'NEW_PASSWORD_REQUIRED' ? 'NEW_PASSWORD' : 'SOFTWARE_TOKEN_MFA_CODE']) ?? '';
    return answerWith(client, answerTo(client, { name, session, user: textOf(responses.USERNAME) ?? '', answer }));
  };
  const answerTo = (client: Client, { name, session, user: login, answer }: ChallengeAnswer): SignInStep => {
    const about = challenges.open(session, name);
    const user = userOf(client.poolId, login);
    if (client.id !== about.clientId || user?.email !== about.email) throw REFUSED();
    const { totp } = optionsOf(client.poolId, user.email);
    if (name === 'NEW_PASSWORD_REQUIRED') {
      checkPassword(pools.find(({ id }) => id === client.poolId)?.properties ?? {}, answer);
      const salt = randomBytes(16);
      saveUser.run(client.poolId, user.email, user.name, user.sub, salt, hashOf(answer, salt));
      saveOptions.run(client.poolId, user.email, 0, totp);
    } else if (totp === null || !isCodeOf(totp, answer)) {
      throw new AwsFault('CodeMismatchException', 'Invalid code received for user');
    }
    challenges.close(session);
    const asksForCode = name === 'NEW_PASSWORD_REQUIRED' && totp !== null;
    return asksForCode ? challenge('SOFTWARE_TOKEN_MFA', about) : { kind: 'signed-in', email: user.email };
  };
  const answerWith = async (client: Client, step: SignInStep) =>
    step.kind === 'challenge'
      ? { ChallengeName: step.name, Session: step.session, ChallengeParameters: {} }
      : { AuthenticationResult: await tokensOf(client, step.email), ChallengeParameters: {} };
  const tokensOf = async (client: Client, email: string) => {
    const user = userOf(client.poolId, email);
    if (user === undefined) throw new AwsFault('UserNotFoundException', 'User does not exist.', 400);
    return await tokensWithRefresh(client, user);
  };
  const keys = async (poolId: string): Promise<JSONWebKeySet | null> =>
    pools.some((pool) => pool.id === poolId) ? { keys: [(await keyOf(poolId)).publicJwk] } : null;

  return {
    async createUser(name, email, password, wanted = [], { temporary = false, totpSecret } = {}) {
      for (const pool of pools) {
        const missing = wanted.find((group) => !pool.groups.includes(group));
        if (missing !== undefined)
          throw new AwsFault('ResourceNotFoundException', `The user pool ${pool.id} has no group ${missing}.`);
      }
      for (const pool of pools) {
        const salt = randomBytes(16);
        saveUser.run(pool.id, email, name, userOf(pool.id, email)?.sub ?? randomUUID(), salt, hashOf(password, salt));
        saveOptions.run(pool.id, email, temporary ? 1 : 0, totpSecret ?? null);
        leaveGroups.run(pool.id, email);
        for (const group of wanted) joinGroup.run(pool.id, email, group);
      }
    },
    async signIn(email) {
      const [client] = clients;
      if (client === undefined) throw new AwsFault('UserNotFoundException', 'User does not exist.', 400);
      return await tokensOf(client, email);
    },
    pages: {
      client: (id) => {
        const found = clients.find((client) => client.id === id && usesCodes(client));
        const callbackUrls = textsOf(found?.properties.CallbackURLs);
        return found === undefined ? null : { callbackUrls, scopes: textsOf(found.properties.AllowedOAuthScopes) };
      },
      begin: (id, user, password) => begin(clientOf(id), user, password),
      answer: (id, given) => answerTo(clientOf(id), given),
      tokens: async (id, email) => await tokensOf(clientOf(id), email),
      refresh: async (id, token) => await refresh(clientOf(id), token),
    },
    async handle(operation, input) {
      if (operation === 'InitiateAuth') return initiateAuth(input);
      if (operation === 'RespondToAuthChallenge') return respondToChallenge(input);
      throw new AwsFault('InvalidParameterException', `${operation} is not served by the local runtime.`);
    },
    keys,
    keysOfIssuer: async (issuer) => {
      const pool = pools.find((each) => each.issuer === issuer);
      return pool === undefined ? null : keys(pool.id);
    },
  };
}

/** A pool's signing key, created at first use and kept. */
function makeKeys(database: Database) {
  const find = database.prepare('SELECT kid, jwk FROM pool_keys WHERE pool = ?');
  const save = database.prepare('INSERT INTO pool_keys VALUES (?, ?, ?)');
  const made = new Map<string, ReturnType<typeof load>>();
  const load = async (pool: string) => {
    let row = find.get(pool) as { kid: string; jwk: string } | undefined;
    if (row === undefined) {
      const { privateKey } = await generateKeyPair('RS256', { extractable: true });
      row = { kid: randomUUID(), jwk: JSON.stringify(await exportJWK(privateKey)) };
      save.run(pool, row.kid, row.jwk);
    }
    const jwk = JSON.parse(row.jwk) as JWK;
    const { kty = 'RSA', n = '', e = '' } = jwk;
    const publicJwk = { kty, n, e, kid: row.kid, alg: 'RS256', use: 'sig' };
    return { kid: row.kid, privateKey: await importJWK(jwk, 'RS256'), publicJwk };
  };
  return (pool: string) => {
    const key = made.get(pool) ?? load(pool);
    made.set(pool, key);
    return key;
  };
}

function readClient({ ref, properties }: Resource): Client {
  const flows = textsOf(properties.ExplicitAuthFlows);
  // Cognito enables these when a client names no flow.
  const standard = ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH'];
  const named = flows.length === 0 ? standard : flows;
  return { id: ref, poolId: textOf(properties.UserPoolId) ?? '', flows: named, properties };
}

function hashOf(password: string, salt: Uint8Array): Buffer {
  return scryptSync(password, salt, 32);
}

function passwordFits(user: UserRow, password: string): boolean {
  return timingSafeEqual(hashOf(password, user.salt), user.hash);
}
