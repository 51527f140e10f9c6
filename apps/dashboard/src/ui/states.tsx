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

/** What went wrong, in the API's own words, and a way to try again. */
export function ErrorState(props: { readonly error: Error; readonly page?: boolean; readonly retry?: () => void }) {
  const { error, retry } = props;
  const Heading = props.page === true ? 'h1' : 'h2';
  const status = error instanceof ApiError ? error.status : null;
  return (
    <div className="empty" role="alert">
      <Icon name="alert" size={36} />
      <Heading>
        {status === 404 ? 'There is no such thing' : status === 403 ? 'Not for your roles' : 'This could not be shown'}
      </Heading>
      <p>{error.message}</p>
      {retry === undefined || status === 404 || status === 403 ? null : <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

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
