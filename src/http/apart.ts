/**
 * apart: reads an answer's envelope and leaves the elements of one array as text.
 *
 * A walk meets mostly records that have not changed. Their text is then byte for byte what was read before, and its hash
 * says so for a tenth of what parsing costs. The envelope is parsed as ever, so a cut or foreign body is still found out;
 * an element is parsed by whoever wants it. It works on the bytes as they came: a page is then never one large text, and
 * an element that nobody wants is never decoded. All that is looked for is ASCII, which UTF-8 has inside no other
 * character. Pure. Must never guess: an answer laid out in any other way than `"array":[{"first":"…` is left to the
 * ordinary parser.
 */

/** Which array is kept apart, and the key that each element begins with. */
export interface Apart {
  readonly array: string;
  readonly first: string;
}
export interface KeptApart {
  /** The answer without the elements: the array is empty. */
  readonly envelope: unknown;
  /** Each element's own text, a view of the body; one that does not begin with `first` is joined to the one before it by a comma. */
  readonly texts: readonly Buffer[];
}

/** Splits a body of UTF-8; null where it is laid out otherwise. Throws SyntaxError when the envelope is no JSON. */
export function keepApart(body: Buffer, { array, first }: Apart): KeptApart | null {
  const head = `"${array}":[`;
  const opening = `{"${first}":"`;
  const at = body.indexOf(`${head}${opening}`);
  if (at < 0) return null;
  // Neither can stand inside a string: its bare quotes would end that string and leave no JSON behind.
  const between = Buffer.from(`},${opening}`);
  const texts: Buffer[] = [];
  let from = at + head.length;
  for (let cut = body.indexOf(between, from); cut >= 0; cut = body.indexOf(between, from)) {
    texts.push(body.subarray(from, cut + 1));
    from = cut + 2;
  }
  const end = endOfObject(body, from);
  if (end < 0 || body[end] !== 0x5d) return null;
  texts.push(body.subarray(from, end));
  const envelope: unknown = JSON.parse(body.toString('utf8', 0, at + head.length) + body.toString('utf8', end));
  return isEmptyArray(envelope, array) ? { envelope, texts } : null;
}

/** Finds the place after the object that begins at `from`; -1 when it does not end. */
function endOfObject(body: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < body.length; at += 1) {
    const code = body[at];
    if (code === 0x22) at = endOfString(body, at);
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if ((code === 0x7d || code === 0x5d) && (depth -= 1) === 0) return at + 1;
  }
  return -1;
}

function endOfString(body: Buffer, quote: number): number {
  for (let at = body.indexOf(0x22, quote + 1); at >= 0; at = body.indexOf(0x22, at + 1)) {
    let escapes = 0;
    while (body[at - 1 - escapes] === 0x5c) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return body.length;
}

/** The array must be the envelope's own, not one of the same name further in. */
function isEmptyArray(envelope: unknown, array: string): boolean {
  const value: unknown = Object.hasOwn(Object(envelope), array) ? (envelope as Record<string, unknown>)[array] : null;
  return Array.isArray(value) && value.length === 0;
}
