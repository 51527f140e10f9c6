import { useState } from 'react';
import { api, contentOf } from '../api/client.ts';
import { startSession } from '../api/session.ts';
import { Button } from '../ui/button.tsx';
import './shell.css';

/** With user name and password of the user pool. The password is sent once and kept nowhere. */
export function SignIn() {
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (form: FormData) => {
    setIsBusy(true);
    setRefusal(null);
    try {
      const json = { user: String(form.get('user')).trim(), password: String(form.get('password')) };
      startSession(await contentOf(await api.auth.login.$post({ json })));
    } catch (error) {
      setRefusal((error as Error).message);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <main className="sign-in">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <div className="brand">
          <img src="/favicon.svg" alt="" width="24" height="24" />
          Selfheal
        </div>
        <h1>Sign in</h1>
        {refusal === null ? null : (
          <p className="refusal" role="alert">
            {refusal}
          </p>
        )}
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
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? 'Signing in …' : 'Sign in'}
        </Button>
      </form>
    </main>
  );
}
