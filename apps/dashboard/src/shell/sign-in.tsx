import { useState } from 'react';
import { ApiError, api, contentOf } from '../api/client.ts';
import { startSession } from '../api/session.ts';
import { Button } from '../ui/button.tsx';

/** What the user pool asks for after the password. */
interface Challenge {
  readonly name: 'NEW_PASSWORD_REQUIRED' | 'SOFTWARE_TOKEN_MFA';
  readonly session: string;
  readonly user: string;
}

const QUESTIONS = {
  NEW_PASSWORD_REQUIRED: {
    title: 'Choose a new password',
    about: 'The one you have is temporary.',
    label: 'New password',
    type: 'password',
    fill: 'new-password',
  },
  SOFTWARE_TOKEN_MFA: {
    title: 'One more step',
    about: 'Open your authenticator.',
    label: 'Code of your authenticator',
    type: 'text',
    fill: 'one-time-code',
  },
} as const;

/** With user name and password of the user pool, and what it asks for beside them. Passwords are sent once and kept nowhere. */
export default function SignIn() {
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? '');
    const user = challenge?.user ?? text('user').trim();
    setIsBusy(true);
    setRefusal(null);
    try {
      const response =
        challenge === null
          ? await api.auth.login.$post({ json: { user, password: text('password') } })
          : await api.auth.challenge.$post({ json: { ...challenge, answer: text('answer') } });
      startSession(await contentOf(response));
    } catch (error) {
      const next = error instanceof ApiError ? challengeIn(error.problem, user) : null;
      if (next === null) setRefusal((error as Error).message);
      if (next !== null) setChallenge(next);
      // The session of a challenge ends; after a while only the password helps.
      if (error instanceof ApiError && error.status === 401) setChallenge(null);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <main className="sign-in">
      <form
        className="card"
        key={challenge?.name ?? 'password'}
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <div className="brand">
          <img src="/favicon.svg" alt="" width="24" height="24" />
          Selfheal
        </div>
        <h1>{challenge === null ? 'Sign in' : QUESTIONS[challenge.name].title}</h1>
        {refusal === null ? null : (
          <p className="refusal" role="alert">
            {refusal}
          </p>
        )}
        {challenge === null ? <Password /> : <Answer challenge={challenge} />}
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? 'One moment …' : challenge === null ? 'Sign in' : 'Continue'}
        </Button>
      </form>
    </main>
  );
}

function Password() {
  return (
    <>
      <div className="field">
        <label htmlFor="user">E-mail address or user name</label>
        <input className="input" id="user" name="user" autoComplete="username" autoCapitalize="none" required />
      </div>
      <div className="field">
        <label htmlFor="password">Password</label>
        <input
          className="input"
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
      </div>
    </>
  );
}

function Answer({ challenge }: { readonly challenge: Challenge }) {
  const { about, label, type, fill } = QUESTIONS[challenge.name];
  return (
    <>
      <p className="soft">{about}</p>
      <div className="field">
        <label htmlFor="answer">{label}</label>
        <input className="input" id="answer" name="answer" type={type} autoComplete={fill} required />
      </div>
    </>
  );
}

function challengeIn(problem: unknown, user: string): Challenge | null {
  const { challenge } = (problem ?? {}) as { challenge?: { name?: unknown; session?: unknown } };
  const { name, session } = challenge ?? {};
  if (typeof session !== 'string') return null;
  return name === 'NEW_PASSWORD_REQUIRED' || name === 'SOFTWARE_TOKEN_MFA' ? { name, session, user } : null;
}
