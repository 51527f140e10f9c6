import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { InferResponseType } from 'hono/client';
import { useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Figures, TableBox } from '../../ui/figures.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { Ago } from '../../ui/time.tsx';

type Person = InferResponseType<typeof api.users.$get, 200>['users'][number];

/** Everybody who signed in, and the accounts on code hosts that are theirs: nobody approves what they asked for under another name. */
export function People() {
  const people = useQuery({
    queryKey: ['users'],
    queryFn: async () => (await contentOf(await api.users.$get())).users,
  });
  return (
    <Figures title="People" figures={people}>
      {(users) =>
        users.length === 0 ? (
          <EmptyState icon="user" title="Nobody has signed in yet">
            Everybody who signs in appears here.
          </EmptyState>
        ) : (
          <>
            <p className="card-body soft">
              Who approves needs a link to their account on the code host, so that nobody approves their own change.
              Another administrator makes yours.
            </p>
            <TableBox label="People" settings>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Roles</th>
                  <th scope="col">Last seen</th>
                  <th scope="col">GitHub login</th>
                  <th scope="col">GitLab user name</th>
                </tr>
              </thead>
              <tbody>
                {users.map((person) => (
                  <PersonRow key={person.id} person={person} />
                ))}
              </tbody>
            </TableBox>
          </>
        )
      }
    </Figures>
  );
}

function PersonRow({ person }: { readonly person: Person }) {
  const { name, roles, seenAt } = person;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-label="Roles">{roles.join(', ') || 'none'}</td>
      <td data-label="Last seen">
        <Ago at={seenAt} />
      </td>
      <td data-label="GitHub login">
        <AccountLink person={person} host="github" label="GitHub login" />
      </td>
      <td data-label="GitLab user name">
        <AccountLink person={person} host="gitlab" label="GitLab user name" />
      </td>
    </tr>
  );
}

interface AccountLinkProps {
  readonly person: Person;
  readonly host: 'github' | 'gitlab';
  readonly label: string;
}

function AccountLink({ person, host, label }: AccountLinkProps) {
  const { id, name } = person;
  const linked = person[host]?.login ?? '';
  const [login, setLogin] = useState(linked);
  const queries = useQueryClient();
  const link = useMutation({
    mutationFn: async () =>
      contentOf(
        await api.users[':id'][':host'].$put({
          param: { id, host },
          json: { login: login.trim() === '' ? null : login.trim() },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
  const isChanged = login.trim() !== linked;
  return (
    <>
      <form
        className="github-link"
        onSubmit={(event) => {
          event.preventDefault();
          link.mutate();
        }}
      >
        <input
          className="input"
          aria-label={`${label} of ${name}`}
          placeholder="not linked"
          value={login}
          maxLength={60}
          autoComplete="off"
          onChange={(event) => setLogin(event.target.value)}
        />
        {isChanged ? (
          <Button type="submit" disabled={link.isPending}>
            {login.trim() === '' ? 'Unlink' : 'Link'}
          </Button>
        ) : null}
      </form>
      {link.error === null ? null : (
        <p className="refusal" role="alert">
          {link.error.message}
        </p>
      )}
    </>
  );
}
