import type { ButtonHTMLAttributes } from 'react';
import './button.css';

/** `primary` is the one thing to do here; `good` and `bad` decide about something. */
export type ButtonLook = 'plain' | 'primary' | 'good' | 'bad';

export function Button({
  look = 'plain',
  ...rest
}: { readonly look?: ButtonLook } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type="button" data-look={look} {...rest} className={`button ${rest.className ?? ''}`} />;
}
