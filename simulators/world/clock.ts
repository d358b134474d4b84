/**
 * clock: the simulator's own time, which every stamp, quota window, token life and Date header uses.
 *
 * It is some base clock (the machine's unless a test brings one) plus an offset that the control door drives. It must never go
 * into filters of the client's making: a client is told the time only by the Date header, as at the vendor.
 */
export interface BaseClock {
  /** Tells the time in milliseconds since 1970. */
  now(): number;
}

export interface SimulatorClock extends BaseClock {
  /** Moves time by so many milliseconds, or by an ISO 8601 duration such as `PT1H`. */
  advance(by: number | string): number;
  /** Moves time to an instant. */
  set(to: number | string): number;
  /** Does some work as if it were an instant that has passed. */
  at<T>(instant: number, work: () => T): T;
  /** Calls back after each move. */
  onMove(listener: () => void): void;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Makes a drivable clock over a base clock. */
export function createClock(base: BaseClock = { now: () => Date.now() }): SimulatorClock {
  let offset = 0;
  let pinned: number | null = null;
  const listeners: (() => void)[] = [];
  const now = (): number => pinned ?? base.now() + offset;
  const moveTo = (to: number): number => {
    offset = to;
    for (const listener of listeners) listener();
    return now();
  };
  return {
    now,
    at(instant, work) {
      const before = pinned;
      pinned = instant;
      try {
        return work();
      } finally {
        pinned = before;
      }
    },
    onMove(listener) {
      listeners.push(listener);
    },
    advance: (by) => moveTo(offset + (typeof by === 'number' ? by : parseDuration(by))),
    set(to) {
      const instant = typeof to === 'number' ? to : Date.parse(to);
      if (!Number.isFinite(instant)) throw new RangeError(`not an instant: ${to}`);
      return moveTo(instant - base.now());
    },
  };
}

const DURATION = /^(-)?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Reads an ISO 8601 duration of weeks, days, hours, minutes and seconds as milliseconds. */
export function parseDuration(text: string): number {
  const parts = DURATION.exec(text);
  if (parts === null || /[PT]$/.test(text)) throw new RangeError(`not an ISO 8601 duration: ${text}`);
  const [, sign, weeks = '0', days = '0', hours = '0', minutes = '0', seconds = '0'] = parts;
  const total =
    (Number(weeks) * 7 + Number(days)) * DAY +
    Number(hours) * HOUR +
    Number(minutes) * MINUTE +
    Number(seconds) * SECOND;
  return sign === undefined ? total : -total;
}

/** Tells the start of the UTC day an instant falls in. */
export function startOfDay(instant: number): number {
  return Math.floor(instant / DAY) * DAY;
}
