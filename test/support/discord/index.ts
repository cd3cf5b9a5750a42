import type { FakeDiscord, FakeDiscordOptions } from './types.ts';

export { type Control, controlsOf, describeMessage } from './describe.ts';
export type { Json } from './json.ts';
export type { PermissionName } from './permissions.ts';
export type * from './types.ts';
export declare function createFakeDiscord(options?: FakeDiscordOptions): Promise<FakeDiscord>;
