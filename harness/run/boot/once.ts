/** A promise, and what resolves it. */
export interface Once<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

export function once<Value>(): Once<Value> {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
