// JSON from outside: links and files of strangers.

/**
 * Reads JSON in which no field has the one name that means something else to JavaScript than to JSON.
 * @throws SyntaxError
 */
export function parseForeign(text: string): unknown {
  return JSON.parse(text, (name, value: unknown) => {
    if (name === '__proto__') throw new SyntaxError('no field may be called __proto__');
    return value;
  });
}
