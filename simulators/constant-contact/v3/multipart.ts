/**
 * multipart: reads the parts of a multipart/form-data body, byte for byte.
 *
 * A media type without a boundary, as a hand-set header has, cannot be read and is null.
 */
import type { RawBody } from './body.ts';

export interface Part {
  readonly name: string;
  /** Null for a plain field. */
  readonly fileName: string | null;
  readonly bytes: Buffer;
}

const HEADERS_END = Buffer.from('\r\n\r\n');

/** Reads the parts; null for what is no such body. */
export function parseMultipart({ type, bytes }: RawBody): Part[] | null {
  const [, quoted, bare] = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return null;
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let from = bytes.indexOf(mark);
  while (from !== -1) {
    const start = from + mark.length;
    if (bytes.subarray(start, start + 2).toString() === '--') break;
    const next = bytes.indexOf(mark, start);
    const end = next === -1 ? bytes.length : next - 2;
    const part = readPart(bytes.subarray(start + 2, end));
    if (part === null) return null;
    parts.push(part);
    from = next;
  }
  return parts;
}

function readPart(bytes: Buffer): Part | null {
  const end = bytes.indexOf(HEADERS_END);
  if (end === -1) return null;
  const headers = bytes.subarray(0, end).toString('utf8');
  const [, name] = /content-disposition:[^\r\n]*?[\s;]name="([^"]*)"/i.exec(headers) ?? [];
  const [, fileName] = /content-disposition:[^\r\n]*?filename="([^"]*)"/i.exec(headers) ?? [];
  if (name === undefined) return null;
  return { name, fileName: fileName ?? null, bytes: bytes.subarray(end + HEADERS_END.length) };
}
