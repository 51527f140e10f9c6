import { type ComponentProps, useState } from 'react';
import { Button } from './button.tsx';

/** Adds a row to a table of settings by the name of what they are for; the field is empty again afterwards. */
export function AddRow(
  props: {
    /** Says what the name is of, for screen readers. */
    readonly label: string;
    readonly verb: string;
    readonly add: (name: string) => void;
  } & Required<Pick<ComponentProps<'input'>, 'placeholder' | 'pattern' | 'title'>>,
) {
  const { label, verb, add, ...input } = props;
  const [name, setName] = useState('');
  return (
    <form
      className="card-body add-row"
      onSubmit={(event) => {
        event.preventDefault();
        add(name.trim());
        setName('');
      }}
    >
      <input
        className="input"
        aria-label={label}
        value={name}
        required
        onChange={(event) => setName(event.target.value)}
        {...input}
      />
      <Button type="submit">{verb}</Button>
    </form>
  );
}
