import { destination, pino } from 'pino';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** JSON lines on stderr, so that stdout stays for people. */
export const processLog = (level: string): Log => pino({ level, base: null }, destination(2));
