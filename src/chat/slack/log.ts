import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../core/ports/log.ts';

/** What the SDK says, in our log. Its details would hold tokens and people's words: they are left out. */
export function sdkLogger(log: Log): Logger {
  const words = (parts: unknown[]): string => parts.map(String).join(' ').slice(0, 500);
  return {
    debug() {},
    info() {},
    warn: (...parts) => log.warn({ said: words(parts) }, 'Slack SDK'),
    error: (...parts) => log.warn({ said: words(parts) }, 'Slack SDK'),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}
