/** The result of a promise, or `undefined` when it takes longer than a number of seconds. */
export function within<T>(promise: Promise<T>, seconds: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), seconds * 1000);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
