/** Dies at the n-th call of a port, before or after it was done; then nothing of it goes on. */
export function dyingAt(n: number, when: 'before' | 'after') {
  let calls = 0;
  let die: () => void = () => undefined;
  const died = new Promise<'died'>((resolve) => {
    die = () => resolve('died');
  });
  let isDead = false;
  const never = new Promise<never>(() => undefined);
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function' || name === 'now') return member;
        return async (...args: unknown[]) => {
          if (isDead) return await never;
          calls += 1;
          const isHere = calls === n;
          if (isHere && when === 'before') {
            isDead = true;
            die();
            return await never;
          }
          const result = await Reflect.apply(member, target, args);
          if (isHere) {
            isDead = true;
            die();
            return await never;
          }
          return result;
        };
      },
    });
  return { wrap, died, count: () => calls };
}
