/**
 * Reading one record by its id: the only proof that a record which vanished from a listing is gone (I9).
 *
 * A contact that was deleted is found, in state `deleted`. A deleted segment still answers, as if nothing had happened:
 * there the complete listing, which leaves deleted ones out, has the last word.
 */
import type { DirectRead } from '../../../connector/source.ts';
import type { ApiAnswer } from '../../../connector/wire.ts';
import { isErrorOf } from '../../../model/errors.ts';
import type { Page, StreamName } from '../../../model/record.ts';
import { ask, askPage } from './ask.ts';
import type { Asking } from './ask.ts';
import { isRecord } from '../../reading/fields.ts';
import { malformed, parsePage, SHAPES } from './pages.ts';
import { readOr } from '../../reading/refusal.ts';
import { buildListing, buildOne, isPathId } from './requests.ts';

/** More pages than any listing of segments has; a listing that goes on beyond is no proof. */
const MOST_SEGMENT_PAGES = 50;

/** Reads one record directly. Throws ConnectorError for every failure that proves nothing. */
export async function readDirectly(
  asking: Asking,
  stream: StreamName,
  id: string,
  signal: AbortSignal,
): Promise<DirectRead> {
  if (!isPathId(id)) return { kind: 'refused', reason: 'the id is not one of this source' };
  const single = await readSingle(asking, stream, id, signal);
  if (stream !== 'segments' || single.kind !== 'found') return single;
  return (await isListed(asking, id, signal)) ? single : { kind: 'gone' };
}

async function readSingle(asking: Asking, stream: StreamName, id: string, signal: AbortSignal): Promise<DirectRead> {
  try {
    return await ask(asking, buildOne(stream, id), signal, (answer) => parseOne(stream, id, answer));
  } catch (error) {
    if (isErrorOf(error, 'not_found')) return { kind: 'gone' };
    throw error;
  }
}

/** Reads the answer to a direct read; another record's answer is a source that answers badly. */
export function parseOne(stream: StreamName, id: string, answer: ApiAnswer): DirectRead {
  const shape = SHAPES[stream];
  if (!isRecord(answer.body)) throw malformed('the record is not an object');
  const outcome = readOr(answer.body, shape.read, shape.id);
  if ('reason' in outcome) return { kind: 'refused', reason: outcome.reason };
  if (outcome.id !== id) throw malformed('another record was answered');
  return { kind: 'found', reading: outcome, sourceTime: answer.sourceTime };
}

async function isListed(asking: Asking, id: string, signal: AbortSignal): Promise<boolean> {
  let from: string | null = null;
  for (let pages = 0; pages < MOST_SEGMENT_PAGES; pages += 1) {
    const asked: string | null = from;
    const page: Page = await askPage(asking, buildListing('segments'), asked, signal, (answer) =>
      parsePage('segments', answer, asked),
    );
    // A listed record that cannot be read is listed all the same.
    if (page.readings.some((one) => one.id === id) || page.refused.some((one) => one.id === id)) return true;
    if (page.next === null) return false;
    from = page.next;
  }
  throw malformed('the listing of segments does not end');
}
