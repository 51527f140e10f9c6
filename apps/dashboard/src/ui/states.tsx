import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

/** Nothing to show, and why. `page`: it stands for the whole page. */
export function EmptyState(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly page?: boolean;
  readonly children?: ReactNode;
}) {
  const Heading = props.page === true ? 'h1' : 'h2';
  return (
    <div className="empty">
      <Icon name={props.icon} size={36} />
      <Heading>{props.title}</Heading>
      <p>{props.children}</p>
    </div>
  );
}

/** The pages that list what an address may name. */
const LISTS = {
  '/incidents': 'All incidents',
  '/approvals': 'All approvals',
  '/knowledge': 'All patterns',
  '/tests': 'All tests',
} as const;

/** What went wrong, in the API's own words, and a way to try again. `list`: the page that lists what the address may name. */
export function ErrorState(props: {
  readonly error: Error;
  readonly page?: boolean;
  readonly list?: keyof typeof LISTS;
  readonly retry?: () => void;
}) {
  const { error, retry, list } = props;
  const Heading = props.page === true ? 'h1' : 'h2';
  const status = error instanceof ApiError ? error.status : null;
  // Nothing else was asked for than what the address names, so a request that is not valid is due to the address.
  const isAddressWrong = status === 400 && list !== undefined;
  const isMissing = status === 404 || isAddressWrong;
  return (
    <div className="empty" role="alert">
      <Icon name="alert" size={36} />
      <Heading>
        {isMissing ? 'There is no such thing' : status === 403 ? 'Not for your roles' : 'This could not be shown'}
      </Heading>
      <p>{isAddressWrong ? 'The address is incomplete or wrong.' : error.message.replace(HINT_FOR_PROGRAMS, '')}</p>
      {isMissing && list !== undefined ? <Link to={list}>{LISTS[list]}</Link> : null}
      {retry === undefined || isMissing || status === 403 ? null : <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

const HINT_FOR_PROGRAMS = / GET \/api\/\S+ lists them\.$/;

const LINES = [72, 88, 64, 80, 58, 76];

/** In place of what is still being read. */
export function LoadingState() {
  return (
    <div className="page" role="status" aria-label="Loading">
      <div className="skeleton" style={{ width: 180, height: 26, marginBottom: 22 }} />
      <div className="card card-body">
        {LINES.map((width) => (
          <div key={width} className="skeleton" style={{ width: `${width}%`, height: 16, margin: '14px 0' }} />
        ))}
      </div>
    </div>
  );
}
