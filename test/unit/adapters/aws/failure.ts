/** What a client of AWS throws: the error's name, the status of the answer, or the code of a broken connection. */
export function failure(name: string, httpStatusCode?: number, code?: string): Error {
  return Object.assign(new Error(name), { name, code, $metadata: { httpStatusCode } });
}
