/** Where a message goes. A person makes it private. */
export interface Place {
  platform: string;
  team: string;
  channel: string;
  thread?: string;
  person?: string;
}

/** `console:general`: how routes and rows name a channel. */
export const addressOf = (place: Place): string => `${place.platform}:${place.channel}`;
