/** The same object, whose methods note that they were called, and with what. */
export function noting<T extends object>(calls: { name: string; args: unknown[] }[], target: T): T {
  return new Proxy(target, {
    get: (object, name, receiver) => {
      const method: unknown = Reflect.get(object, name, receiver);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        calls.push({ name: String(name), args });
        return Reflect.apply(method, object, args);
      };
    },
  });
}
