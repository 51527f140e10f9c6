import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import './command.css';

/** A command, or another text to take along, with a button that copies it. `name`: what it is, for whoever does not see it. */
export function Command({ name, text }: { readonly name: string; readonly text: string }): ReactNode {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied('yes'),
      () => setCopied('failed'),
    );
  };
  // What is read out begins with what is shown (WCAG 2.5.3).
  const [shown, label] = {
    no: ['Copy', `Copy ${name}`],
    yes: ['Copied', `Copied ${name}`],
    failed: ['Select it', `Select it: ${name}`],
  }[copied] as [string, string];
  return (
    <div className="command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <pre tabIndex={0}>{text}</pre>
      <Button onClick={copy} aria-label={label}>
        {shown}
      </Button>
    </div>
  );
}
