import type { Json } from './json.ts';
import type { Method } from './methods/method.ts';
import type { World } from './world.ts';

interface Bucket {
  left: number;
  at: number;
}

export interface Limiter {
  /** Seconds to wait, or undefined when the request may pass. */
  take(method: string, tier: Method['tier'], args: Json): number | undefined;
}

/** Buckets that fill evenly, by the workspace's clock. */
export function createLimiter(world: World): Limiter {
  const buckets = new Map<string, Bucket>();

  const refill = (name: string, size: number, perSecond: number): Bucket => {
    const now = world.now();
    const bucket = buckets.get(name) ?? { left: size, at: now };
    bucket.left = Math.min(size, bucket.left + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    buckets.set(name, bucket);
    return bucket;
  };

  return {
    take(method, tier, args) {
      const { rates } = world;
      if (!rates.on) return undefined;
      const limits: [string, number, number][] =
        tier === 'post'
          ? [
              [`post ${String(args.channel)}`, rates.burst, 1],
              ['post', rates.workspacePerMinute, rates.workspacePerMinute / 60],
            ]
          : [[method, rates.perMinute[tier], rates.perMinute[tier] / 60]];
      const used = limits.map(([name, size, perSecond]) => ({ bucket: refill(name, size, perSecond), perSecond }));
      const full = used.find(({ bucket }) => bucket.left < 1);
      if (full) return Math.max(1, Math.ceil((1 - full.bucket.left) / full.perSecond));
      for (const { bucket } of used) bucket.left -= 1;
      return undefined;
    },
  };
}
