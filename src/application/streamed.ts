/**
 * streamed: turns work that calls back into something that is iterated, one item at a time.
 *
 * A producer waits until its item was taken, so a million lines need the memory of one (nothing is queued). An iteration
 * that is given up ends the producer at its next item.
 */

/** Thrown into a producer whose reader has left. */
class ReaderLeft extends Error {
  override readonly name = 'ReaderLeft';
}

/** Runs `produce` and yields what it emits; rejects with what it throws. */
export async function* streamed<T>(produce: (emit: (item: T) => Promise<void>) => Promise<void>): AsyncGenerator<T> {
  let slot = Promise.withResolvers<{ readonly item: T } | null>();
  let taken = Promise.withResolvers<void>();
  let left = false;
  const work = produce(async (item) => {
    if (left) throw new ReaderLeft();
    slot.resolve({ item });
    await taken.promise;
    taken = Promise.withResolvers<void>();
    if (left) throw new ReaderLeft();
  }).then(
    () => slot.resolve(null),
    (error: unknown) => (error instanceof ReaderLeft ? slot.resolve(null) : slot.reject(error)),
  );
  try {
    for (;;) {
      const next = await slot.promise;
      if (next === null) return;
      yield next.item;
      slot = Promise.withResolvers();
      taken.resolve();
    }
  } finally {
    left = true;
    slot = Promise.withResolvers();
    taken.resolve();
    await work;
  }
}
